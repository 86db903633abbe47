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
		if (!readOnly) database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
		// Reads the header: an empty or foreign file is told here and not in the middle of a run.
		database.prepare('SELECT count(*) FROM sqlite_schema').get();
		return database;
	} catch (error) {
		database?.close();
		throw new Refusal(2, `The recording ${path} can't be opened (${(error as Error).message}): move it away, a new one is made; only samples are lost with it.`);
	}
}
