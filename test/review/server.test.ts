/** What the rules claim is asked of a real PostgreSQL: locks taken, tables rewritten, tables scanned, statements refused. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import type pg from 'pg';
import {locksOf, lockModes} from '../../source/review/locks.ts';
import {loadParser, parseStatement} from '../../source/review/parser.ts';
import {readOperations} from '../../source/review/read-operations.ts';
import {reviewSql} from '../../source/review/review.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';
import {statements} from './corpus/statements.ts';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
	database = await freshDatabase();
	client = await database.client();
	await client.query(`
		SET timezone = 'UTC';
		CREATE SCHEMA s; CREATE ROLE ${role} ; CREATE TYPE mood AS ENUM ('a', 'fine'); CREATE DOMAIN d AS int; CREATE DOMAIN citext_like AS text CHECK (value <> '-');
		CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TABLE parent (id bigint PRIMARY KEY);
		CREATE TABLE t (id bigint, a int, b int NOT NULL, nn int NOT NULL DEFAULT 1, p bigint, m mood, r tsrange);
		ALTER TABLE t ALTER nn DROP NOT NULL;
		INSERT INTO t SELECT i, i, i, i FROM generate_series(1, 2000) i;
		CREATE TABLE pt (a int) PARTITION BY RANGE (a); CREATE TABLE p1 PARTITION OF pt FOR VALUES FROM (0) TO (1); CREATE TABLE p2 (a int); INSERT INTO p2 VALUES (10);
		CREATE MATERIALIZED VIEW mv AS SELECT a FROM t; CREATE UNIQUE INDEX ON mv (a);
		CREATE SEQUENCE sq;
	`);
}, 60_000);
afterAll(async () => {
	await client.query(`DROP ROLE ${role}`);
	await database.drop();
});

const role = `reader_${process.pid}`;

/** Each begins in the state above; what came before it in its case is not part of the measurement. */
const measured: [sql: string, before?: string][] = [
	['ALTER TABLE t ADD COLUMN z int'],
	['ALTER TABLE t ADD COLUMN z int DEFAULT 5'],
	['ALTER TABLE t ADD COLUMN z timestamptz DEFAULT now()'],
	['ALTER TABLE t ADD COLUMN z timestamptz DEFAULT clock_timestamp()'],
	['ALTER TABLE t ADD COLUMN z uuid DEFAULT gen_random_uuid()'],
	['ALTER TABLE t ADD COLUMN z text DEFAULT md5(random()::text)'],
	['ALTER TABLE t ADD COLUMN z bigserial'],
	['ALTER TABLE t ADD COLUMN z bigint GENERATED ALWAYS AS IDENTITY'],
	['ALTER TABLE t ADD COLUMN z int GENERATED ALWAYS AS (a * 2) STORED'],
	['ALTER TABLE t ADD COLUMN z int CHECK (z > 0)'],
	['ALTER TABLE t ADD COLUMN z int UNIQUE'],
	['ALTER TABLE t ADD COLUMN z bigint REFERENCES parent'],
	['ALTER TABLE t DROP COLUMN b'],
	['ALTER TABLE t ALTER COLUMN a SET DEFAULT 1'],
	['ALTER TABLE t ALTER COLUMN nn SET NOT NULL'],
	['ALTER TABLE t ALTER COLUMN nn SET NOT NULL', 'ALTER TABLE t ADD CONSTRAINT k CHECK (nn IS NOT NULL)'],
	['ALTER TABLE t ALTER COLUMN nn SET NOT NULL', 'ALTER TABLE t ADD CONSTRAINT k CHECK (nn > 0)'],
	['ALTER TABLE t ALTER COLUMN b DROP NOT NULL'],
	['ALTER TABLE t ALTER COLUMN b TYPE bigint'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(50)', 'ALTER TABLE t ADD z varchar(20)'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(10)', 'ALTER TABLE t ADD z varchar(20)'],
	['ALTER TABLE t ALTER COLUMN z TYPE text', 'ALTER TABLE t ADD z varchar(20)'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(5)', 'ALTER TABLE t ADD z text'],
	['ALTER TABLE t ALTER COLUMN z TYPE numeric(12,2)', 'ALTER TABLE t ADD z numeric(10,2)'],
	['ALTER TABLE t ALTER COLUMN z TYPE numeric(12,4)', 'ALTER TABLE t ADD z numeric(10,2)'],
	['ALTER TABLE t ALTER COLUMN z TYPE inet', 'ALTER TABLE t ADD z cidr'],
	['ALTER TABLE t ALTER COLUMN z TYPE json', 'ALTER TABLE t ADD z jsonb'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamptz(3)', 'ALTER TABLE t ADD z timestamptz'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamp', 'ALTER TABLE t ADD z timestamp(3)'],
	['ALTER TABLE t ALTER COLUMN z TYPE text[]', 'ALTER TABLE t ADD z varchar(5)[]'],
	['ALTER TABLE t ALTER COLUMN z TYPE interval(3)', 'ALTER TABLE t ADD z interval(6)'],
	['ALTER TABLE t ALTER COLUMN z TYPE bit(8)', 'ALTER TABLE t ADD z bit(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE char(8)', 'ALTER TABLE t ADD z char(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE oid', 'ALTER TABLE t ADD z int'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(50)', 'ALTER TABLE t ADD z char(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE numeric', 'ALTER TABLE t ADD z int'],
	['ALTER TABLE t ALTER COLUMN z TYPE int', 'ALTER TABLE t ADD z oid'],
	['ALTER TABLE t ALTER COLUMN z TYPE text', 'ALTER TABLE t ADD z xml'],
	['ALTER TABLE t ALTER COLUMN z TYPE varbit', 'ALTER TABLE t ADD z bit(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE bpchar', 'ALTER TABLE t ADD z text'],
	['ALTER TABLE t ALTER COLUMN z TYPE bpchar', 'ALTER TABLE t ADD z varchar(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(8)[]', 'ALTER TABLE t ADD z varchar(4)[]'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(4)[]', 'ALTER TABLE t ADD z varchar(4)[]'],
	['ALTER TABLE t ALTER COLUMN z TYPE int[]', 'ALTER TABLE t ADD z smallint[]'],
	['ALTER TABLE t ALTER COLUMN z TYPE interval(6)', 'ALTER TABLE t ADD z interval(3)'],
	['ALTER TABLE t ALTER COLUMN z TYPE interval', 'ALTER TABLE t ADD z interval(3)'],
	['ALTER TABLE t ALTER COLUMN z TYPE interval day to second', 'ALTER TABLE t ADD z interval'],
	['ALTER TABLE t ALTER COLUMN z TYPE interval', 'ALTER TABLE t ADD z interval day'],
	['ALTER TABLE t ALTER COLUMN z TYPE time', 'ALTER TABLE t ADD z time(3)'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamp(3)', 'ALTER TABLE t ADD z timestamp(6)'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamp', 'ALTER TABLE t ADD z timestamptz'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamptz', 'ALTER TABLE t ADD z timestamp'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamptz(3)', 'ALTER TABLE t ADD z timestamp(3)'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamptz', 'ALTER TABLE t ADD z timestamp(3)'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamptz USING z::timestamptz', 'ALTER TABLE t ADD z timestamp'],
	['ALTER TABLE t ALTER COLUMN z TYPE timestamptz USING z AT TIME ZONE \'UTC\'', 'ALTER TABLE t ADD z timestamp'],
	['ALTER TABLE t ALTER COLUMN z TYPE float8', 'ALTER TABLE t ADD z float4'],
	['ALTER TABLE t ALTER COLUMN z TYPE numeric(10,0)', 'ALTER TABLE t ADD z numeric(10)'],
	['ALTER TABLE t ALTER COLUMN z TYPE numeric(10,2)', 'ALTER TABLE t ADD z numeric'],
	['ALTER TABLE t ALTER COLUMN z TYPE text USING z', 'ALTER TABLE t ADD z varchar(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE text USING z::text', 'ALTER TABLE t ADD z varchar(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE text USING trim(z)', 'ALTER TABLE t ADD z varchar(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE jsonb USING z::jsonb', 'ALTER TABLE t ADD z text'],
	['ALTER TABLE t ALTER COLUMN z TYPE varchar(4)', 'ALTER TABLE t ADD z varchar(4)'],
	['ALTER TABLE t ALTER COLUMN z TYPE citext_like', 'ALTER TABLE t ADD z text'],
	['ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0)'],
	['ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID'],
	['ALTER TABLE t VALIDATE CONSTRAINT k', 'ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID'],
	['ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES parent (id)'],
	['ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES parent (id) NOT VALID'],
	['ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)'],
	['ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX ti', 'CREATE UNIQUE INDEX ti ON t (a)'],
	['ALTER TABLE t ADD PRIMARY KEY (b)'],
	['ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX ti', 'CREATE UNIQUE INDEX ti ON t (nn)'],
	['ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX ti', 'CREATE UNIQUE INDEX ti ON t (b)'],
	['ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (r WITH &&)'],
	['CREATE INDEX ti ON t (b)'],
	['CREATE INDEX ti ON ONLY pt (a)'],
	['REINDEX TABLE t', 'CREATE INDEX ti ON t (b)'],
	['ALTER TABLE t RENAME COLUMN b TO c'],
	['ALTER TABLE t RENAME TO u'],
	['ALTER TABLE t SET SCHEMA s'],
	['ALTER TABLE t SET UNLOGGED'],
	['ALTER TABLE t SET (fillfactor = 70)'],
	['ALTER TABLE t ALTER b SET STATISTICS 500'],
	['ALTER TABLE t ALTER b SET STORAGE PLAIN'],
	['ALTER TABLE t ENABLE ROW LEVEL SECURITY'],
	['CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()'],
	['ALTER TABLE t DISABLE TRIGGER ALL'],
	['ALTER TABLE t REPLICA IDENTITY FULL'],
	['ALTER TABLE t VALIDATE CONSTRAINT k', 'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES parent NOT VALID'],
	['TRUNCATE t'],
	['DROP TABLE t', 'DROP MATERIALIZED VIEW mv'],
	['UPDATE t SET b = 1 WHERE id = 1'],
	['DELETE FROM t WHERE id = 1'],
	['INSERT INTO t (id, b) VALUES (0, 0)'],
	['LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE'],
	['LOCK TABLE t'],
	['REFRESH MATERIALIZED VIEW mv'],
	['REFRESH MATERIALIZED VIEW CONCURRENTLY mv'],
	['CREATE TABLE p3 PARTITION OF pt FOR VALUES FROM (1) TO (10)'],
	['ALTER TABLE pt ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)'],
	['ALTER TABLE pt DETACH PARTITION p1'],
	['CREATE TABLE n (id bigint PRIMARY KEY, p bigint REFERENCES parent)'],
	['ALTER TABLE t ALTER COLUMN b ADD GENERATED ALWAYS AS IDENTITY'],
	['CLUSTER t USING ti', 'CREATE INDEX ti ON t (b)'],
];

/** Of these the server takes a stronger or another lock on a table that the statement does not name; only what is named is compared. */
test.each(measured)('%s (after: %s): the lock and the rewrite are what is said', async (sql, before) => {
	const library = await loadParser();
	const parsed = parseStatement(library, sql);
	if (!parsed.ok) throw new Error(parsed.message);
	const claimed = new Map<string, string>();
	for (const {table, mode} of readOperations(parsed.node, 'public').flatMap(locksOf)) {
		const known = claimed.get(table.name);
		if (known === undefined || lockModes.indexOf(mode) > lockModes.indexOf(known as never)) claimed.set(table.name, mode);
	}
	if (before !== undefined) await client.query(before);
	try {
		const seen = await measure(sql);
		for (const [table, mode] of claimed) expect(`${table}: ${seen.locks.get(table)}`).toBe(`${table}: ${mode}`);
		const {findings} = await reviewSql({text: `-- Running upgrade  -> a\n${before === undefined ? '' : `${before};`}\n-- Running upgrade a -> b\n${sql};`, knowledge: {pgVersion: 15, timeZone: 'UTC', tables: [{schema: 'public', name: 't', rows: 200_000, bytes: 1e8, columns: columns.map(([name, type, notNull]) => ({name, type, notNull}))}]}});
		const rewrites = findings.filter(({rule, level, statement}) => level !== 'info' && rewriting.has(rule) && statement === (before === undefined ? 1 : 2)).length > 0;
		expect({sql, rewrites}).toEqual({sql, rewrites: seen.rewrote && !sql.startsWith('TRUNCATE') && !sql.startsWith('REFRESH')});
	} finally {
		if (before !== undefined) await undo(before);
	}
});

const columns: [string, string, boolean][] = [['id', 'bigint', false], ['a', 'integer', false], ['b', 'integer', true], ['nn', 'integer', false], ['p', 'bigint', false], ['m', 'mood', false]];
const rewriting = new Set(['adding-field-with-default', 'adding-serial-or-identity-column', 'adding-generated-stored-column', 'adding-constrained-domain-column', 'changing-column-type', 'rewriting-storage-change', 'ban-vacuum-full-cluster']);

test('what the corpus says is refused in a transaction is refused, and what is allowed runs', async () => {
	for (const [source, sql] of statements) {
		const [, inner] = /^BEGIN; (.*); COMMIT;$/.exec(sql) ?? [];
		if (inner === undefined || !/^(?:refused|allowed) in a transaction$/.test(source) || /TABLESPACE|ADD VALUE/.test(inner)) continue;
		await client.query('BEGIN');
		const code = await client.query(inner.replace('INDEX CONCURRENTLY i;', 'INDEX CONCURRENTLY ti;')).then(() => 'ran', (error: {code?: string}) => error.code);
		await client.query('ROLLBACK');
		expect({inner, code}).toEqual({inner, code: source.startsWith('refused') ? '25001' : 'ran'});
	}
});

async function measure(sql: string): Promise<{locks: Map<string, string>; rewrote: boolean}> {
	const files = async () => (await client.query<{oid: number; file: number}>('SELECT oid::int8::int AS oid, pg_relation_filenode(oid)::int8::int AS file FROM pg_class WHERE relname IN (\'t\', \'u\', \'mv\') AND relkind IN (\'r\', \'m\') ORDER BY oid')).rows;
	const before = await files();
	const {rows: names} = await client.query<{oid: string; relname: string}>('SELECT oid, relname FROM pg_class');
	await client.query('BEGIN');
	try {
		await client.query(sql);
		const {rows} = await client.query<{relation: string; mode: string}>('SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = \'relation\' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())');
		const after = await files();
		const locks = new Map<string, string>();
		for (const {relation, mode} of rows) {
			const name = names.find(({oid}) => oid === relation)?.relname;
			const said = mode.replace(/Lock$/, '').replaceAll(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
			if (name !== undefined && (!locks.has(name) || lockModes.indexOf(said as never) > lockModes.indexOf(locks.get(name) as never))) locks.set(name, said);
		}
		const rewrote = before.some(({oid, file}) => after.some(other => other.oid === oid && other.file !== file));
		return {locks, rewrote};
	} finally {
		await client.query('ROLLBACK');
	}
}

/** Takes back what a case put before its measurement. */
async function undo(before: string): Promise<void> {
	if (before.startsWith('CREATE')) await client.query('DROP INDEX ti');
	else if (before.startsWith('DROP')) await client.query('CREATE MATERIALIZED VIEW mv AS SELECT a FROM t; CREATE UNIQUE INDEX ON mv (a)');
	else if (before.includes('CONSTRAINT k')) await client.query('ALTER TABLE t DROP CONSTRAINT k');
	else await client.query('ALTER TABLE t DROP COLUMN z');
}
