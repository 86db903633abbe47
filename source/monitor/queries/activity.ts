/** Every session that is doing or holding something, the migration always among them, the longest transaction first. */
import {isBackendStart, numberOf, startText, textOf, type Row} from '../connection.ts';
import {isHiddenMigration} from '../../postgres/signal.ts';
import type {PollContext, PollQuery} from './query.ts';

export interface ActivityRow {
	pid: number;
	/** The leader of a parallel group, where this is one of its workers. */
	leader: number | null;
	user: string | null;
	/** Where it is in another database than ours. */
	database: string | null;
	application: string | null;
	client: string | null;
	backendType: string | null;
	state: string | null;
	waitEvent: string | null;
	transactionSeconds: number | null;
	seconds: number | null;
	backendStart: string | null;
	query: string | null;
	migration: boolean;
	xminAge: number | null;
}

/** Query texts are cut on the server: 200 rows of them are at most 80 kB. */
const queryCharacters = 400;
const mostRows = 200;

export const activity: PollQuery<ActivityRow[]> = {
	shows: 'active sessions',
	text: context => `/* holdpoint: active sessions */
SELECT ${columns(context)}
  FROM pg_stat_get_activity(NULL) s
 WHERE s.pid <> pg_backend_pid()
   AND (${isMigration(context)}
        OR s.state <> 'idle' AND s.application_name NOT LIKE 'holdpoint%' AND s.backend_type IS DISTINCT FROM 'walsender')
 ORDER BY migration DESC, s.xact_start NULLS LAST, s.pid
 LIMIT ${mostRows}`,
	parse: rows => rows.map(parseActivity),
};

/** The same of a few sessions by pid, whatever their state: blockers that the poll's own list left out. */
export function activityOf(pids: number[], context: PollContext): string {
	return `/* holdpoint: sessions by pid */
SELECT ${columns(context)}
  FROM unnest(ARRAY[${pids.map(pid => Math.trunc(pid)).join(',')}]::int[]) AS p(pid) CROSS JOIN LATERAL pg_stat_get_activity(p.pid) s`;
}

/** Reads a row of either. */
export function parseActivity(row: Row): ActivityRow {
	return {
		pid: Number(row['pid']),
		leader: numberOf(row['leader']),
		user: textOf(row['usr']),
		database: textOf(row['db']),
		application: textOf(row['app']),
		client: textOf(row['client']),
		backendType: textOf(row['backend_type']),
		state: textOf(row['state']),
		waitEvent: textOf(row['wait']),
		transactionSeconds: numberOf(row['xact_s']),
		seconds: numberOf(row['query_s']),
		backendStart: textOf(row['started']),
		query: textOf(row['query']),
		migration: row['migration'] === true,
		xminAge: numberOf(row['xmin_age']),
	};
}

// The function behind pg_stat_activity: the view's joins with two catalogs cost 0.5 ms at 900 sessions, and the
// role's name comes out of a cache.
function columns(context: PollContext): string {
	return `s.pid, ${context.version >= 130000 ? 's.leader_pid' : 'NULL::int'} AS leader, pg_get_userbyid(s.usesysid)::text AS usr,
       CASE WHEN s.datid <> (SELECT oid FROM pg_database WHERE datname = current_database()) THEN (SELECT datname::text FROM pg_database WHERE oid = s.datid) END AS db, s.application_name AS app,
       CASE WHEN s.client_port = -1 THEN 'local' ELSE host(s.client_addr) END AS client, s.backend_type, s.state,
       s.wait_event_type || ':' || s.wait_event AS wait,
       extract(epoch FROM clock_timestamp() - s.xact_start)::float8 AS xact_s,
       extract(epoch FROM clock_timestamp() - s.query_start)::float8 AS query_s,
       ${startText('s.backend_start')} AS started,
       age(s.backend_xmin) AS xmin_age, left(s.query, ${queryCharacters}) AS query, ${isMigration(context)} AS migration`;
}

function isMigration({migration}: PollContext): string {
	if (!migration) return 'false';
	const pid = Math.trunc(migration.pid);
	return `(s.pid = ${pid} AND (${isBackendStart('s.backend_start', migration)} OR ${isHiddenMigration('s.backend_start', String(pid))}))`;
}
