/** What the catalogs know of the tables, domains and functions that some SQL names, and who has been at work on them for long: one query. */
import type {Session} from './session.ts';

export interface TableFacts {
	schema: string;
	name: string;
	partitioned: boolean;
	/** Main fork, of a partitioned table those of its leaves together: what a scan reads, without TOAST and indexes. */
	heapBytes: number;
	columns: {name: string; /** As format_type() writes it. */ type: string; notNull: boolean}[];
	/** Valid ones; of an expression its text stands in the place of a column. */
	indexes: {name: string; columns: string[]; unique: boolean; partial: boolean; expression: boolean; definition: string}[];
	constraints: {name: string; kind: 'check' | 'foreign-key' | 'unique' | 'primary-key' | 'exclude' | 'not-null'; columns: string[]; validated: boolean; definition: string}[];
	/** Views, rules, policies, triggers and generated columns that read columns of it. */
	usedBy: {kind: string; name: string; columns: string[]}[];
	/** Those that are fired for each row. */
	triggers: string[];
	/** Publications that it is in, those of all tables or of its schema included. */
	publications: string[];
}

export interface CatalogFacts {
	tables: TableFacts[];
	/** `constrained`: it, or a domain that it is made of, has a CHECK or NOT NULL. */
	domains: {schema: string; name: string; constrained: boolean}[];
	/** Of functions with one name the most volatile counts; left out is one in SQL that says volatile and may be inlined as less. */
	functions: {schema: string; name: string; volatility: 'immutable' | 'stable' | 'volatile'}[];
	/** Open for `openSeconds` or more in this database, the longest first, at most twenty; `tables` as `schema.table`: those that they hold locks on. */
	longTransactions: {seconds: number; user: string; tables: string[]}[];
}

/** @param names of tables, indexes, domains and functions, without schema and quotes; names of anything else do no harm */
export async function queryFacts(session: Session, names: readonly string[], {openSeconds = 60}: {openSeconds?: number} = {}): Promise<CatalogFacts> {
	const [row] = await session.query<CatalogFacts>(factsQuery(session.versionNumber), [[...names], openSeconds]);
	return row!;
}

