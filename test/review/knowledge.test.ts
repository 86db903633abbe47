/** What a real server's catalogs know, and what becomes of the findings by it. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {queryKnowledge, type KnowledgeSources} from '../../source/actions/review-knowledge.ts';
import {queryScanSpeed} from '../../source/postgres/scan-speed.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {queryFacts} from '../../source/postgres/table-facts.ts';
import {namesIn} from '../../source/review/named.ts';
import {reviewSql} from '../../source/review/review.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';
import {quiet} from './report.ts';

let database: FreshDatabase;
let session: Session;

beforeAll(async () => {
	database = await freshDatabase();
	const client = await database.client();
	await client.query(`
		CREATE SCHEMA shop;
		CREATE DOMAIN checked AS text CHECK (value <> ''); CREATE DOMAIN plain AS text; CREATE DOMAIN inner_checked AS checked;
		CREATE FUNCTION steady() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
		CREATE FUNCTION moody() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TABLE parent (id int PRIMARY KEY);
		CREATE TABLE big (id int PRIMARY KEY, code varchar(20), word text, at timestamp, here int NOT NULL, there int, p int, q int, twice int GENERATED ALWAYS AS (there * 2) STORED, CONSTRAINT there_set CHECK (there IS NOT NULL));
		INSERT INTO big SELECT n, 'c', repeat('x', 500), now(), n, n, n, n FROM generate_series(1, 20000) n;
		CREATE INDEX big_p ON big (p, q); CREATE INDEX big_partial ON big (q) WHERE q > 5; CREATE INDEX big_lower ON big (lower(code));
		CREATE TABLE small (id int PRIMARY KEY, word text); INSERT INTO small SELECT n, 'w' FROM generate_series(1, 200) n;
		CREATE VIEW seen AS SELECT word FROM big;
		CREATE TRIGGER big_note BEFORE UPDATE OF here ON big FOR EACH ROW EXECUTE FUNCTION note();
		CREATE PUBLICATION out FOR TABLE big;
		CREATE TABLE shop."Odd Name" (id int, a int); INSERT INTO shop."Odd Name" SELECT n, n FROM generate_series(1, 20000) n;
		CREATE TABLE parts (id int, d int) PARTITION BY RANGE (d); CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10); INSERT INTO parts SELECT n, n % 10 FROM generate_series(1, 15000) n;
	`);
	await client.query('VACUUM ANALYZE');
	session = await connect(await parseConninfo(database.url, process.env, '/'), {application: 'holdpoint-test', statementTimeoutMs: 10_000});
});
afterAll(async () => {
	await session.close();
	await database.drop();
});

/** As the migration's session of this database would be. */
const reading = {timeZone: 'UTC', searchPath: ['public'], context: {versionTable: 'alembic_version'}} as KnowledgeSources['reading'];
const settings: KnowledgeSources['settings'] = {largeTableRows: 1_000_000, migration: {lockTimeoutMs: 5000, statementTimeoutMs: 60_000, lockLadderMs: null, lockRetries: 1, throttle: {lagSeconds: null, lagBytes: null}}};
const know = (sql: string, more: Partial<KnowledgeSources> = {}) => queryKnowledge(sql, {settings, session, reading, rehearsal: null, place: 0.5, ...more});

/** Each finding as `level rule`. */
async function review(sql: string, more: Partial<KnowledgeSources> = {}): Promise<string[]> {
	const {findings} = await reviewSql({text: sql, rules: {...quiet, 'concurrent-index-leaves-invalid': 'off', 'published-table-change': 'off'}, knowledge: (await know(sql, more)).knowledge});
	return findings.map(({level, rule}) => `${level} ${rule}`);
}

