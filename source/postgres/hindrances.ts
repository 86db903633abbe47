/** What on a server would make a migration wait or fail, or others with it: read in one round trip, without touching a user's table. */
import type {Session} from './session.ts';

export interface HindrancesWanted {
	/** `schema.name`, or a name that the search path finds; tables and indexes. */
	relations: readonly string[];
	/** The role that env.py connects as. */
	migrationRole: string;
	guardRole: string;
}

export interface Hindrances {
	/** Those of the wanted relations that are there, by which names; an index counts as its table. `mayAlter`: the migration's role owns it. */
	tables: {table: string; wanted: string[]; mayAlter: boolean; owner: string}[];
	/** Locks that others hold on them. */
	holders: LockHolder[];
	/** Transactions of this database with a snapshot or an id, oldest first. */
	transactions: OpenTransaction[];
	/** A prepared transaction holds its locks until somebody ends it. */
	prepared: {gid: string; seconds: number; table: string | null; mode: string | null}[];
	dumps: {pid: number; seconds: number | null}[];
	/** Logical replication of a table, out of here or into here. */
	published: {publication: string; table: string}[];
	subscribed: {table: string}[];
	/** Each standby that streams from here, by its application_name, and how far it is behind; null where this role may not see that. */
	standbys: {name: string; seconds: number | null; bytes: number | null}[];
	/** Slots that nobody reads from. */
	slots: {name: string; retainedBytes: number | null; /** Why nobody can read from it any more, in the server's words. */ invalidated: string | null}[];
	/** Whether the guard's role may cancel a backend of the migration's role, and sees that it is the one it means; null where one of them is not known here. */
	mayCancel: boolean | null;
	/** Whether this session's role sees what other roles' sessions do, and its name as SQL wants it. */
	sight: {sees: boolean; role: string};
}

export interface OpenTransaction {
	pid: number;
	application: string | null;
	user: string | null;
	state: string | null;
	/** Since it began; null where this role may not see it. */
	transactionSeconds: number | null;
}

export interface LockHolder extends OpenTransaction {
	table: string;
	/** As pg_locks names it. */
	mode: string;
	autovacuum: boolean;
	/** An autovacuum that never gives way. */
	wraparound: boolean;
}

export async function queryHindrances(session: Session, {relations, migrationRole, guardRole}: HindrancesWanted): Promise<Hindrances> {
	const [row] = await session.query<Hindrances>(text, [[...relations], migrationRole, guardRole]);
	return row!;
}

const ours = "a.application_name LIKE 'holdpoint%'";
const who = "a.pid, a.application_name AS application, a.usename AS \"user\", a.state, extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS \"transactionSeconds\"";
const rows = (query: string): string => `(SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM (${query}) r)`;

/** The columns came with 13, 16 and 17: a row as JSON has those that are there. */
const invalidated = "coalesce(to_jsonb(s) ->> 'invalidation_reason', CASE WHEN to_jsonb(s) ->> 'conflicting' = 'true' THEN 'conflicting' WHEN to_jsonb(s) ->> 'wal_status' = 'lost' THEN 'wal_removed' END)";

const text = `/* holdpoint: before a migration */
WITH named AS (
	SELECT coalesce(i.indrelid, c.oid) AS oid, array_agg(DISTINCT w.name) AS wanted FROM unnest($1::text[]) w(name) CROSS JOIN pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
	WHERE n.nspname || '.' || c.relname = w.name OR (c.relname = w.name AND pg_table_is_visible(c.oid)) GROUP BY 1
), touched AS MATERIALIZED (
	SELECT c.oid, n.nspname || '.' || c.relname AS name, c.oid::regclass::text AS "table", c.relowner, named.wanted FROM named JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
), held AS MATERIALIZED (
	SELECT l.pid, l.mode, l.virtualtransaction, t."table" FROM pg_locks l JOIN touched t ON t.oid = l.relation
	WHERE l.locktype = 'relation' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
)
SELECT ${rows(`SELECT t."table", t.wanted, pg_get_userbyid(t.relowner) AS owner, CASE WHEN to_regrole(quote_ident($2)) IS NULL THEN true ELSE pg_has_role(to_regrole(quote_ident($2)), t.relowner, 'USAGE') END AS "mayAlter" FROM touched t ORDER BY 1`)} AS tables,
	${rows(`SELECT ${who}, h."table", h.mode, a.backend_type IS NOT DISTINCT FROM 'autovacuum worker' AS autovacuum, coalesce(a.query LIKE '%(to prevent wraparound)', false) AS wraparound
		FROM held h JOIN pg_stat_activity a USING (pid) WHERE NOT ${ours} ORDER BY a.xact_start`)} AS holders,
	${rows(`SELECT ${who} FROM pg_stat_activity a WHERE a.datname = current_database() AND a.backend_type = 'client backend' AND a.xact_start IS NOT NULL AND NOT ${ours} ORDER BY a.xact_start LIMIT 20`)} AS transactions,
	${rows(`SELECT p.gid, extract(epoch FROM clock_timestamp() - p.prepared)::float8 AS seconds, h."table", h.mode
		FROM pg_prepared_xacts p LEFT JOIN pg_locks x ON x.locktype = 'transactionid' AND x.transactionid = p.transaction AND x.granted AND x.pid IS NULL
		LEFT JOIN held h ON h.pid IS NULL AND h.virtualtransaction = x.virtualtransaction WHERE p.database = current_database() ORDER BY p.prepared`)} AS prepared,
	${rows(`SELECT a.pid, extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.backend_start))::float8 AS seconds FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name = 'pg_dump'`)} AS dumps,
	${rows(`SELECT p.pubname AS publication, t."table" FROM touched t JOIN pg_publication_tables p ON p.schemaname || '.' || p.tablename = t.name ORDER BY 1, 2`)} AS published,
	${rows('SELECT t."table" FROM touched t JOIN pg_subscription_rel s ON s.srrelid = t.oid ORDER BY 1')} AS subscribed,
	${rows(`SELECT r.application_name AS name, extract(epoch FROM r.replay_lag)::float8 AS seconds, CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn)::float8 END AS bytes FROM pg_stat_replication r WHERE r.state IS DISTINCT FROM 'backup' ORDER BY 1`)} AS standbys,
	${rows(`SELECT s.slot_name AS name, CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::float8 END AS "retainedBytes", ${invalidated} AS invalidated FROM pg_replication_slots s WHERE NOT s.active ORDER BY 1`)} AS slots,
	(SELECT g.rolsuper OR (NOT m.rolsuper AND (pg_has_role(g.oid, m.oid, 'USAGE') OR (pg_has_role(g.oid, 'pg_signal_backend', 'USAGE') AND pg_has_role(g.oid, 'pg_read_all_stats', 'USAGE')))) FROM pg_roles g, pg_roles m WHERE g.rolname = $3 AND m.rolname = $2) AS "mayCancel",
	(SELECT json_build_object('sees', pg_has_role('pg_read_all_stats', 'USAGE'), 'role', quote_ident(current_user))) AS sight`;
