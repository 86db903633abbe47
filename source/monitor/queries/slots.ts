/** Replication slots: an inactive one keeps WAL until the disk is full. */
import type {Sample} from '../../journal/shapes/sample.ts';
import {numberOf, type Row} from '../connection.ts';
import {walPosition, type PollQuery} from './query.ts';

export type Slot = Sample['slots'][number];

export const slots: PollQuery<Slot[]> = {
	shows: 'replication slots',
	text: () => `/* holdpoint: slots */
SELECT s.slot_name::text AS name, s.active, pg_wal_lsn_diff(${walPosition}, s.restart_lsn)::float8 AS retained
  FROM pg_replication_slots s ORDER BY s.active, s.slot_name`,
	parse: rows => rows.map(parseSlot),
};

function parseSlot(row: Row): Slot {
	const retained = numberOf(row['retained']);
	return {name: String(row['name']), active: row['active'] === true, retainedBytes: retained === null ? null : Math.max(0, retained)};
}
