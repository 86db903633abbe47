/** Kinds of evidence that are neither a command nor a query: lines of text, a file with its hash, a finding of the review. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {Finding} from '../review/finding.ts';

const mostLines = 200;

/** What was seen, line by line. */
export function noteEvidence(title: string, lines: readonly string[]): Evidence {
	const more = lines.length - mostLines;
	return {kind: 'note', title, body: [...lines.slice(0, mostLines), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n')};
}

/** Streams, since a dump may be larger than memory. */
export async function readSha256(path: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(path), hash);
	return hash.digest('hex');
}

export async function isThere(path: string): Promise<boolean> {
	return stat(path).then(() => true, () => false);
}

/** A finding with its place, lock and safe way. */
export function findingEvidence(finding: Finding): Evidence {
	const place = `${finding.file ?? finding.revision ?? 'SQL'}:${finding.line}:${finding.column}`;
	return {
		kind: 'finding',
		title: `${finding.level} ${finding.rule} at ${place}`,
		body: [finding.message, ...(finding.lock === undefined ? [] : [`lock: ${finding.lock}`]), `why: ${finding.why}`, `fix: ${finding.fix}`].join('\n'),
	};
}

/** A path as seen from the project's folder. */
export function within(project: string, file: string): string {
	const relative = path.relative(project, file);
	return relative.startsWith('..') ? file : relative;
}
