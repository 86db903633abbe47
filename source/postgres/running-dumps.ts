/** Finds any pg_dump at work: it holds ACCESS SHARE on every table, so that DDL waits behind it and everyone behind the DDL. */
import type {Session} from './session.ts';

/** application_name of our own dumps. */
export const backupApplication = 'holdpoint-backup';

export interface RunningDump {
	pid: number;
	backendStart: string | null;
	application: string;
	user: string | null;
	client: string | null;
	/** Seconds since its transaction, or else its session, began; null where the role may not see it. */
	seconds: number | null;
}

/** Sessions of this database that are a pg_dump, ours or anyone's; this session itself is left out. */
export async function queryRunningDumps(session: Session): Promise<RunningDump[]> {
	return session.query<RunningDump>(
		`SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' AS "backendStart", application_name AS application, usename AS "user", host(client_addr) AS client,
		extract(epoch FROM clock_timestamp() - coalesce(xact_start, backend_start))::float8 AS seconds
		FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('pg_dump', $1) AND pid <> pg_backend_pid() ORDER BY backend_start`,
		[backupApplication],
	);
}
