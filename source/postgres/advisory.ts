/** Session-level advisory locks: the proof that two sessions are on one live database, and the marks of work under way. Never waited for, only tried. */
import {createHash, randomBytes} from 'node:crypto';
import type {Session} from './session.ts';

/** A signed 64-bit key, as decimal text since it exceeds 2^53. */
export type AdvisoryKey = string;

export interface HeldKey {
	readonly key: AdvisoryKey;
	/** Lets go; when the session is over, the lock is gone by itself. */
	release(): Promise<void>;
}

export interface Holder {
	pid: number;
	application: string | null;
	user: string | null;
	/** Address, or null over a socket or where the role may not see it. */
	client: string | null;
	/** backend_start as text in UTC; null where the role may not see it. */
	since: string | null;
}

/** Takes a lock with a fresh random key: only sessions on the very same live database can see it in pg_locks. */
export async function holdProof(session: Session): Promise<HeldKey> {
	for (;;) {
		const held = await holdKey(session, randomBytes(8).readBigInt64BE().toString());
		if (held) return held;
	}
}

/** Tries to take a lock; null when someone else has it. */
export async function holdKey(session: Session, key: AdvisoryKey): Promise<HeldKey | null> {
	const [row] = await session.query<{held: boolean}>('SELECT pg_try_advisory_lock($1::bigint) AS held', [key]);
	if (!row!.held) return null;
	return {
		key,
		release: async () => {
			await session.query('SELECT pg_advisory_unlock($1::bigint)', [key]).catch(() => undefined);
		},
	};
}

/** The key that says "a migration of this database is at work"; held by the migration's own session, so that it lives as long as that backend. */
export function ownKey(database: string): AdvisoryKey {
	return workKey('migration', database);
}

/** The key that says "a backup of this database is being taken". */
export function backupKey(database: string): AdvisoryKey {
	return workKey('backup', database);
}

function workKey(work: 'migration' | 'backup', database: string): AdvisoryKey {
	return createHash('sha256').update(`holdpoint:${work}:${database}`).digest().readBigInt64BE().toString();
}

/** Who holds a key in this session's database, or null. */
export async function queryHolder(session: Session, key: AdvisoryKey): Promise<Holder | null> {
	const [row] = await session.query<Holder>(holderQuery, [key]);
	return row ?? null;
}

/** A 64-bit key stands in pg_locks as its upper and lower half; objsubid 1 tells it from a pair of 32-bit keys. */
const holderQuery = `SELECT l.pid, a.application_name AS application, a.usename AS "user", host(a.client_addr) AS client,
	to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' AS since
	FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
	WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
	AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
	AND ((l.classid::bigint << 32) | l.objid::bigint) = $1::bigint LIMIT 1`;
