/** Replication slots: an inactive one keeps WAL until the disk is full. */
import type {Sample} from '../../journal/shapes/sample.ts';
import {numberOf, textOf, type Row} from '../connection.ts';
import {walPosition, type PollQuery} from './query.ts';

export type Slot = Sample['slots'][number];

export const slots: PollQuery<Slot[]> = {
	shows: 'replication slots',
	text: ({version}) => `/* holdpoint: slots */
SELECT s.slot_name::text AS name, s.active, pg_wal_lsn_diff(${walPosition}, s.restart_lsn)::float8 AS retained, s.slot_type AS kind, s.database::text AS database,
       ${version >= 130000 ? 's.wal_status, s.safe_wal_size::float8' : 'NULL AS wal_status, NULL::float8'} AS safe, greatest(age(s.xmin), age(s.catalog_xmin)) AS xmin_age
  FROM pg_replication_slots s ORDER BY s.active, s.slot_name`,
	parse: rows => rows.map(parseSlot),
};

function parseSlot(row: Row): Slot {
	const retained = numberOf(row['retained']);
	return {
		name: String(row['name']), active: row['active'] === true, retainedBytes: retained === null ? null : Math.max(0, retained), kind: textOf(row['kind']) ?? 'unknown', database: textOf(row['database']),
		walStatus: textOf(row['wal_status']), safeBytes: numberOf(row['safe']), xminAge: numberOf(row['xmin_age']),
	};
}
