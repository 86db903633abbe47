/** The standbys that stream from this server, with what they have not replayed yet. */
import {numberOf, textOf, type Row} from '../connection.ts';
import {walPosition, type PollQuery} from './query.ts';

export interface StandbyRow {
	name: string;
	state: string | null;
	sync: string | null;
	lagBytes: number | null;
	/** As the server reports it: null when idle, and too small while a replay stands still. */
	reportedSeconds: number | null;
	/** Bytes since the beginning of the WAL that it has replayed. */
	replayed: number | null;
	client: string | null;
	unsentBytes: number | null;
	unflushedBytes: number | null;
	unreplayedBytes: number | null;
	flushSeconds: number | null;
	replySeconds: number | null;
}

export const replication: PollQuery<StandbyRow[]> = {
	shows: 'replication',
	// The functions behind pg_stat_replication: the view reads every session to name a few. A base backup is a sender too, but no standby.
	text: () => `/* holdpoint: replication */
SELECT a.application_name AS name, w.state, w.sync_state AS sync, pg_wal_lsn_diff(${walPosition}, w.replay_lsn)::float8 AS lag_bytes,
       extract(epoch FROM w.replay_lag)::float8 AS lag_s, pg_wal_lsn_diff(w.replay_lsn, '0/0')::float8 AS replayed,
       CASE WHEN a.client_port = -1 THEN 'local' ELSE host(a.client_addr) END AS client, pg_wal_lsn_diff(${walPosition}, w.sent_lsn)::float8 AS unsent,
       pg_wal_lsn_diff(w.sent_lsn, w.flush_lsn)::float8 AS unflushed, pg_wal_lsn_diff(w.flush_lsn, w.replay_lsn)::float8 AS unreplayed,
       extract(epoch FROM w.flush_lag)::float8 AS flush_s, extract(epoch FROM clock_timestamp() - w.reply_time)::float8 AS reply_s
  FROM pg_stat_get_wal_senders() w CROSS JOIN LATERAL pg_stat_get_activity(w.pid) a
 WHERE w.state IS DISTINCT FROM 'backup' ORDER BY a.application_name, w.pid`,
	parse: rows => rows.map(parseStandby),
};

function parseStandby(row: Row): StandbyRow {
	return {
		name: textOf(row['name']) ?? '',
		state: textOf(row['state']),
		sync: textOf(row['sync']),
		lagBytes: bytesOf(row['lag_bytes']),
		reportedSeconds: numberOf(row['lag_s']),
		replayed: numberOf(row['replayed']),
		client: textOf(row['client']),
		unsentBytes: bytesOf(row['unsent']),
		unflushedBytes: bytesOf(row['unflushed']),
		unreplayedBytes: bytesOf(row['unreplayed']),
		flushSeconds: numberOf(row['flush_s']),
		replySeconds: numberOf(row['reply_s']),
	};
}

/** The standby's answer can be newer than the position read a moment before. */
function bytesOf(value: Row[string]): number | null {
	const bytes = numberOf(value);
	return bytes === null ? null : Math.max(0, bytes);
}
