/** The target's own counters: what it can say about errors without the application's logs. */
import {queryEvidence, type Look} from './check.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';

export interface Counters {
	commits: number;
	rollbacks: number;
	deadlocks: number;
	connections: number;
	maxConnections: number;
	idleInTransaction: number;
	longestTransactionSeconds: number;
	since: string | null;
}

const query = `SELECT d.xact_commit::float8 AS commits, d.xact_rollback::float8 AS rollbacks, d.deadlocks::float8 AS deadlocks, d.stats_reset::text AS since,
	(SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections, current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "maxConnections",
	(SELECT count(*)::int FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()) AS "idleInTransaction",
	(SELECT coalesce(max(extract(epoch FROM now() - xact_start)), 0)::float8 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS "longestTransactionSeconds"
	FROM pg_stat_database d WHERE d.datname = current_database()`;

/** One reading; the counters count since the last reset of the statistics. */
export async function queryCounters(look: Look): Promise<Counters & {evidence: Evidence}> {
	const rows = await (await look.session()).query<Counters>(query);
	return {...rows[0]!, evidence: queryEvidence('counters of the database', query, rows)};
}