test.each([
	['the column is NOT NULL already', 'ALTER TABLE big ALTER here SET NOT NULL;', []],
	['a validated CHECK proves it', 'ALTER TABLE big ALTER there SET NOT NULL;', []],
	['nothing proves it', 'ALTER TABLE big ALTER q SET NOT NULL;', ['error adding-not-nullable-field']],
	['varchar(20) to varchar(50): the table stays, an index on its expression does not', 'ALTER TABLE big ALTER code TYPE varchar(50);', ['warning type-change-rebuilds-index']],
	['varchar(20) to varchar(5)', 'ALTER TABLE big ALTER code TYPE varchar(5);', ['error changing-column-type']],
	['an index leads with the foreign key', 'ALTER TABLE big ADD CONSTRAINT f FOREIGN KEY (p) REFERENCES parent NOT VALID;', []],
	['only a partial index does', 'ALTER TABLE big ADD CONSTRAINT f FOREIGN KEY (q) REFERENCES parent NOT VALID;', ['warning missing-fk-index']],
	['a table of 200 rows', 'ALTER TABLE small ALTER word SET NOT NULL;', ['info adding-not-nullable-field']],
	['a table that is not there yet', 'ALTER TABLE nowhere ALTER word SET NOT NULL;', ['warning adding-not-nullable-field']],
	['a view reads the column', 'ALTER TABLE big ALTER word TYPE varchar;', ['error type-change-blocked-by-view']],
	['a trigger names the column', 'ALTER TABLE big ALTER here TYPE bigint;', ['error changing-column-type', 'error type-change-blocked-by-view']],
	['a generated column reads it', 'ALTER TABLE big DROP COLUMN there;', ['error ban-drop-column', 'error type-change-blocked-by-view']],
	['a function that is stable', 'ALTER TABLE big ADD z int DEFAULT steady();', []],
	['a function that is not', 'ALTER TABLE big ADD z int DEFAULT moody();', ['error adding-field-with-default']],
	['a domain with a CHECK', 'ALTER TABLE big ADD z checked;', ['warning adding-constrained-domain-column']],
	['a domain of such a domain', 'ALTER TABLE big ADD z inner_checked;', ['warning adding-constrained-domain-column']],
	['a domain without', 'ALTER TABLE big ADD z plain;', []],
	['a partitioned table, whose rows are its partitions\'', 'CREATE INDEX ix ON parts (d);', ['error require-concurrent-index-creation']],
	['a quoted name in another schema', 'ALTER TABLE shop."Odd Name" ALTER a SET NOT NULL;', ['error adding-not-nullable-field']],
	['the trigger is dropped before', 'DROP TRIGGER big_note ON big; ALTER TABLE big ALTER here TYPE bigint;', ['error changing-column-type', 'info trigger-lock']],
])('%s', async (_, sql, expected) => {
	expect((await review(sql)).sort()).toEqual(expected);
});

test.each([['word TYPE varchar', 'seen'], ['here TYPE bigint', 'The trigger big_note'], ['there TYPE bigint', 'The generated column twice']])('the server refuses ALTER %s, as the review says, because of %s', async (change, because) => {
	const sql = `ALTER TABLE big ALTER ${change}`;
	const {findings: [finding]} = await reviewSql({text: sql, enabled: ['type-change-blocked-by-view'], knowledge: (await know(sql)).knowledge});
	expect(finding!.message).toContain(`${because} uses big.`);
	// Of a generated column it says 42601 before version 15.
	await expect(session.query(sql)).rejects.toMatchObject({code: expect.stringMatching(/^(0A000|42601)$/)});
});

test('triggers that a change of every row fires are named', async () => {
	const sql = 'UPDATE big SET here = 1;';
	const {findings: [finding]} = await reviewSql({text: sql, enabled: ['dml-without-where'], knowledge: (await know(sql)).knowledge});
	expect(finding!.message).toContain('in one transaction, and fires big_note for each (about 20,000 rows');
});

test('a publication carries the table elsewhere', async () => {
	const sql = 'ALTER TABLE big ADD z int;';
	const {findings: [finding]} = await reviewSql({text: sql, enabled: ['published-table-change'], knowledge: (await know(sql)).knowledge});
	expect(finding!.message).toContain('big is replicated by out');
});

