/** The plan of a query that somebody else runs: planned, never run. */
import {Refusal} from '../journal/refusal.ts';
import type {Session} from './session.ts';

export interface SessionQuery {
	/** As pg_stat_activity has it. */
	query: string;
	/** Not cut off at track_activity_query_size. */
	complete: boolean;
	/** track_activity_query_size in bytes. */
	limitBytes: number;
	database: string | null;
}

/** The whole text that a session runs or ran last. @throws Refusal 2 when it is gone, or hidden from this role */
export async function querySessionText(session: Session, {pid, backendStart}: {pid: number; backendStart: string}): Promise<SessionQuery> {
	const [row] = await session.query<{query: string | null; bytes: number; limit: string; database: string | null; role: string}>(
		`SELECT query, octet_length(query) AS bytes, pg_size_bytes(current_setting('track_activity_query_size')) AS limit, datname::text AS database, quote_ident(current_user) AS role
		FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz`,
		[pid, backendStart],
	);
	if (!row) throw new Refusal(2, `The session ${pid} is not there any more.`);
	if (row.query === null || row.query === '<insufficient privilege>') throw new Refusal(2, `The query of session ${pid} is hidden from ${row.role}: GRANT pg_read_all_stats TO ${row.role};`);
	// A character of up to four bytes is left out whole where the limit falls into it.
	return {query: row.query, complete: row.bytes < Number(row.limit) - 4, limitBytes: Number(row.limit), database: row.database};
}

/**
 * The plan that the server would make now, with our role and search_path. Prepared over the extended protocol, which takes
 * one statement only, in a read-only transaction that is rolled back; parameters are left open (a generic plan, as
 * EXPLAIN (GENERIC_PLAN) of version 16 gives, here from 12 on).
 * @param session its own, closed afterwards by the caller: the prepared statement stays in it
 * @throws Refusal 2 with the reason why there is none
 */
export async function explainQuery(session: Session, query: string): Promise<{plan: string[]; parameters: number}> {
	await session.multi('BEGIN READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan');
	try {
		await session.query(`PREPARE holdpoint_explained AS ${query}`, [], {single: true});
		const [known] = await session.query<{parameters: number}>(`SELECT cardinality(parameter_types) AS parameters FROM pg_prepared_statements WHERE name = 'holdpoint_explained'`);
		const parameters = known?.parameters ?? 0;
		const rows = await session.query<{'QUERY PLAN': string}>(`EXPLAIN EXECUTE holdpoint_explained${parameters > 0 ? `(${Array(parameters).fill('NULL').join(', ')})` : ''}`);
		return {plan: rows.map(row => row['QUERY PLAN']), parameters};
	} catch (error) {
		throw new Refusal(2, `No plan: ${reasonOf(error as Error & {code?: string}, query)}`);
	} finally {
		await session.multi('ROLLBACK').catch(() => {});
	}
}

function reasonOf(error: Error & {code?: string}, query: string): string {
	if (error.code === '55P03') return 'a table of it is locked just now, and a look waits for nobody.';
	if (error.code === '57014') return 'planning it took longer than the time that a look may take.';
	if (error.code === '42601' && !/^\s*(--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*\(*\s*(select|insert|update|delete|merge|values|with|table)\b/i.test(query)) return 'only SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES have one.';
	if (/cannot insert multiple commands/.test(error.message)) return 'it is several statements in one text.';
	return `${error.message} (planned as our own role, with its search_path).`;
}
