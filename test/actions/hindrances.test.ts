/** What is warned of before a migration starts: each found on a real server, then told with what resolves it. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import type pg from 'pg';
import {describeHindrances, type Prospect} from '../../source/actions/hindrances.ts';
import {readPlannedLocks} from '../../source/actions/planned-locks.ts';
import {lookAhead} from '../../source/actions/pre-flight.ts';
import type {ActionContext} from '../../source/actions/context.ts';
import type {Rehearsal} from '../../source/journal/shapes/rehearsal.ts';
import {queryHindrances, type Hindrances} from '../../source/postgres/hindrances.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';
import {pidOf} from '../monitor/sessions.ts';

const sql = `BEGIN;
ALTER TABLE orders ADD COLUMN x int;
UPDATE public.items SET n = 1;
DROP INDEX items_n;
COMMIT;
CREATE INDEX CONCURRENTLY parts_n ON parts (n);`;

let database: FreshDatabase;
let session: Session;
let other: pg.Client;

beforeAll(async () => {
	database = await freshDatabase();
	session = await connect(parseConninfo(database.url, {}, '/'), {application: 'holdpoint'});
	other = await database.client();
	await other.query(`CREATE TABLE orders (id int); CREATE TABLE items (id int, n int); CREATE INDEX items_n ON items (n); CREATE TABLE parts (n int); CREATE TABLE far (n int);
		DROP ROLE IF EXISTS ahead_owner; DROP ROLE IF EXISTS ahead_guard; CREATE ROLE ahead_owner; CREATE ROLE ahead_guard; ALTER TABLE parts OWNER TO ahead_owner;
		CREATE PUBLICATION news FOR TABLE orders, far`);
});
afterAll(async () => {
	await other.query('ROLLBACK; DROP OWNED BY ahead_owner; DROP ROLE ahead_owner, ahead_guard').catch(() => undefined);
	await session.close();
	await database.drop();
});

function settings({standbys = [], throttle = {lagSeconds: null, lagBytes: null}, maxLagSeconds = null}: {standbys?: string[]; throttle?: object; maxLagSeconds?: number | null}): Prospect['settings'] {
	return {migration: {statementTimeoutMs: 1_800_000, throttle}, guard: {minFreeDiskBytes: null, maxLagSeconds, maxLagBytes: null}, standbys} as unknown as Prospect['settings'];
}

/** As found, with every transaction a minute older: nobody waits for one here. */
async function prospect(changes: Partial<Prospect> = {}, roles = {migrationRole: session.conninfo.user, guardRole: session.conninfo.user}): Promise<Prospect> {
	const planned = await readPlannedLocks(sql, null);
	const found = await queryHindrances(session, {relations: [...planned.relations.keys()], ...roles});
	const aged = <T extends {transactionSeconds: number | null}>(rows: T[]): T[] => rows.map(row => ({...row, transactionSeconds: row.transactionSeconds! + 60}));
	return {
		found: {...found, holders: aged(found.holders), transactions: aged(found.transactions), slots: []}, planned, ...roles, timeouts: {}, rehearsal: null, estimateSeconds: null, neededBytes: null,
		settings: settings({}),
		freeDisk: {bytes: 5 * 1024 ** 3, where: '/data'}, pooler: {kind: 'none', reason: ''}, ...changes,
	};
}

const published = 'The publication news replicates orders logically, and no change of schema: make it on the subscriber too, additions there first.';

test('who holds a lock that the migration would wait for, and no one else; old transactions where it builds CONCURRENTLY', async () => {
	const [reader, writer, apart] = await Promise.all([database.client(), database.client(), database.client()]);
	await reader.query("SET application_name = 'reports'; BEGIN; SELECT * FROM orders");
	// Writers don't keep an UPDATE out, but they do keep the DROP INDEX out.
	await writer.query("SET application_name = 'import'; BEGIN; INSERT INTO items VALUES (1, 1)");
	await apart.query("SET application_name = 'apart'; BEGIN; SELECT * FROM far");
	const told = describeHindrances(await prospect());
	expect(told).toEqual([
		expect.stringMatching(new RegExp(`^pid ${pidOf(reader)} \\(reports, idle in transaction, for 6\\d s\\) holds AccessShareLock on orders: the migration would wait for it, and everyone behind the migration\\. Wait for its end, or C on it`)),
		expect.stringMatching(new RegExp(`^pid ${pidOf(writer)} \\(import, .*holds RowExclusiveLock on items`)),
		expect.stringMatching(new RegExp(`^CONCURRENTLY waits for every transaction that is open when it starts: pid ${pidOf(reader)} \\(.* and 2 more\\.`)),
		published,
	]);
	await Promise.all([reader, writer, apart].map(each => each.end()));
});

