/** Migrations through one room: done, failed, left half done, waiting for a lock, stopped by the guard and by people, held; each outcome as it is in the database. */
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import {connectRoom} from '../../source/room/client.ts';
import type {Entered} from '../../source/room/enter.ts';
import type {RoomClient} from '../../source/room/protocol.ts';
import {eventually} from '../servers.ts';
import {openSite, revisionFile, until, type Site} from './site.ts';

const base = `DROP SCHEMA public CASCADE; CREATE SCHEMA public;
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1');
CREATE TABLE items (id bigint PRIMARY KEY, name text); INSERT INTO items VALUES (1, 'same'), (2, 'same')`;
const a1 = revisionFile({revision: 'a1', doc: 'items', upgrade: ["op.execute('SELECT 1')"]});

let site: Site;
let room: Entered;
let client: RoomClient;
let sql: pg.Client;

beforeAll(async () => {
	site = await openSite({
		revisions: {'a1.py': a1}, sql: base,
		yaml: ['migration: {lock_timeout: 10s, lock_ladder: [300ms, 10s], lock_retries: 3}', 'guard: {max_blocked_seconds: 60}'],
	});
	room = await site.enter({}, {acts: true});
	({client} = room);
	sql = await site.database.client();
	await sql.query("SET lock_timeout = '5s'");
});
afterEach(async () => {
	for (const file of ['b2.py', 'c3.py']) rmSync(path.join(site.project.versions, file), {force: true});
	// What a failed test left open must not take the next ones with it.
	await sql.query("ROLLBACK; SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'items'::regclass AND pid <> pg_backend_pid()");
	await sql.query(base);
});
afterAll(async () => {
	await site?.close();
});

/** The next revision, whose statements are these. */
async function next(statements: string[], downgrade: string[] = []) {
	await site.project.write('b2.py', revisionFile({revision: 'b2', down: 'a1', upgrade: statements.map(execute), downgrade: downgrade.map(execute)}));
}
const execute = (statement: string) => (statement.startsWith('with ') || statement.startsWith(' ') ? statement : `op.execute(${JSON.stringify(statement)})`);
const upgrade = () => client.ask<Outcome>('upgrade', {confirmed: true});

async function inDatabase() {
	const {rows} = await sql.query("SELECT attname FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
	return {version: (await sql.query('SELECT version_num FROM alembic_version')).rows.map(row => row.version_num), columns: rows.map(row => row.attname)};
}
const asBefore = {version: ['a1'], columns: ['id', 'name']};

test('up and down again, with what was done and how long it took', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int'], ['ALTER TABLE items DROP COLUMN x']);
	const up = await upgrade();
	expect(up).toMatchObject({status: 'done', exit: 0, from: ['a1'], to: ['b2'], reason: 'the database is at b2 (read back)', attempts: 1, database: {version: ['b2'], verified: true, invalidIndexes: [], left: []}});
	expect(up.statements.filter(each => each.revision === 'b2').map(each => each.sql)).toEqual(['ALTER TABLE items ADD COLUMN x int', expect.stringContaining('UPDATE alembic_version')]);
	expect(await inDatabase()).toEqual({version: ['b2'], columns: ['id', 'name', 'x']});
	// What the checks afterwards compare with outlives this room.
	const figures = site.events('artifact-kept').filter(({what}) => what.startsWith('figures'));
	expect(figures.map(({what}) => what)).toEqual(['figures when the plan was made', 'figures right before the upgrade', 'figures right after the upgrade']);
	for (const {path: file} of figures) expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({figures: {counters: {commits: expect.any(Number)}, tables: expect.arrayContaining([expect.objectContaining({name: 'public.items'})])}, unread: []});
	const down = await client.ask<Outcome>('downgrade', {revision: 'a1', confirmed: true});
	expect(down).toMatchObject({action: 'downgrade', exit: 0, from: ['b2'], to: ['a1']});
	expect(await inDatabase()).toEqual(asBefore);
});

test('a failure in one transaction leaves the database as before: 4', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int', 'SELECT 1/0']);
	expect(await upgrade()).toMatchObject({status: 'failed', exit: 4, reason: 'division by zero (22012) in revision b2; the database is as before, at a1 (read back)', database: {version: ['a1'], left: []}});
	expect(await inDatabase()).toEqual(asBefore);
});

test('a failure past an autocommit block leaves something, which is named: 5', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int', 'with op.get_context().autocommit_block():', '    op.execute("CREATE UNIQUE INDEX CONCURRENTLY ux ON items (name)")']);
	const outcome = await upgrade();
	expect(outcome).toMatchObject({status: 'failed', exit: 5, database: {version: ['a1'], verified: true, invalidIndexes: ['ux']}});
	expect(outcome.reason).toMatch(/could not create unique index "ux".*the database is at a1 with .* changed; revision b2 is partly applied/);
	expect(outcome.database.left.join('; ')).toMatch(/items.*x is new/);
	expect(outcome.database.left.join('; ')).toMatch(/ux is new/);
});

