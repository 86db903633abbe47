/** Opens the SQLite file of a run, which holds its samples and its ownership. */
import {closeSync, openSync, statSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {pathToFileURL} from 'node:url';
import {Refusal} from '../journal/refusal.ts';

/**
 * Opens or makes the file, readable by its user only. Write-ahead logging, so that a replay reads while the room writes;
 * the last samples may be lost with the machine's power, the file never is. To read only leaves no trace beside a file that nobody writes.
 * @throws Refusal 2 when it can't be opened or is no such file
 */
export function openDatabase(path: string, {readOnly = false}: {readOnly?: boolean} = {}): DatabaseSync {
	let database: DatabaseSync | undefined;
	try {
		if (!readOnly) closeSync(openSync(path, 'a', 0o600));
		database = new DatabaseSync(readOnly && !isWritten(path) ? untouched(path) : path, {readOnly, timeout: 5000});
		prepareFile(database, readOnly);
		return database;
	} catch (error) {
		database?.close();
		throw refusalOf(path, error);
	}
}

/** Whether somebody has the file open to write, or died of it: there is a log beside it that belongs to it. */
export function isWritten(path: string): boolean {
	return (statSync(`${path}-wal`, {throwIfNoEntry: false})?.size ?? 0) > 0;
}

/** Opened in any other way SQLite would make files beside it, or refuse where it may not: https://sqlite.org/wal.html#readonly */
function untouched(path: string): URL {
	const url = pathToFileURL(path);
	url.searchParams.set('immutable', '1');
	return url;
}

/** For what is written while a migration runs: somebody who holds the file costs a sample, and never holds up the guard. */
export function waitBriefly(database: DatabaseSync): void {
	database.exec('PRAGMA busy_timeout = 20');
}

/** A file that nobody mends: damaged, or of another version. */
export class UnreadableRecording extends Refusal {
	/** What is wrong, without what to do. */
	readonly fault: string;

	constructor(fault: string, mend: string) {
		super(2, `${fault}: ${mend}`);
		this.fault = fault;
	}
}

/** What a fault of the file means for a person; another error is given back as it is. */
export function refusalOf(path: string, error: unknown): unknown {
	const {errcode, code, message} = error as {errcode?: number; code?: string; message: string};
	if (error instanceof Refusal || errcode === undefined && code === undefined) return error;
	if (isBusy(error)) return new Refusal(2, `The recording ${path} has been held by another process for 5 s; try again when that has ended.`);
	// 11: SQLITE_CORRUPT, 26: SQLITE_NOTADB.
	if (errcode === 11 || errcode === 26 || code?.startsWith('ZSTD')) return new UnreadableRecording(`The recording ${path} is damaged (${message})`, 'move it away when no room is at work, and a new one is made; only samples are lost with it.');
	return new Refusal(2, `The recording ${path} can't be used (${message}): see that its folder is there, can be written, and has space left.`);
}

/** SQLite does not wait by itself for the change to write-ahead logging when another process makes it at the same moment. */
function prepareFile(database: DatabaseSync, readOnly: boolean): void {
	for (const deadline = Date.now() + 5000; ;) {
		try {
			// Large pages: a sample of a busy server has 2 to 3 kB, and of one page of 4 kB would leave the rest empty.
			if (!readOnly) database.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
			// Reads the header: a foreign file is told here and not in the middle of a run.
			database.prepare('SELECT count(*) FROM sqlite_schema').get();
			return;
		} catch (error) {
			if (!isBusy(error) || Date.now() > deadline) throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
		}
	}
}

/** SQLITE_BUSY and its extended codes. */
const isBusy = (error: unknown): boolean => ((error as {errcode?: number}).errcode ?? 0) % 256 === 5;