/** Tables named, and those whose indexes are; by pg_class's own index, since there may be tens of thousands. */
const named = `SELECT c.oid, c.relkind, c.relname, c.relnamespace, n.nspname FROM (
		SELECT oid FROM pg_class WHERE relname = ANY ($1) UNION SELECT i.indrelid FROM pg_class x JOIN pg_index i ON i.indexrelid = x.oid WHERE x.relname = ANY ($1)
	) o JOIN pg_class c ON c.oid = o.oid JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** From 18 on attnotnull is set by a NOT NULL that is not validated too. */
const columns = `SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull
		AND NOT EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = a.attrelid AND n.contype = 'n' AND NOT n.convalidated AND a.attnum = ANY (n.conkey))) ORDER BY a.attnum)
	FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped`;

const indexes = `SELECT json_agg(json_build_object('name', x.relname, 'columns', (
		SELECT json_agg(coalesce(a.attname, pg_get_indexdef(i.indexrelid, k.place::int, true)) ORDER BY k.place)
		FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (attribute, place) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attribute AND k.attribute <> 0
		WHERE k.place <= i.indnkeyatts
	), 'unique', i.indisunique, 'partial', i.indpred IS NOT NULL, 'expression', i.indexprs IS NOT NULL, 'definition', pg_get_indexdef(i.indexrelid)) ORDER BY x.relname)
	FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = t.oid AND i.indisvalid`;

const constraints = `SELECT json_agg(json_build_object('name', o.conname,
		'kind', CASE o.contype WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign-key' WHEN 'u' THEN 'unique' WHEN 'p' THEN 'primary-key' WHEN 'x' THEN 'exclude' ELSE 'not-null' END,
		'columns', (SELECT coalesce(json_agg(a.attname ORDER BY k.place), '[]') FROM unnest(o.conkey) WITH ORDINALITY k (attribute, place) JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.attribute),
		'validated', o.convalidated, 'definition', pg_get_constraintdef(o.oid)) ORDER BY o.conname)
	FROM pg_constraint o WHERE o.conrelid = t.oid AND o.contype IN ('c', 'f', 'u', 'p', 'x', 'n')`;

/** A generated column's dependency is its own before version 15, from then on its expression's. */
const usedBy = `SELECT json_agg(json_build_object('kind', u.kind, 'name', u.name, 'columns', u.columns) ORDER BY u.kind, u.name) FROM (
	SELECT d.kind, d.name, array_agg(DISTINCT a.attname::text) AS columns FROM (
		SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'rule' END AS kind, CASE WHEN c.relkind NOT IN ('v', 'm') THEN r.rulename WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name, d.refobjsubid
		FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
		UNION ALL SELECT 'policy', p.polname, d.refobjsubid FROM pg_depend d JOIN pg_policy p ON p.oid = d.objid WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
		UNION ALL SELECT 'trigger', g.tgname, d.refobjsubid FROM pg_depend d JOIN pg_trigger g ON g.oid = d.objid AND NOT g.tgisinternal WHERE d.classid = 'pg_trigger'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
		UNION ALL SELECT 'generated column', g.attname, d.refobjsubid FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid JOIN pg_attribute g ON g.attrelid = f.adrelid AND g.attnum = f.adnum AND g.attgenerated <> ''
		WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND f.adnum <> d.refobjsubid
		UNION ALL SELECT 'generated column', g.attname, d.refobjsubid FROM pg_depend d JOIN pg_attribute g ON g.attrelid = d.objid AND g.attnum = d.objsubid AND g.attgenerated <> ''
		WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.objid = t.oid
	) d JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid AND a.attnum > 0 GROUP BY 1, 2
) u`;

const triggers = `SELECT json_agg(g.tgname ORDER BY g.tgname) FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgtype & 1 = 1`;

/** A partition is published with its parent; publications of a whole schema came with 15. */
function publications(versionNumber: number): string {
	const bySchema = versionNumber >= 150_000 ? ' OR EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = t.relnamespace)' : '';
	return `SELECT json_agg(p.pubname ORDER BY p.pubname) FROM pg_publication p WHERE p.puballtables
		OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND (r.prrelid = t.oid OR r.prrelid IN (SELECT pg_partition_ancestors(t.oid))))${bySchema}`;
}

const domains = `WITH RECURSIVE chain AS (
		SELECT d.oid AS root, d.oid, d.typbasetype, d.typnotnull FROM pg_type d WHERE d.typtype = 'd' AND d.typname = ANY ($1)
		UNION ALL SELECT chain.root, b.oid, b.typbasetype, b.typnotnull FROM chain JOIN pg_type b ON b.oid = chain.typbasetype AND b.typtype = 'd'
	) SELECT json_agg(json_build_object('schema', n.nspname, 'name', d.typname, 'constrained', EXISTS (
		SELECT FROM chain WHERE chain.root = d.oid AND (chain.typnotnull OR EXISTS (SELECT FROM pg_constraint o WHERE o.contypid = chain.oid AND o.contype = 'c'))
	))) FROM pg_type d JOIN pg_namespace n ON n.oid = d.typnamespace WHERE d.typtype = 'd' AND d.typname = ANY ($1)`;

const functions = `SELECT json_agg(json_build_object('schema', f.nspname, 'name', f.proname, 'volatility', f.volatility)) FROM (
		SELECT n.nspname, p.proname, CASE max(CASE p.provolatile WHEN 'v' THEN 2 WHEN 's' THEN 1 ELSE 0 END) WHEN 2 THEN 'volatile' WHEN 1 THEN 'stable' ELSE 'immutable' END AS volatility
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind = 'f' AND p.proname = ANY ($1) AND n.nspname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1, 2
		HAVING NOT bool_or(p.provolatile = 'v' AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql'))
	) f`;

const longTransactions = `SELECT json_agg(json_build_object('seconds', a.seconds, 'user', a.usename, 'tables', coalesce((
		SELECT json_agg(DISTINCT n.nspname || '.' || c.relname) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE l.pid = a.pid AND l.locktype = 'relation' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND c.relkind IN ('r', 'p', 'm')
	), '[]')) ORDER BY a.seconds DESC) FROM (
		SELECT pid, usename, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < now() - $2 * interval '1 second' ORDER BY xact_start LIMIT 20
	) a`;

function factsQuery(versionNumber: number): string {
	const list = (query: string) => `coalesce((${query}), '[]')`;
	return `SELECT ${list(`SELECT json_agg(json_build_object('schema', t.nspname, 'name', t.relname, 'partitioned', t.relkind = 'p',
		'heapBytes', CASE WHEN t.relkind = 'p' THEN (SELECT coalesce(sum(pg_relation_size(l.relid)), 0) FROM pg_partition_tree(t.oid) l WHERE l.isleaf) ELSE coalesce(pg_relation_size(t.oid), 0) END,
		'columns', ${list(columns)}, 'indexes', ${list(indexes)}, 'constraints', ${list(constraints)}, 'usedBy', ${list(usedBy)}, 'triggers', ${list(triggers)}, 'publications', ${list(publications(versionNumber))}
	)) FROM (${named}) t`)} AS tables, ${list(domains)} AS domains, ${list(functions)} AS functions, ${list(longTransactions)} AS "longTransactions"`;
}