test('a batch that is committed is no schema, and yet the database is not as before: 5', async () => {
	await next(['with op.get_context().autocommit_block():', '    op.execute("UPDATE items SET name = \'batch\' WHERE id = 1")', '    op.execute("SELECT 1/0")']);
	expect(await upgrade()).toMatchObject({
		status: 'failed', exit: 5, reason: expect.stringMatching(/^division by zero .*; the database is at a1 with no objects changed; revision b2 is partly applied \(read back\)$/),
		database: {version: ['a1'], left: ["revision b2 is partly applied: committed up to UPDATE items SET name = 'batch' WHERE id = 1"]},
	});
});

test('SQL before context.configure(): Alembic says 0, the version table says no: 4', async () => {
	const file = path.join(site.project.directory, 'migrations/env.py');
	const usual = readFileSync(file, 'utf8');
	await next(['ALTER TABLE items ADD COLUMN x int']);
	writeFileSync(file, usual.replace('        context.configure(\n            connection=connection', '        connection.exec_driver_sql("SELECT 1")\n        context.configure(\n            connection=connection'));
	try {
		expect(await upgrade()).toMatchObject({status: 'failed', exit: 4, reason: expect.stringContaining('Alembic ended with 0, yet nothing reached the version table')});
		expect(await inDatabase()).toEqual(asBefore);
	} finally {
		writeFileSync(file, usual);
	}
});

test('a blocker that leaves after a while costs an attempt, not the upgrade', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int']);
	await sql.query('BEGIN; SELECT * FROM items');
	const outcome = upgrade();
	await until(room, state => (state.running?.attempt ?? 0) > 1);
	await sql.query('ROLLBACK');
	expect(await outcome).toMatchObject({status: 'done', exit: 0, attempts: 2});
	expect(await inDatabase()).toMatchObject({version: ['b2']});
	expect(site.events('attempt-failed')).toMatchObject([{attempt: 1, lockTimeoutMs: 300, reason: expect.stringContaining('lock timeout')}]);
});

test('the guard cancels what makes too many wait', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int', 'SELECT pg_sleep(60)']);
	const victims = await Promise.all([site.database.client(), site.database.client()]);
	await client.ask('guard', {key: 'max_blocked_sessions', value: '1'});
	const outcome = upgrade();
	await until(room, state => state.running?.statement?.sql === 'SELECT pg_sleep(60)');
	await Promise.all(victims.map(each => each.query('SELECT count(*) FROM items')));
	expect(await outcome).toMatchObject({status: 'cancelled', exit: 4, guard: [{rule: 'max_blocked_sessions', reason: expect.stringContaining('2')}]});
	await client.ask('guard', {key: 'max_blocked_sessions', value: 'off'});
});

test('while one runs nothing else starts; a person of another shell cancels it: 4', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int', 'SELECT pg_sleep(60)']);
	const outcome = upgrade();
	const {running} = await until(room, state => state.running?.statement?.sql === 'SELECT pg_sleep(60)');
	await expect(client.ask('upgrade', {confirmed: true})).rejects.toMatchObject({exit: 3, message: expect.stringContaining('The upgrade in this room is still at work')});
	await expect(client.ask('backup')).rejects.toMatchObject({exit: 3});
	const other = (await connectRoom((await client.ask<{socket: string}>('status')).socket, {by: 'ben'}))!;
	expect(await other.ask('cancel')).toMatchObject({done: true});
	other.close();
	expect(await outcome).toMatchObject({status: 'cancelled', exit: 4, reason: 'cancelled: ben asked for it; the database is as before, at a1 (read back)'});
	expect(site.events('cancel-asked').at(-1)).toMatchObject({by: 'ben'});
	expect(site.events('backend-cancelled').at(-1)).toMatchObject({...running!.backend, terminate: false, accepted: true});
	expect(await inDatabase()).toEqual(asBefore);
	expect(await client.ask('cancel')).toEqual({done: false, reason: 'No action is running.'});
	await expect(client.ask('hold')).rejects.toMatchObject({exit: 3});
});

test('a cancel before it has begun is no less one: 4, and nothing starts', async () => {
	await next(['ALTER TABLE items ADD COLUMN x int']);
	const before = site.events('action-started').length;
	const outcome = expect(upgrade()).rejects.toMatchObject({exit: 4, message: 'The upgrade was cancelled: ana asked for it.'});
	await eventually('it is being planned', async () => (await client.ask<{done: boolean}>('cancel')).done);
	await outcome;
	expect(await inDatabase()).toEqual(asBefore);
	expect(site.events('action-started')).toHaveLength(before);
});

test('it holds where no transaction is open, and goes on when told', async () => {
	await next(['with op.get_context().autocommit_block():', '    op.execute("SELECT pg_sleep(0.8)")', '    op.execute("SELECT 42")']);
	const outcome = upgrade();
	await until(room, state => state.running?.statement?.sql === 'SELECT pg_sleep(0.8)');
	await client.ask('hold');
	const held = await until(room, state => state.running?.heldSince != null);
	expect(held.running).toMatchObject({holdWanted: true, note: expect.stringContaining('no transaction is open')});
	const {rows} = await sql.query('SELECT state, xact_start FROM pg_stat_activity WHERE pid = $1', [held.running!.backend!.pid]);
	expect(rows).toEqual([{state: 'idle', xact_start: null}]);
	await client.ask('continue');
	expect(await outcome).toMatchObject({status: 'done', exit: 0});
});
