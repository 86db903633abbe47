/** The guard's promises with real traffic on a real server: what users of the database would notice, and what becomes of the migration. */
import {setTimeout as wait} from 'node:timers/promises';
import type pg from 'pg';
import {afterEach, expect, test} from 'vitest';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import {openSite, until, type Site, type SiteOptions} from '../room/site.ts';
import {eventually, revisionFile, servers} from '../servers.ts';

const base = `CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1');
CREATE TABLE items (id bigint PRIMARY KEY, name text); INSERT INTO items SELECT n, 'same' FROM generate_series(1, 1000) n; CREATE TABLE enough (yes bool)`;
const a1 = revisionFile({revision: 'a1', doc: 'items', upgrade: ["op.execute('SELECT 1')"]});
const addColumn = ["op.execute('ALTER TABLE items ADD COLUMN x int')"];

let site: Site;
afterEach(async () => site.close());

async function open({upgrade, yaml}: {upgrade: string[]; yaml: SiteOptions['yaml']}) {
	site = await openSite({revisions: {'a1.py': a1, 'b2.py': revisionFile({revision: 'b2', down: 'a1', upgrade})}, sql: base, yaml});
	const room = await site.enter({}, {acts: true});
	return {room, sql: await site.database.client(), upgrade: () => room.client.ask<Outcome>('upgrade', {confirmed: true})};
}

/** Users who read, think for 10 ms, and read again; the longest wait is as the server itself measured it. */
async function openTraffic(users: number) {
	let [longest, served, on] = [0, 0, true];
	const clients = await Promise.all(Array.from({length: users}, () => site.database.client()));
	const read = async (client: pg.Client) => {
		while (on) {
			const {rows} = await client.query('SELECT extract(epoch FROM clock_timestamp() - statement_timestamp())::float8 AS waited, (SELECT count(*) FROM items WHERE id < 10) AS read');
			longest = Math.max(longest, rows[0].waited);
			served++;
			await wait(10);
		}
	};
	// The end of a test ends their connections too.
	const reading = clients.map(client => read(client).catch(() => undefined));
	return {
		longest: () => longest,
		served: () => served,
		fresh() {
			[longest, served] = [0, 0];
		},
		async stop() {
			on = false;
			await Promise.all(reading);
		},
	};
}

const inDatabase = async (sql: pg.Client) => (await sql.query("SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version) AS version, (SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0) AS columns")).rows[0];

