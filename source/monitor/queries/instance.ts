/** The server in one row: role, uptime, connections, and the counters that rates are made of. */
import {numberOf, textOf, type Row} from '../connection.ts';
import type {Counters} from '../rates.ts';
import type {PollQuery} from './query.ts';

export interface Instance {
	version: string;
	standby: boolean;
	/** Of what it writes, or receives as a standby; it grows by one at each promotion. */
	timeline: number | null;
	uptimeSeconds: number | null;
	/** This role sees the sessions of others. */
	sees: boolean;
	/** This role's name, quoted as SQL wants it. */
	role: string;
	connections: {total: number | null; max: number | null; active: number | null; idle: number | null; idleInTransaction: number | null};
	counters: Counters;
}

export const instance: PollQuery<Instance> = {
	shows: 'server, connections and rates',
	// Counters of the current database only: pg_stat_database's sums over all of them cost four times as much.
	// Its own session, active whenever it asks, is not counted as such.
	// A role without pg_read_all_stats may count the sessions, but not see what kind or state they are of.
	text: ({version}) => `/* holdpoint: instance */
SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby, p.sees,
       CASE WHEN pg_is_in_recovery() THEN (SELECT received_tli FROM pg_stat_wal_receiver) ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS timeline, quote_ident(current_user) AS role,
       extract(epoch FROM clock_timestamp())::float8 AS t, extract(epoch FROM pg_postmaster_start_time())::float8 AS started,
       current_setting('max_connections')::int AS max_conn, c.*,
       pg_stat_get_db_xact_commit(d.oid)::float8 AS commits, pg_stat_get_db_xact_rollback(d.oid)::float8 AS rollbacks,
       (pg_stat_get_db_tuples_inserted(d.oid) + pg_stat_get_db_tuples_updated(d.oid) + pg_stat_get_db_tuples_deleted(d.oid))::float8 AS written,
       (pg_stat_get_db_tuples_returned(d.oid) + pg_stat_get_db_tuples_fetched(d.oid))::float8 AS tuples_read, pg_stat_get_db_temp_bytes(d.oid)::float8 AS temp,
       pg_stat_get_db_deadlocks(d.oid)::float8 AS deadlocks, pg_stat_get_db_blocks_hit(d.oid)::float8 AS hit, pg_stat_get_db_blocks_fetched(d.oid)::float8 AS asked,
       ${version >= 140000 ? 'pg_stat_get_db_active_time(d.oid)' : 'NULL::float8'} AS busy,
       extract(epoch FROM pg_stat_get_db_stat_reset_time(d.oid))::float8 AS reset, b.*,
       pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0')::float8 AS wal_pos
  FROM (SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS sees) p
 CROSS JOIN (${checkpoints(version)}) b
 CROSS JOIN (SELECT oid FROM pg_database WHERE datname = current_database()) d
 CROSS JOIN (SELECT count(*) FILTER (WHERE backend_type = 'client backend')::int AS clients,
                    count(*) FILTER (WHERE datid IS NOT NULL AND usesysid IS NOT NULL)::int AS with_role,
                    count(*) FILTER (WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid())::int AS active,
                    count(*) FILTER (WHERE state = 'idle' AND backend_type = 'client backend')::int AS idle,
                    count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS idle_xact
               FROM pg_stat_get_activity(NULL)) c`,
	parse: rows => parseInstance(rows[0] ?? {}),
};

/** Restartpoints on a standby; until 16 they were counted as checkpoints. */
function checkpoints(version: number): string {
	if (version < 170000) return 'SELECT checkpoints_timed::float8 AS cp_timed, checkpoints_req::float8 AS cp_requested, checkpoint_write_time + checkpoint_sync_time AS cp_ms FROM pg_stat_bgwriter';
	const counted = (name: string): string => `CASE WHEN pg_is_in_recovery() THEN restartpoints_${name === 'requested' ? 'req' : name} ELSE num_${name} END::float8 AS cp_${name}`;
	return `SELECT ${counted('timed')}, ${counted('requested')}, write_time + sync_time AS cp_ms FROM pg_stat_checkpointer`;
}

function parseInstance(row: Row): Instance {
	const sees = row['sees'] === true;
	const seen = (name: string): number | null => sees ? numberOf(row[name]) : null;
	const now = numberOf(row['t']);
	const started = numberOf(row['started']);
	return {
		// `15.18 (Debian 15.18-0+deb12u1)` is 15.18.
		version: (textOf(row['version']) ?? '').split(' ')[0] ?? '',
		standby: row['standby'] === true,
		timeline: numberOf(row['timeline']),
		uptimeSeconds: now === null || started === null ? null : now - started,
		sees,
		role: textOf(row['role']) ?? '',
		connections: {
			total: sees ? numberOf(row['clients']) : numberOf(row['with_role']),
			max: numberOf(row['max_conn']),
			active: seen('active'),
			idle: seen('idle'),
			idleInTransaction: seen('idle_xact'),
		},
		counters: {
			at: now ?? 0,
			started,
			reset: numberOf(row['reset']),
			commits: numberOf(row['commits']),
			rollbacks: numberOf(row['rollbacks']),
			tuplesWritten: numberOf(row['written']),
			walPosition: numberOf(row['wal_pos']),
			tuplesRead: numberOf(row['tuples_read']),
			tempBytes: numberOf(row['temp']),
			deadlocks: numberOf(row['deadlocks']),
			blocksHit: numberOf(row['hit']),
			blocksAsked: numberOf(row['asked']),
			busyMs: numberOf(row['busy']),
			checkpointsTimed: numberOf(row['cp_timed']),
			checkpointsRequested: numberOf(row['cp_requested']),
			checkpointMs: numberOf(row['cp_ms']),
		},
	};
}
