/** Proves that a dump can be read: its table of contents, and on demand every block of it, by as many pg_restore as pg_dump had jobs. */
import {readdir, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import {runClient, type ClientEnd} from './client-program.ts';
import {parseFailure} from './dump-output.ts';

export interface VerifyOptions {
	/** The dump, under the name that it has while it is not proven. */
	partial: string;
	/** Path of pg_restore. */
	restore: string;
	format: 'directory' | 'custom';
	/** How far: only the table of contents, or every block. */
	verify: 'list' | 'read';
	jobs: number;
	onStep?: (step: 'list' | 'read') => void;
	signal?: AbortSignal | undefined;
}

/** @returns how many tables have data in it. @throws Refusal 4 when it can't be read */
export async function verifyDump({partial, restore, format, verify, jobs, onStep, signal}: VerifyOptions): Promise<{tables: number; read: boolean}> {
	const run = async (...argv: string[]): Promise<ClientEnd> => runClient({program: restore, arguments: argv, environment: {PATH: process.env['PATH'] ?? '', LC_ALL: 'C'}, signal});
	onStep?.('list');
	const listed = await run('--list', partial);
	if (listed.exitCode !== 0) throw new Refusal(4, `The backup was written but its table of contents can't be read: ${parseFailure(listed)}; it was removed.`);
	const entries = listed.stdout.split('\n').filter(line => /^\d+;/.test(line));
	if (verify === 'read') {
		onStep?.('read');
		const parts = format === 'directory' && jobs > 1 ? splitEntries(entries, await readSizes(partial), jobs) : [];
		const lists = parts.map((_, index) => partial.replace(/(\.\d+\.partial)$/, `.part-${index}$1`));
		try {
			await Promise.all(lists.map(async (list, index) => writeFile(list, parts[index]!.join('\n') + '\n', {mode: 0o600})));
			const ends = await Promise.all((lists.length > 0 ? lists.map(list => [`--use-list=${list}`]) : [[]]).map(async words => run(...words, '--file=/dev/null', partial)));
			const failed = ends.find(end => end.exitCode !== 0);
			if (failed) throw new Refusal(4, `The backup was written but can't be read to its end: ${parseFailure(failed)}; it was removed.`);
		} finally {
			await Promise.all(lists.map(async list => rm(list, {force: true})));
		}
	}
	return {tables: entries.filter(line => / TABLE DATA /.test(line)).length, read: verify === 'read'};
}

/** The lines of a table of contents in so many lists with about as many bytes to read each; every line is in exactly one of them. Pure. @param sizes bytes of data by the entry's number */
export function splitEntries(entries: readonly string[], sizes: ReadonlyMap<number, number>, parts: number): string[][] {
	const lists = Array.from({length: parts}, () => ({lines: [] as string[], bytes: 0}));
	const sized = entries.map(line => ({line, bytes: sizes.get(Number.parseInt(line, 10)) ?? 0}));
	for (const {line, bytes} of sized.sort((a, b) => b.bytes - a.bytes)) {
		const least = lists.reduce((a, b) => b.bytes < a.bytes ? b : a);
		least.lines.push(line);
		least.bytes += bytes;
	}
	return lists.map(({lines}) => lines).filter(lines => lines.length > 0);
}

/** `3456.dat.gz` is the data of entry 3456. */
async function readSizes(folder: string): Promise<Map<number, number>> {
	const files = (await readdir(folder)).filter(name => /^\d+\.dat/.test(name));
	return new Map(await Promise.all(files.map(async name => [Number.parseInt(name, 10), (await stat(path.join(folder, name))).size] as const)));
}
