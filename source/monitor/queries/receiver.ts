/** How far this server itself is behind, when it is a standby; no rows on a primary. */
import type {Standby} from '../../journal/shapes/sample.ts';
import {numberOf, textOf, type Row} from '../connection.ts';
import type {PollQuery} from './query.ts';

export const receiver: PollQuery<Standby[]> = {
	shows: 'replay on this standby',
	// Nothing received and not replayed is "no lag" only while a receiver is at work; without one it is unknown.
	text: () => `/* holdpoint: receiver */
SELECT r.status, r.running, CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() END AS paused,
       pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8 AS lag_bytes,
       extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8 AS behind_s
  FROM (SELECT max(status) AS status, count(*) > 0 AS running FROM pg_stat_wal_receiver) r
 WHERE pg_is_in_recovery()`,
	parse: rows => rows.map(parseReceiver),
};

function parseReceiver(row: Row): Standby {
	const bytes = numberOf(row['lag_bytes']);
	const running = row['running'] === true;
	const lagBytes = bytes === null ? null : Math.max(0, bytes);
	const state = running ? textOf(row['status']) ?? 'receiving' : 'not receiving';
	return {
		name: 'this standby',
		state: row['paused'] === true ? `${state}, replay paused` : state,
		sync: null,
		lagBytes: running || (lagBytes ?? 0) > 0 ? lagBytes : null,
		lagSeconds: lagBytes === 0 ? (running ? 0 : null) : numberOf(row['behind_s']),
	};
}
