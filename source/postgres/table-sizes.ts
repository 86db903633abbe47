/** How large the tables are: bytes exactly, rows by the planner's estimate. */
import type {Session} from './session.ts';

export interface TableSize {
	schema: string;
	table: string;
	/** `schema.table`, quoted where it needs to be: safe to put into SQL. */
	name: string;
	/** Estimate of the last VACUUM or ANALYZE; null when there never was one. Partitioned tables: sum of their partitions. */
	rows: number | null;
	/** Everything that belongs to it: heap, TOAST, indexes. */
	totalBytes: number;
	/** Heap and TOAST without indexes: what a dump reads. */
	dataBytes: number;
	indexBytes: number;
	/** Estimates of the statistics system; null without statistics. */
	liveRows: number | null;
	deadRows: number | null;
	/** Sequential scans since the statistics began, and rows changed since the last ANALYZE; null without statistics. */
	sequentialScans: number | null;
	changedRows: number | null;
	/** The latest of VACUUM and ANALYZE, by hand or automatic; text in UTC, or null. */
	lastVacuum: string | null;
	lastAnalyze: string | null;
	kind: 'table' | 'partitioned' | 'materialised view';
}

/** All user tables of the database, or those named (`table` or `schema.table`); largest first. Temporary tables are left out. */
export async function queryTables(session: Session, {tables}: {tables?: readonly string[]} = {}): Promise<TableSize[]> {
	const rows = await session.query<TableSize>(tableQuery, [tables ? [...tables] : null]);
	return rows.map(row => ({...row, totalBytes: Number(row.totalBytes), dataBytes: Number(row.dataBytes), indexBytes: Number(row.indexBytes)}));
}

/** Before version 14 reltuples of a table never analyzed is 0, and told from an empty one only by its pages. */
const tableQuery = `WITH RECURSIVE roots AS (
	SELECT c.oid, c.relkind, c.relname, n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND ($1::text[] IS NULL OR c.relname = ANY ($1) OR n.nspname || '.' || c.relname = ANY ($1))
), leaves AS (
	SELECT oid AS root, oid FROM roots UNION ALL SELECT l.root, i.inhrelid FROM leaves l JOIN pg_inherits i ON i.inhparent = l.oid JOIN pg_class p ON p.oid = l.oid AND p.relkind = 'p'
), sizes AS (
	SELECT l.root, sum(CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_total_relation_size(c.oid) END) AS total, sum(CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_table_size(c.oid) END) AS data,
	sum(CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_indexes_size(c.oid) END) AS indexes,
	bool_or(c.relkind <> 'p' AND (c.reltuples < 0 OR c.reltuples = 0 AND c.relpages = 0 AND pg_relation_size(c.oid) > 0)) AS unknown,
	sum(CASE WHEN c.relkind = 'p' THEN 0 ELSE greatest(c.reltuples, 0) END)::float8 AS rows,
	sum(s.n_live_tup)::float8 AS live, sum(s.n_dead_tup)::float8 AS dead, sum(s.seq_scan)::float8 AS scans, sum(s.n_mod_since_analyze)::float8 AS changed, max(greatest(s.last_vacuum, s.last_autovacuum)) AS vacuumed, max(greatest(s.last_analyze, s.last_autoanalyze)) AS analyzed
	FROM leaves l JOIN pg_class c ON c.oid = l.oid LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid GROUP BY l.root
) SELECT r.nspname AS schema, r.relname AS "table", format('%I.%I', r.nspname, r.relname) AS name, CASE WHEN s.unknown THEN NULL ELSE s.rows END AS rows,
	coalesce(s.total, 0)::text AS "totalBytes", coalesce(s.data, 0)::text AS "dataBytes", coalesce(s.indexes, 0)::text AS "indexBytes", s.live AS "liveRows", s.dead AS "deadRows", s.scans AS "sequentialScans", s.changed AS "changedRows",
	to_char(s.vacuumed AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "lastVacuum", to_char(s.analyzed AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS "lastAnalyze",
	CASE r.relkind WHEN 'p' THEN 'partitioned' WHEN 'm' THEN 'materialised view' ELSE 'table' END AS kind
	FROM roots r JOIN sizes s ON s.root = r.oid ORDER BY s.total DESC, 1, 2`;