test('the migration\'s own session decides its time zone and where bare names are', async () => {
	const retime = 'ALTER TABLE big ALTER at TYPE timestamptz;';
	expect(await review(retime)).toEqual([]);
	expect(await review(retime, {reading: {...reading!, timeZone: 'Europe/Berlin'}})).toEqual(['error changing-column-type']);
	const bare = 'ALTER TABLE "Odd Name" ALTER a SET NOT NULL;';
	const {findings: [known]} = await reviewSql({text: bare, enabled: ['adding-not-nullable-field'], knowledge: (await know(bare, {reading: {...reading!, searchPath: ['public', 'shop']}})).knowledge});
	expect(known!.message).toContain('about 20,000 rows');
	const {findings: [unknown]} = await reviewSql({text: bare, enabled: ['adding-not-nullable-field'], knowledge: (await know(bare)).knowledge});
	expect(unknown!.message).not.toContain('rows,');
});

test('only the tables that the SQL names are asked for, by an index of theirs too', async () => {
	const tables = async (sql: string) => (await know(sql)).knowledge.tables!.map(({name}) => name).sort();
	expect(await tables('DROP INDEX big_p; DO $$ BEGIN EXECUTE \'DROP TABLE small\'; END $$')).toEqual(['big', 'small']);
	expect(await tables('SELECT 1')).toEqual([]);
	expect(namesIn('SELECT "A ""b""" FROM Shop.Été -- it\'s "q')).toEqual(expect.arrayContaining(['A "b"', 'Shop', 'shop', 'été', 'q']));
});

test('the server\'s speed is measured on a sample of the table, and the estimate says so', async () => {
	const sql = 'ALTER TABLE big ALTER q SET NOT NULL;';
	const {knowledge, notes} = await know(sql);
	const {findings: [finding]} = await reviewSql({text: sql, enabled: ['adding-not-nullable-field'], knowledge});
	// Before version 14 there is no scan of a range of pages.
	if (session.versionNumber < 140_000) return expect(finding!.message).toMatch(/\(about 20,000 rows, \d+\.\d MB\)\.$/);
	expect(finding!.message).toMatch(/\(about 20,000 rows, \d+\.\d MB, estimated scan \d+ ms at this server's measured speed\)\.$/);
	expect(notes).toEqual([expect.stringMatching(/^Scans are estimated at [\d.]+ [MG]B\/s: so fast 1\d\.\d MB of public\.big were read just now, \d+ % of them from PostgreSQL's cache\.$/)]);
	expect(await queryScanSpeed(session, ['public.small'], 0)).toBeNull();
	expect((await session.query('SELECT 1 AS one'))[0]).toEqual({one: 1});
});

test('a transaction that has been open for long is told with what it holds; one of a moment is not', async () => {
	const client = await database.client();
	await client.query('BEGIN; SELECT FROM big LIMIT 1');
	const sql = 'ALTER TABLE big ADD z int;';
	expect((await know(sql)).knowledge.longTransactions).toEqual([]);
	const {longTransactions} = await queryFacts(session, [], {openSeconds: 0});
	expect(longTransactions.filter(({tables}) => tables.length > 0)).toEqual([{seconds: expect.any(Number), user: expect.any(String), tables: ['public.big']}]);
	await client.query('ROLLBACK');
	await client.end();
});

test('what was rehearsed of this SQL takes the place of the estimates', async () => {
	const sql = 'ALTER TABLE big ALTER code TYPE varchar(5);';
	const statement = {sql: sql.slice(0, -1), seconds: 0.4, estimateSeconds: 24, locks: [{table: 'public.big', mode: 'ACCESS EXCLUSIVE'}], rewrote: ['public.big'], scanned: [], rows: null, walBytes: null};
	const {knowledge} = await know(sql, {rehearsal: {statements: [statement]}});
	const {findings: [finding]} = await reviewSql({text: sql, enabled: ['changing-column-type'], knowledge});
	expect(finding).toMatchObject({level: 'error', measured: true, lock: 'ACCESS EXCLUSIVE', message: 'Changing big.code from varchar(20) to varchar(5) rewrites the whole table (measured in the rehearsal: 400 ms, so 24 s at the size of today).'});
});
