/** The database's own figures at one moment: counters, connections, statements and tables, to be compared with those of another moment. */
import type {Session} from './session.ts';
import {queryServerLogEnd, type ServerLogEnd} from './server-log.ts';
import {queryTables, type TableSize} from './table-sizes.ts';

export interface Counters {
	commits: number;
	rollbacks: number;
	deadlocks: number;
	/** Queries that a standby cancelled; 0 on a primary. */
	conflicts: number;
	tempBytes: number;
	blocksRead: number;
	blocksHit: number;
	/** Sessions that were lost, ended by a fatal error or killed; null before version 14. */
	brokenSessions: number | null;
	/** When the statistics began, as the server says it; null when it doesn't tell. */
	since: string | null;
}

export interface Connections {
	/** Client sessions of the whole server by state; `not visible` are those that this role may not see. */
	byState: Record<string, number>;
	total: number;
	/** Those that ordinary roles can have: max_connections without the reserved ones. */
	usable: number;
	longestTransactionSeconds: number | null;
}

/** One normalised statement of pg_stat_statements, all its users together. */
export interface StatementFigure {
	id: string;
	query: string;
	calls: number;
	totalMs: number;
}

export interface Statements {
	/** Null when they can't be read; `missing` says why, and what would help. */
	rows: StatementFigure[] | null;
	missing: string | null;
	/** When they were last reset; null when that is not told (before version 14). */
	since: string | null;
}

export interface Figures {
	/** Of the server's clock: ISO 8601, UTC. */
	at: string;
	counters: Counters;
	connections: Connections;
	statements: Statements;
	/** The largest ones. */
	tables: TableSize[];
	/** Where the server's log ended then. */
	serverLog: ServerLogEnd;
}

const mostTables = 500;
const mostStatements = 1000;

/** Reads them in a few quick queries, each with its own snapshot. @throws the driver's error */
export async function queryFigures(session: Session): Promise<Figures> {
	const [row] = await session.query<Counters & {at: string}>(countersQuery(session.versionNumber));
	const {at, ...counters} = row!;
	return {
		at, counters, connections: await queryConnections(session), statements: await queryStatements(session),
		tables: (await queryTables(session)).slice(0, mostTables), serverLog: await queryServerLogEnd(session),
	};
}

function countersQuery(version: number): string {
	return `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, xact_commit::float8 AS commits, xact_rollback::float8 AS rollbacks, deadlocks::float8 AS deadlocks, conflicts::float8 AS conflicts,
		temp_bytes::float8 AS "tempBytes", blks_read::float8 AS "blocksRead", blks_hit::float8 AS "blocksHit", ${version >= 140_000 ? '(sessions_abandoned + sessions_fatal + sessions_killed)::float8' : 'NULL::float8'} AS "brokenSessions",
		to_char(stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since FROM pg_stat_database WHERE datname = current_database()`;
}

async function queryConnections(session: Session): Promise<Connections> {
	const rows = await session.query<{state: string; sessions: number; seconds: number | null}>(`SELECT coalesce(state, 'not visible') AS state, count(*)::int AS sessions,
		max(extract(epoch FROM clock_timestamp() - xact_start)) FILTER (WHERE datname = current_database() AND pid <> pg_backend_pid())::float8 AS seconds
		FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL AND datname IS NOT NULL GROUP BY 1 ORDER BY 1`);
	const [limit] = await session.query<{usable: number}>(`SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - coalesce(current_setting('reserved_connections', true), '0')::int AS usable`);
	return {
		byState: Object.fromEntries(rows.map(({state, sessions}) => [state, sessions])), total: rows.reduce((sum, {sessions}) => sum + sessions, 0), usable: limit!.usable,
		longestTransactionSeconds: rows.reduce<number | null>((longest, {seconds}) => seconds === null ? longest : Math.max(longest ?? 0, seconds), null),
	};
}

/**
 * Statements on data of this database. What asks the catalogs (we and other monitors) says nothing of the application,
 * and utility commands are kept with their literals by the extension: a password may be among them.
 * @param characters so many of each are kept
 */
export async function queryStatements(session: Session, {characters = 300}: {characters?: number} = {}): Promise<Statements> {
	const none = (missing: string): Statements => ({rows: null, missing, since: null});
	const [view] = await session.query<{name: string; total: string; info: string | null}>(`SELECT format('%I.pg_stat_statements', n.nspname) AS name,
		CASE WHEN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'total_exec_time') THEN 'total_exec_time' ELSE 'total_time' END AS total,
		(SELECT format('%I.pg_stat_statements_info', n.nspname) FROM pg_class i WHERE i.relnamespace = n.oid AND i.relname = 'pg_stat_statements_info') AS info
		FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'pg_stat_statements' WHERE e.extname = 'pg_stat_statements'`);
	if (view === undefined) return none('pg_stat_statements is not installed in this database: put it into shared_preload_libraries (needs a restart) and run CREATE EXTENSION pg_stat_statements');
	try {
		const rows = await session.query<StatementFigure>(`SELECT queryid::text AS id, left(min(query), ${characters}) AS query, sum(calls)::float8 AS calls, sum(${view.total})::float8 AS "totalMs" FROM ${view.name}
			WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND queryid IS NOT NULL AND query ~* '^(\\s|/\\*([^*]|\\*[^/])*\\*/)*(select|insert|update|delete|with|merge)\\M' AND query ~* '\\m(from|into|update)\\M' AND query !~* '\\mpg_[a-z]'
			GROUP BY queryid ORDER BY 4 DESC LIMIT ${mostStatements}`);
		const [info] = view.info === null ? [] : await session.query<{since: string | null}>(`SELECT stats_reset::text AS since FROM ${view.info}`);
		if (rows.length === 0) {
			const [may] = await session.query<{may: boolean}>(`SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS may`);
			if (!may!.may) return none('pg_stat_statements shows this role only its own statements: GRANT pg_monitor to it');
		}
		return {rows, missing: null, since: info?.since ?? null};
	} catch (error) {
		const {code, message} = error as {code?: string; message: string};
		if (code === undefined) throw error;
		return none(code === '55000' ? 'pg_stat_statements is installed but not loaded: put it into shared_preload_libraries (needs a restart)' : `pg_stat_statements can't be read: ${message}`);
	}
}
