/** Replication slots: an inactive one keeps WAL until the disk is full. */
import type {Sample} from '../../journal/shapes/sample.ts';
import {numberOf, textOf, type Row} from '../connection.ts';
import {walPosition, type PollQuery} from './query.ts';

export type Slot = Sample['slots'][number];

export const slots: PollQuery<Slot[]> = {
	shows: 'replication slots',
	// Since 16 a slot is lost for other reasons than its WAL too: the server names them, or says at least that it conflicts.
	text: ({version}) => `/* holdpoint: slots */
SELECT s.slot_name::text AS name, s.active, pg_wal_lsn_diff(${walPosition}, s.restart_lsn)::float8 AS retained, s.slot_type AS kind, s.database::text AS database,
       ${version >= 170000 ? 's.invalidation_reason, extract(epoch FROM clock_timestamp() - s.inactive_since)::float8' : 'NULL AS invalidation_reason, NULL::float8'} AS inactive_s, ${version >= 160000 ? 's.conflicting' : 'NULL'} AS conflicting,
       ${version >= 130000 ? 's.wal_status, s.safe_wal_size::float8' : 'NULL AS wal_status, NULL::float8'} AS safe, greatest(age(s.xmin), age(s.catalog_xmin)) AS xmin_age
  FROM pg_replication_slots s ORDER BY s.active, s.slot_name`,
	parse: rows => rows.map(parseSlot),
};

function parseSlot(row: Row): Slot {
	const retained = numberOf(row['retained']);
	const walStatus = textOf(row['wal_status']);
	return {
		name: String(row['name']), active: row['active'] === true, retainedBytes: retained === null ? null : Math.max(0, retained), kind: textOf(row['kind']) ?? 'unknown', database: textOf(row['database']),
		walStatus, safeBytes: numberOf(row['safe']), xminAge: numberOf(row['xmin_age']),
		invalidated: textOf(row['invalidation_reason']) ?? (row['conflicting'] === true ? 'conflicting' : walStatus === 'lost' ? 'wal_removed' : null),
		inactiveSeconds: row['active'] === true ? null : numberOf(row['inactive_s']),
	};
}
