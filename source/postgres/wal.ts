/** Where the server's WAL is. */
import type {Session} from './session.ts';

/** Bytes from 0/0 to the insert position: with synchronous_commit off, committed work is ahead of what was written. Null: not to be told. */
export async function queryWalPosition(session: Session): Promise<number | null> {
	try {
		const [row] = await session.query<{bytes: number}>(`SELECT pg_wal_lsn_diff(${session.inRecovery ? 'pg_last_wal_replay_lsn()' : 'pg_current_wal_insert_lsn()'}, '0/0')::float8 AS bytes`);
		return row?.bytes ?? null;
	} catch (error) {
		// A managed service may have revoked it.
		if ((error as {code?: string}).code === undefined) throw error;
		return null;
	}
}