test('a prepared transaction, which has no session, and the words that end it', async () => {
	await other.query("BEGIN; INSERT INTO items VALUES (1, 1); PREPARE TRANSACTION 'ana''s'");
	try {
		expect((await prospect()).found.prepared).toMatchObject([{gid: "ana's", table: 'items', mode: 'RowExclusiveLock'}]);
		expect(describeHindrances(await prospect())[0]).toMatch(/^The prepared transaction ana's, \d\.\d s old, holds RowExclusiveLock on items: the migration would wait for it for ever\. COMMIT PREPARED or ROLLBACK PREPARED 'ana''s' by who prepared it ends it\.$/);
	} finally {
		await other.query("ROLLBACK PREPARED 'ana''s'");
	}
});

test('a pg_dump, roles without the rights, and a look that can not be had', async () => {
	const dump = await database.client();
	await dump.query("SET application_name = 'pg_dump'; BEGIN; LOCK TABLE far IN ACCESS SHARE MODE");
	const roles = {migrationRole: 'ahead_guard', guardRole: 'ahead_owner'};
	const told = describeHindrances(await prospect({}, roles));
	expect(told.slice(0, 3)).toEqual([
		expect.stringMatching(/^The guard can't act: ahead_owner may not cancel the sessions of ahead_guard\. The promise .* is off\. GRANT pg_signal_backend, pg_monitor TO ahead_owner/),
		expect.stringMatching(/^The role ahead_guard does not own items \(.* does\), orders \(.* does\), parts \(ahead_owner does\), and can't alter it/),
		expect.stringMatching(new RegExp(`^pg_dump is at work \\(pid ${pidOf(dump)}, for [\\d.]+ s\\) .*the start is refused`)),
	]);
	expect((await prospect({}, {migrationRole: session.conninfo.user, guardRole: 'ahead_owner'})).found.mayCancel).toBe(false);
	expect((await prospect({}, {migrationRole: 'nobody', guardRole: 'ahead_owner'})).found.mayCancel).toBe(null);
	await dump.end();
	const broken = {session: () => Promise.reject(new Error('no route'))} as unknown as ActionContext;
	expect(await lookAhead(broken, {sql, database: {role: 'x', timeouts: {}}, rehearsal: null, estimateSeconds: null})).toEqual(['What would hinder the migration could not be looked at: no route']);
});

const nothing: Hindrances = {tables: [{table: 'orders', wanted: ['orders'], mayAlter: true, owner: 'shop'}], holders: [], transactions: [], prepared: [], dumps: [], published: [], subscribed: [], standbys: [{name: 'replica1', seconds: 0, bytes: 0}], slots: [], mayCancel: true, sight: {sees: true, role: 'shop'}};
const vacuum = {pid: 9, application: '', user: null, state: 'active', transactionSeconds: 700, table: 'orders', mode: 'ShareUpdateExclusiveLock', autovacuum: true};
const rehearsal = {statements: [{sql: 'CREATE INDEX CONCURRENTLY i ON t (a)', seconds: 9000}, {sql: 'UPDATE orders\nSET x = 1', seconds: 20, estimateSeconds: 2400}]} as unknown as Rehearsal;

test.each<[string, Partial<Prospect>, Partial<Hindrances>, RegExp[]]>([
	['nothing', {}, {}, []],
	['a role that sees only its own sessions', {}, {sight: {sees: false, role: 'shop'}}, [/^What other roles' sessions do is hidden from shop: .*GRANT pg_monitor TO shop\.$/]],
	['an autovacuum gives way', {}, {holders: [{...vacuum, wraparound: false}]}, []],
	['one against wraparound does not', {}, {holders: [{...vacuum, wraparound: true}]}, [/^An autovacuum to prevent wraparound works on orders \(pid 9, for 11 min 40 s\) and does not give way/]],
	['an active reader is cancelled by c', {}, {holders: [{...vacuum, autovacuum: false, wraparound: false, mode: 'AccessShareLock'}]}, [/or c on it in the live pane/]],
	['a prepared transaction on a touched table', {}, {prepared: [{gid: 'tx1', seconds: 3, table: 'orders', mode: 'RowExclusiveLock'}]}, [/^The prepared transaction tx1, 3\.0 s old, holds RowExclusiveLock on orders: .* for ever\. COMMIT PREPARED or ROLLBACK PREPARED 'tx1'/]],
	['a prepared transaction elsewhere, once it is old', {}, {prepared: [{gid: 'a', seconds: 3, table: null, mode: null}, {gid: 'b', seconds: 90, table: null, mode: null}]}, [/^The prepared transaction b is 90 s old/]],
	['a subscription', {}, {subscribed: [{table: 'orders'}]}, [/^A subscription writes into orders: .* ALTER SUBSCRIPTION/]],
	['a slot that nobody reads', {}, {slots: [{name: 'old', retainedBytes: 3 * 1024 ** 3, invalidated: null}]}, [/^Nobody reads from the replication slot old, which keeps 3\.0 GB of WAL.*pg_drop_replication_slot\('old'\)/]],
	['a standby that must be there', {settings: settings({standbys: ['replica1', 'replica2'], throttle: {lagSeconds: 5, lagBytes: null}})}, {}, [/^replica2 does not stream from this server, so that its lag is unknown and a data migration will be held/]],
	['a slot that is lost', {}, {slots: [{name: 'gone', retainedBytes: null, invalidated: 'wal_removed'}]}, [/^The replication slot gone is invalidated \(wal_removed\): its reader can't go on.*pg_drop_replication_slot\('gone'\)/]],
	['a standby that is behind already', {settings: settings({throttle: {lagSeconds: 5, lagBytes: null}})}, {standbys: [{name: 'replica1', seconds: 99, bytes: 3_400_000}]}, [/^replica1 is 99 s and 3\.2 MB behind already, more than migration\.throttle allows: the migration will be held/]],
	['a standby so far behind that the guard would cancel', {settings: settings({maxLagSeconds: 5})}, {standbys: [{name: 'replica1', seconds: 99, bytes: null}]}, [/^replica1 is 99 s behind already, more than guard\.max_lag allows: the guard would cancel/]],
	['limits of lag without a standby', {settings: settings({maxLagSeconds: 5})}, {standbys: []}, [/^No standby streams from this server: guard\.max_lag has nothing to judge\.$/]],
	['poolers', {pooler: {kind: 'session', reason: 'A pooler in session mode.'}}, {}, [/^A pooler in session mode\. If it ends/]],
	['too little disk', {neededBytes: 6e9}, {}, [/^5\.0 GB of disk are free \(\/data\), and the migration writes about 5\.6 GB by its rehearsal\. Make room first\.$/]],
	['a disk that can not be seen, where it matters', {neededBytes: 6e9, freeDisk: {bytes: null, where: 'the server is on another machine'}}, {}, [/^How much disk is free is not known \(the server is on another machine\).*guard\.free_disk/]],
	['a disk that can not be seen, where it does not', {neededBytes: 6e6, freeDisk: {bytes: null, where: ''}}, {}, []],
	['timeouts of the role', {timeouts: {transaction_timeout: 60_000, idle_in_transaction_session_timeout: 10_000, idle_session_timeout: 600_000}, estimateSeconds: 50}, {}, [/^transaction_timeout is 60 s for shop and the migration takes about 50 s.*ALTER ROLE shop SET transaction_timeout = 0/, /^idle_in_transaction_session_timeout is 10 s/, /^idle_session_timeout is 10 min 0 s for shop: a migration that is held/]],
	['timeouts that leave room', {timeouts: {transaction_timeout: 600_000, idle_in_transaction_session_timeout: 600_000, idle_session_timeout: 0}, estimateSeconds: 50}, {}, []],
	['our own statement_timeout', {rehearsal}, {}, [/^migration\.statement_timeout is 30 min 0 s, and one statement takes about 40 min 0 s by the rehearsal: it would be ended \(UPDATE orders SET x = 1\)/]],
])('%s', async (_, changes, found, expected) => {
	const given = {...await prospect(changes, {migrationRole: 'shop', guardRole: 'shop'}), found: {...nothing, ...found}};
	const told = describeHindrances({...given, planned: {...given.planned, concurrently: false}});
	expect(told).toHaveLength(expected.length);
	told.forEach((sentence, index) => expect(sentence).toMatch(expected[index]!));
});
