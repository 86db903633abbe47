/** How fast this server reads a table, by a sample of bounded size and time. */
import type {Session} from './session.ts';

export interface ScanSpeed {
	bytesPerSecond: number;
	/** `schema.table` that the sample was read from. */
	table: string;
	bytes: number;
	/** Share of the pages that PostgreSQL had in its own cache, 0 to 1. */
	cached: number;
}

/** 16 MB in pages of 8 kB: a read of 30 ms on a common disk, and of 1 s on one that reads 16 MB in a second. */
const samplePages = 2048;
const limitMs = 1000;

/**
 * Reads neighbouring pages of the largest of these tables, or of its largest partition, in one read-only transaction of at most a second.
 * Null where all are below a quarter of a sample, may not be read, or the second was not enough; and before PostgreSQL 14, which can't read a range of pages.
 * @param tables names `schema.table`. @param place where in the table, 0 to 1: another one each time, so that its own cache is not what is measured
 */
export async function queryScanSpeed(session: Session, tables: readonly string[], place: number): Promise<ScanSpeed | null> {
	if (session.versionNumber < 140_000 || tables.length === 0) return null;
	const [largest] = await session.query<{name: string; quoted: string; pages: number; pageBytes: number}>(largestQuery, [[...tables]]);
	if (!largest || largest.pages < samplePages / 4) return null;
	const pages = Math.min(samplePages, largest.pages);
	const from = Math.floor(Math.min(Math.max(place, 0), 1) * (largest.pages - pages));
	const [, , , rows] = await session.multi([
		'BEGIN READ ONLY',
		`SET LOCAL statement_timeout = ${limitMs}`,
		'SET LOCAL max_parallel_workers_per_gather = 0',
		`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) SELECT count(*) FROM ${largest.quoted} WHERE ctid >= '(${from},0)' AND ctid < '(${from + pages},0)'`,
		'COMMIT',
	].join(';\n')).catch(async () => {
		await session.query('ROLLBACK').catch(() => undefined);
		return [];
	});
	const [plan] = (rows?.[0]?.['QUERY PLAN'] ?? []) as {'Execution Time': number; Plan: Record<string, number>}[];
	if (!plan || plan['Execution Time'] <= 0) return null;
	const hit = plan.Plan['Shared Hit Blocks'] ?? 0;
	const read = plan.Plan['Shared Read Blocks'] ?? 0;
	// Anything but a scan of that range of pages, such as one of the whole table, would say nothing.
	if (hit + read < pages || hit + read > pages * 1.1 + 16) return null;
	const bytes = pages * largest.pageBytes;
	return {bytesPerSecond: bytes / (plan['Execution Time'] / 1000), table: largest.name, bytes, cached: hit / (hit + read)};
}

const largestQuery = `WITH named AS (
	SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname || '.' || c.relname = ANY ($1)
), leaves AS (
	SELECT oid FROM named UNION SELECT l.relid FROM named, pg_partition_tree(named.oid) l WHERE l.isleaf
) SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted, (pg_relation_size(c.oid) / current_setting('block_size')::int)::int AS pages, current_setting('block_size')::int AS "pageBytes"
	FROM leaves JOIN pg_class c ON c.oid = leaves.oid JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'm') AND has_table_privilege(c.oid, 'SELECT') ORDER BY pg_relation_size(c.oid) DESC LIMIT 1`;
