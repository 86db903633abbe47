/** What is told of the rows: compared whole or in part, and what becomes of those written after the upgrade. */
import {afterEach, beforeEach, expect, test} from 'vitest';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {compareData, queryData} from '../../source/rehearsal/data.ts';
import {readRows, writeRows} from '../../source/rehearsal/written-rows.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';

let database: FreshDatabase;
let session: Session;
beforeEach(async () => {
	database = await freshDatabase();
	session = await connect(parseConninfo(database.url, {}, '/tmp'), {application: 'holdpoint-rehearsal'});
	await session.multi(`CREATE TABLE items (id int PRIMARY KEY, name text, unit char(3)); INSERT INTO items SELECT g, 'name ' || g, 'pcs' FROM generate_series(1, 2000) g;
		CREATE TABLE loose (a int, b int); INSERT INTO loose SELECT g, g FROM generate_series(1, 2000) g`);
});
afterEach(async () => {
	await session.close();
	await database.drop();
});

async function compare(change: string, {hashLimitBytes = 1e9, always = [] as string[], touched = [] as string[]} = {}) {
	const options = {hashLimitBytes, always, except: 'alembic_version'};
	const before = await queryData(session, options);
	await session.multi(change);
	const after = await queryData(session, {...options, like: before});
	return compareData({before, between: before, after, touched: new Set(touched), hashLimitBytes});
}

test('a table that nothing happened to is told only when the migration worked on it', async () => {
	expect(await compare('SELECT')).toEqual([]);
	expect(await compare('SELECT', {touched: ['public.items']})).toEqual([{table: 'public.items', before: '2000 rows', after: '2000 rows', equal: true}]);
});

test('values that changed places within a row\'s column are seen by key, and without one said not to be', async () => {
	const swap = (table: string, key: string, value: string) => `UPDATE ${table} SET ${value} = (SELECT o.${value} FROM ${table} o WHERE o.${key} = 3 - ${table}.${key}) WHERE ${key} IN (1, 2)`;
	expect(await compare(`${swap('items', 'id', 'name')}; ${swap('loose', 'a', 'b')}`, {touched: ['public.items', 'public.loose']})).toEqual([
		expect.objectContaining({table: 'public.items', equal: false, loses: 'the old values of name (changed)'}),
		{table: 'public.loose', before: '2000 rows', after: '2000 rows', equal: true, notCompared: 'which values belong to one row, since it has no primary key'},
	]);
});

test('of a table over the limit some rows are compared, the same ones also when it has grown', async () => {
	const large = {hashLimitBytes: 20_000};
	const [items, loose] = await compare('ALTER TABLE items ADD x text DEFAULT repeat(\'x\', 500); UPDATE items SET x = x; ALTER TABLE items DROP x', large);
	expect(items).toEqual({table: 'public.items', before: expect.stringMatching(/^2000 rows, one in \d+ compared$/), after: items!.before, equal: true, notCompared: expect.stringMatching(/^the contents of all but one in \d+ rows: it is larger than/)});
	expect(loose).toMatchObject({before: '2000 rows, counted only', equal: true, notCompared: expect.stringMatching(/^its contents, only their number: .*rehearsal.tables.*; which values/)});
	expect(await compare('UPDATE items SET name = upper(name)', large)).toMatchObject([{table: 'public.items', equal: false}, {table: 'public.loose'}]);
	expect(await compare('UPDATE items SET unit = \'kg\' WHERE id = 7', {...large, always: ['items', 'loose']})).toMatchObject([{table: 'public.items', equal: false, loses: 'the old values of unit (changed)'}]);
});

test('rows written under the new schema, after the downgrade', async () => {
	await session.multi(`ALTER TABLE items ADD note text, ADD twice int GENERATED ALWAYS AS (id * 2) STORED; UPDATE items SET note = 'n' WHERE id = 1999;
		CREATE TABLE tagged (tag text PRIMARY KEY, owner int UNIQUE, short varchar(9) UNIQUE); INSERT INTO tagged VALUES ('a', 1, 'b');
		CREATE TABLE dated (id int PRIMARY KEY, day date UNIQUE); INSERT INTO dated VALUES (1, '2026-01-01');
		CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b)); INSERT INTO pairs VALUES (1, 1);
		CREATE TABLE days (day date PRIMARY KEY); INSERT INTO days VALUES ('2026-01-01');
		CREATE TABLE states (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text); INSERT INTO states (state) VALUES ('new');
		CREATE TABLE cleaned (id uuid PRIMARY KEY); INSERT INTO cleaned VALUES ('00000000-0000-0000-0000-000000000001')`);
	const written = await writeRows(session, ['items', 'tagged', 'dated', 'pairs', 'days', 'states', 'cleaned', 'loose'].map(name => `public.${name}`));
	expect(Object.fromEntries(written.notTried)).toEqual({
		'public.dated': 'a copy of one of its rows under a new key is refused: duplicate key value violates unique constraint "dated_day_key"',
		'public.pairs': 'its primary key has several columns', 'public.days': 'its key day is of type date', 'public.loose': 'it has no primary key',
	});
	await session.multi(`ALTER TABLE items DROP note, DROP twice; UPDATE states SET state = 'old'; DELETE FROM cleaned WHERE id <> '00000000-0000-0000-0000-000000000001'; ALTER TABLE states ALTER id TYPE int`);
	expect(Object.fromEntries(await readRows(session, written))).toEqual({
		'public.items': {fate: 'changed', words: 'it stays, without its note'}, 'public.tagged': {fate: 'stays', words: 'it stays as it was written'},
		'public.states': {fate: 'changed', words: 'it stays, with another state'}, 'public.cleaned': {fate: 'gone', words: 'it is gone'},
	});
	expect(await session.query('SELECT id FROM items WHERE id > 2000')).toEqual([]);
});