test('behind a long transaction, without the ladder: the guard cancels within its limit, users go on, the database is as before, and then it works', async () => {
	const {room, sql, upgrade} = await open({upgrade: addColumn, yaml: ['migration: {lock_timeout: 60s, lock_ladder: [60s], lock_retries: 0}', 'guard: {max_blocked_seconds: 0.5}']});
	const told: string[] = [];
	room.client.listen(push => push.push === 'activity' && push.activity.work === 'guard' && told.push(push.activity.text));
	await room.client.ask('attach');
	const traffic = await openTraffic(4);
	await sql.query("SET application_name = 'report'; BEGIN; SELECT count(*) FROM items");
	const outcome = await upgrade();
	expect(outcome).toMatchObject({
		status: 'cancelled', exit: 4, attempts: 1, database: {version: ['a1'], verified: true, left: []},
		reason: expect.stringMatching(/^the guard cancelled it by max_blocked_seconds: 4 sessions wait behind the migration on items, .*behind pid \d+ \(report, idle in transaction, .*; the database is as before, at a1 \(read back\)$/),
		guard: [{rule: 'max_blocked_seconds', did: expect.stringMatching(/^cancelled its statement/)}],
	});
	expect(site.events('guard-acted')).toMatchObject([{by: 'holdpoint', act: outcome.guard[0]}]);
	expect(told.some(text => /^max_blocked_seconds: 0\.\d s of 0\.5 s, (in 0\.\d s|passed); then it cancels the migration, pid \d+$/.test(text))).toBe(true);
	// The limit, two samples of a quarter second, and the cancel itself.
	expect(traffic.longest()).toBeGreaterThan(0.5);
	expect(traffic.longest()).toBeLessThan(2);
	traffic.fresh();
	await eventually('users are served again', () => traffic.served() > 200);
	expect(traffic.longest()).toBeLessThan(0.25);
	expect(await inDatabase(sql)).toEqual({version: 'a1', columns: 'id name'});
	await sql.query('COMMIT');
	expect(await upgrade()).toMatchObject({status: 'done', exit: 0});
	await traffic.stop();
	expect(await inDatabase(sql)).toEqual({version: 'b2', columns: 'id name x'});
});

test('the same on the default ladder: nobody waits longer than about its rung, and it is done when the long transaction is', async () => {
	const {room, sql, upgrade} = await open({upgrade: addColumn, yaml: []});
	const traffic = await openTraffic(4);
	await sql.query("SET application_name = 'report'; BEGIN; SELECT count(*) FROM items");
	const outcome = upgrade();
	await until(room, state => state.running?.attempt === 3 && state.running.backend !== null);
	await sql.query('COMMIT');
	expect(await outcome).toMatchObject({status: 'done', exit: 0, guard: []});
	await traffic.stop();
	const rungs = site.events('attempt-failed').map(event => event.lockTimeoutMs!);
	expect(rungs.slice(0, 2)).toEqual([100, 200]);
	expect(site.events('session-proved').map(event => event.lockTimeoutMs).slice(0, 3)).toEqual([100, 200, 300]);
	expect(traffic.longest()).toBeGreaterThan(0.09);
	expect(traffic.longest()).toBeLessThan(0.3 + 0.25);
});

test('a dry run of the guard says what it would have done, and does nothing', async () => {
	const {sql, upgrade} = await open({upgrade: addColumn, yaml: ['migration: {lock_timeout: 2s, lock_ladder: [2s], lock_retries: 0}', 'guard: {max_blocked_seconds: 0.3, action: alert}']});
	const traffic = await openTraffic(2);
	await sql.query("SET application_name = 'report'; BEGIN; SELECT count(*) FROM items");
	// Not cancelled: it ends by its own lock_timeout, and says whom it waited for.
	expect(await upgrade()).toMatchObject({
		status: 'failed', exit: 4, reason: expect.stringMatching(/^canceling statement due to lock timeout; it waited for AccessExclusiveLock on items behind pid \d+ \(report, idle in transaction, .*\) \(55P03\)/),
		guard: [{rule: 'max_blocked_seconds', did: 'nothing, since the guard\'s action is alert; it would have cancelled the migration\'s statement'}],
	});
	expect(site.events('backend-cancelled')).toEqual([]);
	await sql.query('COMMIT');
	await traffic.stop();
});

test('a standby that falls behind holds a batched migration between two batches, and lets it go on by itself', async () => {
	const {standby} = await servers();
	const {room, sql, upgrade} = await open({
		upgrade: ['import time', 'with op.get_context().autocommit_block():', '    for n in range(600):', "        op.execute('UPDATE items SET name = %d' % n)", "        if op.get_bind().exec_driver_sql('SELECT FROM enough').rowcount: break", '        time.sleep(0.03)'],
		yaml: ['standbys: [standby1]', 'migration: {throttle: {lag_bytes: 50000}}'],
	});
	const replica = await standby.connect();
	try {
		const outcome = upgrade();
		await until(room, state => (state.running?.statements.length ?? 0) > 3);
		await replica.query('SELECT pg_wal_replay_pause()');
		const held = await until(room, state => state.running?.heldSince != null);
		expect(held.running!.note).toMatch(/^the standby standby1 is [\d.]+ [kM]B behind \(migration\.throttle\.lag_bytes 48\.8 kB\); it goes on by itself below half of that; at a safe point, before a statement in revision b2: no transaction is open$/);
		expect((await sql.query('SELECT state, xact_start FROM pg_stat_activity WHERE pid = $1', [held.running!.backend!.pid])).rows).toEqual([{state: 'idle', xact_start: null}]);
		await replica.query('SELECT pg_wal_replay_resume()');
		await until(room, state => state.running?.heldSince === null && state.running.holdWanted === false);
		await sql.query('INSERT INTO enough VALUES (true)');
		expect(await outcome).toMatchObject({status: 'done', exit: 0});
		expect(site.events('action-held')).toMatchObject([{by: 'holdpoint'}]);
		expect(site.events('action-continued')).toMatchObject([{by: 'holdpoint', reason: 'the standbys have caught up'}]);
	} finally {
		await replica.query('SELECT pg_wal_replay_resume()');
		await replica.end();
	}
});

test('a CONCURRENTLY that fails leaves an invalid index, which is named; dropped by holdpoint, the upgrade works', async () => {
	const {room, sql, upgrade} = await open({upgrade: ['with op.get_context().autocommit_block():', "    op.execute('CREATE UNIQUE INDEX CONCURRENTLY items_name ON items (name)')"], yaml: []});
	expect(await upgrade()).toMatchObject({status: 'failed', exit: 5, reason: expect.stringMatching(/could not create unique index "items_name"/), database: {invalidIndexes: ['items_name']}});
	const drop = (index: string) => room.client.ask<Outcome>('maintain', {dropInvalid: index, confirmed: true});
	await expect(drop('items_pkey')).rejects.toMatchObject({exit: 3, message: 'public.items_pkey is a valid index of items; nothing was dropped.'});
	await expect(drop('nowhere')).rejects.toMatchObject({exit: 2, message: 'There is no index "nowhere" in this database.'});
	expect(await drop('items_name')).toMatchObject({action: 'maintain', status: 'done', exit: 0, reason: 'the invalid index public.items_name of items is gone (read back); what failed can be tried again', statements: [{sql: 'DROP INDEX CONCURRENTLY public.items_name'}]});
	expect((await sql.query("SELECT to_regclass('items_name') AS index")).rows).toEqual([{index: null}]);
	await sql.query('UPDATE items SET name = id');
	expect(await upgrade()).toMatchObject({status: 'done', exit: 0, database: {version: ['b2'], invalidIndexes: []}});
});
