/** A named place in the WAL, to which a restore with point-in-time recovery can go back by its name. */
import type {Session} from './session.ts';

export interface RestorePoint {
	name: string;
	lsn: string;
	/** ISO 8601, UTC. */
	at: string;
}

/** Whether one would be of use, and could be made. Null: WAL is not archived here, so that no restore could go to it. */
export async function queryRestorePointRight(session: Session): Promise<{why: string | null} | null> {
	const [row] = await session.query<{archives: boolean; failing: boolean; allowed: boolean}>(`SELECT
		(current_setting('archive_mode') <> 'off' AND a.last_archived_time IS NOT NULL) OR EXISTS (SELECT FROM pg_stat_replication WHERE application_name ~* 'receivewal|barman|pgbackrest|wal-g') AS archives,
		coalesce(a.last_failed_time > a.last_archived_time, false) AS failing, has_function_privilege('pg_create_restore_point(text)', 'EXECUTE') AS allowed FROM pg_stat_archiver a`);
	const {archives, failing, allowed} = row!;
	if (!archives || session.inRecovery) return null;
	if (failing) return {why: 'the last attempt to archive WAL failed'};
	return {why: allowed ? null : `the role ${session.conninfo.user} may not make one: GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO ${session.conninfo.user}`};
}

/** Writes one WAL record: it locks nothing and changes no data. @param name at most 63 bytes */
export async function createRestorePoint(session: Session, name: string): Promise<RestorePoint> {
	const [row] = await session.query<{lsn: string; at: string}>('SELECT pg_create_restore_point($1)::text AS lsn, to_char(clock_timestamp() AT TIME ZONE \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"\') AS at', [name]);
	return {name, ...row!};
}

/** `before_<revision>_<run>`, within what PostgreSQL takes. Pure. */
export function restorePointName(to: readonly string[], run: string): string {
	return `before_${to.join('_')}_${run}`.replace(/[^\w.-]/g, '_').slice(0, 63);
}
