/** When evidence no longer counts: what it looked at has changed, or it is too old. Pure, apart from the hashes of files. */
import {createHash} from 'node:crypto';
import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import type {ContextKey} from '../checks/check.ts';
import type {Item} from '../journal/shapes/item.ts';
import type {Plan} from '../journal/shapes/plan.ts';

/** In words, what happened to each part of a context; `before` and `now` are its values. */
const words: Record<ContextKey, (before: string, now: string) => string> = {
	target: () => 'the target is another database',
	current: (before, now) => `the database has moved from ${revisions(before)} to ${revisions(now)}`,
	files: () => 'the migration files on the path, or what env.py loads, are not what they were',
	plan: () => 'the plan is another one',
	backup: (before, now) => now === 'none' ? `the backup ${before.split(' ')[0]} is gone` : now.split(' ')[0] === before.split(' ')[0] ? `the backup ${now.split(' ')[0]} is not as it was` : `there is another backup now, ${now.split(' ')[0]}`,
	rehearsal: () => 'the rehearsal is another one',
	window: (before, now) => now === 'closed' ? 'the maintenance window has closed' : before === 'closed' ? 'the maintenance window has opened' : 'the maintenance window is another one',
	rollback: () => 'the rollback plan, or what was measured for it, is another one',
};

function revisions(rows: string): string {
	return rows === '' || rows === 'none' ? 'base' : rows;
}

export interface Now {
	/** The parts of the context that could be told. */
	context: Partial<Record<ContextKey, string>>;
	/** Files of the plan that are not as it knew them; each in a few words. */
	files: readonly string[];
	ttlMs?: number | undefined;
	/** Milliseconds since 1970. */
	at: number;
}

/** The reason, or null while the evidence counts. */
export function staleReason(item: Pick<Item, 'context' | 'at'>, {context, files, ttlMs, at}: Now): string | null {
	for (const [key, before] of Object.entries(item.context ?? {})) {
		const now = context[key as ContextKey];
		if (now === undefined || now === before) continue;
		if (key === 'files' && files.length > 0) return files.join(', ');
		return words[key as ContextKey]?.(before, now) ?? `${key} changed`;
	}
	return isAged(item, {ttlMs, at}) ? `it is older than ${Math.round(ttlMs! / 60_000)} min, and what it looked at moves by itself` : null;
}

export function isAged(item: {at?: string | undefined}, {ttlMs, at}: Pick<Now, 'ttlMs' | 'at'>): boolean {
	return ttlMs !== undefined && item.at !== undefined && at - Date.parse(item.at) > ttlMs;
}

/** Absolute paths of what a plan's evidence looked at, each with the sha256 that the plan knew: revisions, env.py and what both import from the project. */
export function filesOf(plan: Pick<Plan, 'revisions' | 'digestLines'> | undefined, {project, environmentFile}: {project: string; environmentFile: string | null}): Map<string, string | null> {
	const known = new Map((plan?.digestLines ?? []).map(line => line.split('\t') as [string, string]));
	return new Map([
		...(environmentFile === null ? [] : [[environmentFile, known.get('env.py') ?? null] as const]),
		...[...known].flatMap(([what, sha256]) => what.startsWith('import ') ? [[path.resolve(project, what.slice('import '.length)), sha256] as const] : []),
		...(plan?.revisions ?? []).map(({file, sha256}) => [file, sha256] as const),
	]);
}

export interface FileHashes {
	/** sha256 of a file's content; null when it can't be read. Read again only when the file's stat changed. */
	of(file: string): string | null;
	/** One digest over all of them, by their place in the project. */
	all(project: string, files: Iterable<string>): string;
}

export function hashFiles(): FileHashes {
	const known = new Map<string, {stamp: string; sha256: string}>();
	const of = (file: string): string | null => {
		try {
			const {mtimeNs, ctimeNs, size, ino} = statSync(file, {bigint: true});
			const stamp = `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
			const old = known.get(file);
			if (old?.stamp === stamp) return old.sha256;
			const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
			known.set(file, {stamp, sha256});
			return sha256;
		} catch {
			return null;
		}
	};
	return {
		of,
		all: (project, files) => createHash('sha256').update([...files].sort().map(file => `${path.relative(project, file)}\0${of(file) ?? 'missing'}\n`).join('')).digest('hex'),
	};
}

/** In a few words each, the files that are not as the plan knew them. */
export function changedFiles(project: string, files: ReadonlyMap<string, string | null>, hashes: FileHashes): string[] {
	return [...files].flatMap(([file, sha256]) => {
		const now = hashes.of(file);
		if (now === sha256 || sha256 === null) return [];
		return [`${path.relative(project, file)} ${now === null ? 'is gone' : 'was edited'}`];
	});
}
