/**
 * The tables that the plan touches, from the catalogs and the statistics alone: sizes are those of pg_class, as
 * pg_relation_size() would take a lock on the table and hang behind the migration.
 */
import type {TableState} from '../../journal/shapes/sample.ts';
import {numberOf, type Row} from '../connection.ts';
import type {PollQuery} from './query.ts';

export interface TableRow extends TableState {
	/** Without SELECT on a table its column statistics, and so its bloat, are hidden. */
	readable: boolean;
}

/** More than a plan touches; a list longer than this would be dear. */
const mostTables = 50;

export const tables: PollQuery<TableRow[]> = {
	shows: 'the tables that the plan touches',
	everyPolls: 15,
	// The heap that its rows would need, by average widths, against what it has: within 20 %, TOAST and padding set aside.
	// Under 128 pages the free space of the last page alone is a large share.
	text: ({version, tables: names = []}) => `/* holdpoint: tables of the plan */
WITH t AS MATERIALIZED (
  SELECT DISTINCT c.oid, n.nspname, c.relname, c.relpages, c.reltuples, c.reltoastrelid, c.relfrozenxid, c.reloptions, c.relkind
    FROM (VALUES ${names.length === 0 ? '(NULL, NULL)' : names.slice(0, mostTables).map(nameRow).join(', ')}) AS w(schema, name)
    JOIN pg_class c ON c.relname IN (w.name, lower(w.name)) AND c.relkind IN ('r', 'm', 'p')
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE CASE WHEN w.schema IS NULL THEN pg_table_is_visible(c.oid) ELSE n.nspname IN (w.schema, lower(w.schema)) END
)
SELECT t.oid::regclass::text AS name, t.relpages * b.size AS heap, ${version >= 140000 ? 't.reltuples' : 'CASE WHEN t.relpages > 0 THEN t.reltuples ELSE nullif(t.reltuples, 0) END'}::float8 AS tuples, age(t.relfrozenxid) AS xid_age, t.relkind,
       (SELECT sum(i.relpages)::float8 * b.size FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = t.oid) AS indexes,
       (SELECT o.relpages::float8 * b.size FROM pg_class o WHERE o.oid = t.reltoastrelid) AS toast,
       pg_stat_get_live_tuples(t.oid)::float8 AS live, pg_stat_get_dead_tuples(t.oid)::float8 AS dead, pg_stat_get_numscans(t.oid)::float8 AS scans,
       (SELECT sum(pg_stat_get_numscans(x.indexrelid))::float8 FROM pg_index x WHERE x.indrelid = t.oid) AS index_scans, pg_stat_get_mod_since_analyze(t.oid)::float8 AS changed,
       extract(epoch FROM greatest(pg_stat_get_last_vacuum_time(t.oid), pg_stat_get_last_autovacuum_time(t.oid)))::float8 AS vacuumed,
       extract(epoch FROM greatest(pg_stat_get_last_analyze_time(t.oid), pg_stat_get_last_autoanalyze_time(t.oid)))::float8 AS analyzed,
       has_table_privilege(t.oid, 'SELECT') AS readable,
       CASE WHEN t.relpages > 128 AND t.reltuples > 0 THEN
         1 - ceil(t.reltuples * (ceil((24 + CASE WHEN s.nullable > 0 THEN (s.columns + 7) / 8 ELSE 0 END + s.width) / 8) * 8 + 4) / ((b.size - 24) * f.factor / 100.0)) / t.relpages END AS bloat
  FROM t CROSS JOIN (SELECT current_setting('block_size')::float8 AS size) b
 CROSS JOIN LATERAL (SELECT coalesce(max(o.option_value::int), 100) AS factor FROM pg_options_to_table(t.reloptions) o WHERE o.option_name = 'fillfactor') f
  LEFT JOIN LATERAL (SELECT sum((1 - p.null_frac) * p.avg_width) AS width, count(*) FILTER (WHERE p.null_frac > 0) AS nullable, count(*) AS columns
                       FROM pg_stats p WHERE p.schemaname = t.nspname AND p.tablename = t.relname AND NOT p.inherited) s ON true
 ORDER BY t.relpages DESC, 1`,
	parse: rows => rows.map(parseTable),
};

function nameRow(name: string): string {
	const at = name.indexOf('.');
	return `(${at < 0 ? 'NULL' : literal(name.slice(0, at))}, ${literal(name.slice(at + 1))})`;
}

/** The names come out of a project's SQL: E'' escapes are unambiguous whatever standard_conforming_strings is. */
function literal(text: string): string {
	return `E'${text.replaceAll('\u0000', '').replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function parseTable(row: Row): TableRow {
	const heap = numberOf(row['heap']);
	const tuples = numberOf(row['tuples']);
	const bloat = numberOf(row['bloat']);
	// A partitioned table has no pages of its own. A table that was never vacuumed has -1 tuples, before 14 none, as an empty one.
	const measured = row['relkind'] !== 'p' && tuples !== null && tuples >= 0;
	return {
		name: String(row['name']),
		heapBytes: measured ? heap : null, indexBytes: measured ? numberOf(row['indexes']) ?? 0 : null, toastBytes: measured ? numberOf(row['toast']) ?? 0 : null,
		liveRows: numberOf(row['live']), deadRows: numberOf(row['dead']), bloat: bloat === null ? null : Math.max(0, bloat),
		tableScans: numberOf(row['scans']), indexScans: numberOf(row['index_scans']), changedRows: numberOf(row['changed']),
		vacuumedAt: timeOf(row['vacuumed']), analyzedAt: timeOf(row['analyzed']), xidAge: row['relkind'] === 'p' ? null : numberOf(row['xid_age']),
		readable: row['readable'] === true,
	};
}

function timeOf(value: Row[string]): string | null {
	const seconds = numberOf(value);
	return seconds === null ? null : new Date(seconds * 1000).toISOString();
}

