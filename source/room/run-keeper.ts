/** Keeps one run: its journal, its artifacts, its ownership; before the first decision there is only a draft of it. */
import {closeSync, fsyncSync, openSync, renameSync, writeSync} from 'node:fs';
import path from 'node:path';
import type {EventData, EventKind, JournalEvent} from '../journal/events.ts';
import {openJournal, type Journal, type ReadJournal} from '../journal/file.ts';
import {fold} from '../journal/fold.ts';
import {Refusal} from '../journal/refusal.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Ownership} from '../monitor/ownership.ts';
import {takeRecording} from '../monitor/put-aside.ts';
import {AnotherRoom} from './another-room.ts';
import {hash, makeRunFolder, readRoomFile, runFolder} from './run-folder.ts';

export interface RunKeeper {
	/** The run as folded; a draft of it until it is opened. */
	readonly state: RunState;
	/** Whether there is a run on disk. */
	readonly opened: boolean;
	readonly folder: string | null;
	readonly events: readonly JournalEvent[];
	/** What was wrong with the journal when it was taken over. */
	readonly damage: string | null;
	/** What became of a recording that could not be read, in a sentence; null where it could. */
	readonly putAside: string | null;
	/** Writes the draft as a run's first event; does nothing when it is open already. */
	open(by: string): void;
	record<K extends EventKind>(kind: K, by: string, data: EventData<K>): JournalEvent;
	/** Keeps text as an artifact and says so in the journal; the same content under the same name is kept once. */
	keep(artifact: {name: string; text: string; what: string}): {path: string; sha256: string};
	/** Says in the journal that a file or folder, already in its place, is an artifact. */
	keepFile(artifact: {path: string; sha256: string; what: string}): void;
	close(): void;
}

export interface KeepRunOptions {
	stateDir: string;
	/** Where another room that has the run would listen. */
	socket: string;
	/** The draft, or the run's id when one is to be taken over, with its journal where that was read just now. */
	run: {draft: EventData<'run-opened'>} | {id: string; read?: ReadJournal};
	scrub: <T>(value: T) => T;
	onEvent: (event: JournalEvent, state: RunState) => void;
	/** Called once, before the first event that is recorded in a run that was taken over. */
	beforeFirst?: () => void;
	now?: () => Date;
}

/** Takes a run, or the draft of one. @throws AnotherRoom when another room owns it. */
export function keepRun({stateDir, socket, run, scrub, onEvent, beforeFirst, now = () => new Date()}: KeepRunOptions): RunKeeper {
	let journal: Journal | null = null;
	let ownership: Ownership | null = null;
	let draft: RunState | null = null;
	let putAside: string | null = null;

	const take = (id: string, read?: ReadJournal) => {
		const folder = runFolder(stateDir, id);
		makeRunFolder(folder);
		const room = readRoomFile(folder);
		const {taken, aside} = takeRecording(path.join(folder, 'recording.db'), {mayMove: () => room === null || room.pid === process.pid || !isThere(room.pid), now: now()});
		putAside = aside;
		if (!taken.won) throw new AnotherRoom(`Run ${id} belongs to another room, process ${taken.owner.pid}; attach to it with \`holdpoint attach ${id}\`.`, socket);
		ownership = taken;
		journal = openJournal({folder, ...(read && {read}), scrub, onEvent, now});
	};
	const opening = 'draft' in run ? run.draft : null;
	if ('id' in run) take(run.id, run.read);
	// Nothing has happened yet, so nothing is said to have.
	else draft = {...fold(null, {seq: 0, at: now().toISOString(), kind: 'run-opened', by: 'holdpoint', previous: '', ...scrub(run.draft)} as JournalEvent), log: []};

	let first = beforeFirst;
	const opened = () => {
		if (!journal) throw new Error('the run is not open yet');
		const before = first;
		first = undefined;
		before?.();
		return journal;
	};
	const keeper: RunKeeper = {
		get state() {
			const state = journal?.state ?? draft;
			if (!state) throw new Refusal(5, `The journal in ${journal?.folder} holds no run: ${journal?.damage ?? 'it is empty'}.`);
			return state;
		},
		get opened() {
			return journal !== null;
		},
		get folder() {
			return journal?.folder ?? null;
		},
		get events() {
			return journal?.events ?? [];
		},
		get damage() {
			return journal?.damage ?? null;
		},
		get putAside() {
			return putAside;
		},
		open(by) {
			if (journal || !opening) return;
			take(opening.run);
			opened().append('run-opened', by, opening);
		},
		record: (kind, by, data) => opened().append(kind, by, data),
		keep({name, text, what}) {
			const {folder} = opened();
			const content = scrub(text);
			const sha256 = hash(content);
			const file = path.join(folder, 'artifacts', name);
			if (keeper.state.artifacts.some(artifact => artifact.path === file && artifact.sha256 === sha256)) return {path: file, sha256};
			writeWhole(file, content);
			keeper.keepFile({path: file, sha256, what});
			return {path: file, sha256};
		},
		keepFile: artifact => void opened().append('artifact-kept', 'holdpoint', artifact),
		close() {
			journal?.close();
			ownership?.release();
		},
	};
	return keeper;
}

function writeWhole(file: string, content: string): void {
	const descriptor = openSync(`${file}.partial`, 'w', 0o600);
	writeSync(descriptor, content);
	fsyncSync(descriptor);
	closeSync(descriptor);
	renameSync(`${file}.partial`, file);
}

/** A process of that number; whose it is need not be asked: a doubt keeps the file where it is. */
function isThere(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
