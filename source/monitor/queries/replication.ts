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
}

export const replication: PollQuery<StandbyRow[]> = {
	shows: 'replication',
	// The functions behind pg_stat_replication: the view reads every session to name a few. A base backup is a sender too, but no standby.
	text: () => `/* holdpoint: replication */
SELECT a.application_name AS name, w.state, w.sync_state AS sync, pg_wal_lsn_diff(${walPosition}, w.replay_lsn)::float8 AS lag_bytes,
       extract(epoch FROM w.replay_lag)::float8 AS lag_s, pg_wal_lsn_diff(w.replay_lsn, '0/0')::float8 AS replayed
  FROM pg_stat_get_wal_senders() w CROSS JOIN LATERAL pg_stat_get_activity(w.pid) a
 WHERE w.state IS DISTINCT FROM 'backup' ORDER BY a.application_name, w.pid`,
	parse: rows => rows.map(parseStandby),
};

function parseStandby(row: Row): StandbyRow {
	const lagBytes = numberOf(row['lag_bytes']);
	return {
		name: textOf(row['name']) ?? '',
		state: textOf(row['state']),
		sync: textOf(row['sync']),
		// The standby's answer can be newer than the position read a moment before.
		lagBytes: lagBytes === null ? null : Math.max(0, lagBytes),
		reportedSeconds: numberOf(row['lag_s']),
		replayed: numberOf(row['replayed']),
	};
}
