/** Opens the SQLite file of a run, which holds its samples and its ownership. */
import {closeSync, openSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import {Refusal} from '../journal/refusal.ts';

/**
 * Opens or makes the file, readable by its user only. Write-ahead logging, so that a replay reads while the room writes;
 * the last samples may be lost with the machine's power, the file never is.
 * @throws Refusal 2 when it can't be opened or is no such file
 */
export function openDatabase(path: string, {readOnly = false}: {readOnly?: boolean} = {}): DatabaseSync {
	let database: DatabaseSync | undefined;
	try {
		if (!readOnly) closeSync(openSync(path, 'a', 0o600));
		database = new DatabaseSync(path, {readOnly, timeout: 5000});
		prepareFile(database, readOnly);
		return database;
	} catch (error) {
		database?.close();
		throw refusalOf(path, error);
	}
}

/** What a fault of the file means for a person; another error is given back as it is. */
export function refusalOf(path: string, error: unknown): unknown {
	const {errcode, code, message} = error as {errcode?: number; code?: string; message: string};
	if (errcode === undefined && code === undefined) return error;
	if (isBusy(error)) return new Refusal(2, `The recording ${path} has been held by another process for 5 s; try again when that has ended.`);
	// 11: SQLITE_CORRUPT, 26: SQLITE_NOTADB.
	if (errcode === 11 || errcode === 26) return new Refusal(2, `The recording ${path} is damaged (${message}): move it away when no room is at work, and a new one is made; only samples are lost with it.`);
	return new Refusal(2, `The recording ${path} can't be used (${message}): see that its folder is there, can be written, and has space left.`);
}

/** SQLite does not wait by itself for the change to write-ahead logging when another process makes it at the same moment. */
function prepareFile(database: DatabaseSync, readOnly: boolean): void {
	for (const deadline = Date.now() + 5000; ;) {
		try {
			if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
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
