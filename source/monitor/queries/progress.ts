/** How far each long command is, one row each, whatever the command; rewrites by ALTER TABLE report nothing on any version. */
import type {Progress} from '../../journal/shapes/sample.ts';
import {numberOf, textOf, type Row} from '../connection.ts';
import type {PollContext, PollQuery} from './query.ts';

export const progress: PollQuery<Progress[]> = {
	shows: 'progress of CREATE INDEX, VACUUM and COPY',
	text: context => `/* holdpoint: progress */
SELECT p.pid, p.cmd, p.phase, p.done::float8 AS done, p.total::float8 AS total, p.unit,
       CASE WHEN p.datname = current_database() THEN p.relid::regclass::text ELSE p.relid::text END AS relation, p.waits_for,
       CASE WHEN p.datname = current_database() THEN p.detail::regclass::text END AS detail
  FROM (${parts(context).join('\n  UNION ALL\n')}) p (pid, datname, relid, cmd, phase, done, total, unit, waits_for, detail)
 WHERE p.phase IS NOT NULL ORDER BY p.pid`,
	parse: rows => rows.map(parseProgress),
};

function parseProgress(row: Row): Progress {
	return {
		pid: Number(row['pid']),
		command: String(row['cmd']),
		phase: String(row['phase']),
		relation: textOf(row['relation']),
		done: numberOf(row['done']),
		total: numberOf(row['total']),
		unit: textOf(row['unit']),
		waitsFor: numberOf(row['waits_for']),
		detail: textOf(row['detail']),
	};
}

// create_index, cluster: 12+; analyze, basebackup: 13+; copy: 14+. Columns that 17 renamed are not read.
function parts({version}: PollContext): string[] {
	return [
		`SELECT pid, datname, relid, command, phase,
        CASE WHEN blocks_total > 0 THEN blocks_done WHEN tuples_total > 0 THEN tuples_done WHEN lockers_total > 0 THEN lockers_done END,
        CASE WHEN blocks_total > 0 THEN blocks_total WHEN tuples_total > 0 THEN tuples_total WHEN lockers_total > 0 THEN lockers_total END,
        CASE WHEN blocks_total > 0 THEN 'blocks' WHEN tuples_total > 0 THEN 'tuples' WHEN lockers_total > 0 THEN 'lockers' END,
        nullif(current_locker_pid, 0)::int, nullif(index_relid, 0)::oid
   FROM pg_stat_progress_create_index`,
		`SELECT pid, datname, relid, 'VACUUM', phase, CASE WHEN phase = 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END, nullif(heap_blks_total, 0), 'blocks', NULL, NULL
   FROM pg_stat_progress_vacuum`,
		`SELECT pid, datname, relid, command, phase, heap_blks_scanned, nullif(heap_blks_total, 0), 'blocks', NULL, nullif(cluster_index_relid, 0)::oid
   FROM pg_stat_progress_cluster`,
		...version >= 130000 ? [
			`SELECT pid, datname, relid, 'ANALYZE', phase, sample_blks_scanned, nullif(sample_blks_total, 0), 'blocks', NULL, nullif(current_child_table_relid, 0)::oid
   FROM pg_stat_progress_analyze`,
			`SELECT pid, NULL, NULL, 'BASE BACKUP', phase, backup_streamed, nullif(backup_total, 0), 'bytes', NULL, NULL
   FROM pg_stat_progress_basebackup`,
		] : [],
		...version >= 140000 ? [
			// COPY TO knows no total: as many rows as the table is thought to have, until there are more.
			`SELECT pid, datname, relid, command, CASE WHEN command = 'COPY TO' THEN 'writing rows' ELSE 'reading rows' END, CASE WHEN bytes_total > 0 THEN bytes_processed ELSE tuples_processed END,
        CASE WHEN bytes_total > 0 THEN bytes_total WHEN command = 'COPY TO' AND datname = current_database() THEN (SELECT nullif(reltuples::bigint, -1) FROM pg_class WHERE oid = relid AND reltuples >= tuples_processed) END,
        CASE WHEN bytes_total > 0 THEN 'bytes' ELSE 'rows' END, NULL, NULL
   FROM pg_stat_progress_copy`,
		] : [],
	];
}
