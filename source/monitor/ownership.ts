/** Who owns a run: one row in its database, taken in an immediate transaction, so that of two rooms only one wins. */
import type {DatabaseSync} from 'node:sqlite';
import {readLife, readProcessIdentity, type ProcessIdentity} from '../postgres/cluster-owner.ts';
import {openDatabase, refusalOf} from './database.ts';

export interface Ownership {
	won: true;
	/** Gives the run up; called twice, or after another has taken it, it does nothing. */
	release(): void;
}

export interface Refused {
	won: false;
	owner: ProcessIdentity;
	/** `unknown`: a process of another machine or container, which can't be looked at from here. */
	life: 'alive' | 'unknown';
}

/**
 * Takes the run whose database is at `path`. A dead owner's row is taken over: its process is gone, or the machine was
 * started again since, or the pid is another process's by now.
 * @throws Refusal 2 when the database can't be used
 */
export function takeOwnership(path: string, owner: ProcessIdentity = readProcessIdentity()!): Ownership | Refused {
	return inTransaction(path, database => {
		const other = readOwner(database);
		if (other) {
			const life = readLife(other);
			if (life !== 'dead') return {won: false, owner: other, life};
		}

		database.prepare('INSERT INTO owner (one, identity) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET identity = excluded.identity').run(JSON.stringify(owner));
		return {won: true, release: () => giveUp(path, owner)};
	});
}

function giveUp(path: string, owner: ProcessIdentity): void {
	try {
		inTransaction(path, database => database.prepare('DELETE FROM owner WHERE identity = ?').run(JSON.stringify(owner)));
	} catch {
		// Best effort at the end: the row of a dead process is taken over anyway.
	}
}

function inTransaction<T>(path: string, work: (database: DatabaseSync) => T): T {
	const database = openDatabase(path);
	try {
		// Immediate: the second one waits here until the first has committed, and then reads its row.
		database.exec('BEGIN IMMEDIATE');
		database.exec('CREATE TABLE IF NOT EXISTS owner (one INTEGER PRIMARY KEY CHECK (one = 1), identity TEXT NOT NULL) STRICT');
		const result = work(database);
		database.exec('COMMIT');
		return result;
	} catch (error) {
		throw refusalOf(path, error);
	} finally {
		// Closing rolls back what was not committed.
		database.close();
	}
}

function readOwner(database: DatabaseSync): ProcessIdentity | null {
	const row = database.prepare('SELECT identity FROM owner').get() as {identity: string} | undefined;
	return row ? JSON.parse(row.identity) as ProcessIdentity : null;
}
