/** Where a run lies on disk, and what can be read of runs without owning one. */
import {createHash, randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {readJournal, readMore, type ReadJournal} from '../journal/file.ts';
import {Refusal} from '../journal/refusal.ts';
import type {RunState, RunSummary} from '../journal/shapes/run.ts';

/** The folder of a run; it need not exist. */
export function runFolder(stateDir: string, run: string): string {
	return path.join(stateDir, 'runs', run);
}

/** A new run's id: sortable by time, readable, and never the same twice. */
export function newRunId(database: string, now: Date): string {
	const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 13).replace('T', '-');
	const name = database.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 24) || 'database';
	return `${stamp}-${name}-${randomBytes(2).toString('hex')}`;
}

/** Makes a run's folders, closed to others. */
export function makeRunFolder(folder: string): void {
	for (const part of ['', 'artifacts', 'children']) mkdirSync(path.join(folder, part), {recursive: true, mode: 0o700});
}

/** Ids of all runs of a state folder, oldest first. */
export function listRunIds(stateDir: string): string[] {
	const folder = path.join(stateDir, 'runs');
	if (!existsSync(folder)) return [];
	return readdirSync(folder).filter(run => existsSync(path.join(folder, run, 'events.jsonl'))).sort();
}

/** A run's journal as far as it is intact. */
export type ReadRun = ReadJournal & {state: RunState; folder: string};

/** Reads a run's journal. @throws Refusal 2 when there is no such run. */
export function readRun(stateDir: string, run: string): ReadRun {
	const folder = runFolder(stateDir, run);
	if (!/^[\w.-]+$/.test(run) || !existsSync(path.join(folder, 'events.jsonl'))) {
		throw new Refusal(2, `There is no run ${JSON.stringify(run)} in ${stateDir}; \`holdpoint runs\` lists them.`);
	}
	const journal = readJournal(path.join(folder, 'events.jsonl'));
	if (!journal.state) throw new Refusal(5, `The journal of run ${run} can't be read: ${journal.damage ?? 'it is empty'}.`);
	return {...journal, state: journal.state, folder};
}

/** The summary of a run. */
export function summarise(state: RunState): RunSummary {
	const {run, target, from, to, startedAt, endedAt, outcome, counts} = state;
	return {run, state: state.state, target, from, to, startedAt, ...(endedAt && {endedAt}), ...(outcome && {outcome}), items: counts};
}

/** The newest open run on a target of a project, or null. The target is the same when database, host and port are. */
export function findOpenRun(stateDir: string, {project, target}: {project: string; target: TargetKey | null}): ReadRun | null {
	for (const run of listRunIds(stateDir).reverse()) {
		const folder = runFolder(stateDir, run);
		const journal = readJournal(path.join(folder, 'events.jsonl'));
		const {state} = journal;
		if (state?.state === 'open' && state.project === project && (!target || sameTarget(state.target, target))) return {...journal, state, folder};
	}
	return null;
}

/** The same for who asks again and again: of the run that was found only what was written since is read; for another one it is looked when that is over, or the runs are others. */
export function followOpenRun(stateDir: string, of: {project: string; target: TargetKey | null}): () => RunState | null {
	let run: ReadRun | null = null;
	let seen = '';
	return () => {
		if (run) readMore(path.join(run.folder, 'events.jsonl'), run);
		if (run?.state.state !== 'open' || run.damage) run = null;
		const ids = listRunIds(stateDir);
		// While none is open, any of them may still become one.
		const sizes = () => ids.map(id => `${id} ${statSync(path.join(runFolder(stateDir, id), 'events.jsonl')).size}`).join();
		const now = run ? ids.join() : sizes();
		if (now === seen) return run?.state ?? null;
		run = findOpenRun(stateDir, of);
		seen = run ? ids.join() : now;
		return run?.state ?? null;
	};
}

export interface TargetKey {
	host: string;
	port: number;
	database: string;
}

function sameTarget(a: TargetKey, b: TargetKey): boolean {
	return a.host === b.host && a.port === b.port && a.database === b.database;
}

const roomFileSchema = z.object({pid: z.number().int(), socket: z.string(), startedAt: z.string()});
export type RoomFile = z.infer<typeof roomFileSchema>;

/** Says, in the run's folder, where the room that owns it listens. */
export function writeRoomFile(folder: string, file: RoomFile): void {
	writeFileSync(path.join(folder, 'room.json.partial'), `${JSON.stringify(file)}\n`, {mode: 0o600});
	renameSync(path.join(folder, 'room.json.partial'), path.join(folder, 'room.json'));
}

/** What the run's folder says of its room; null when nothing legible. */
export function readRoomFile(folder: string): RoomFile | null {
	try {
		return roomFileSchema.parse(JSON.parse(readFileSync(path.join(folder, 'room.json'), 'utf8')));
	} catch {
		return null;
	}
}

/** sha256 in hexadecimal. */
export function hash(content: string | Buffer): string {
	return createHash('sha256').update(content).digest('hex');
}
