/** Checks for large tables and of monitoring, on a real database where 1,000 rows count as large. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {largeBatches} from '../../source/checks/large-batches.ts';
import {largeConcurrently} from '../../source/checks/large-concurrently.ts';
import {largeEstimate} from '../../source/checks/large-estimate.ts';
import {largeLockTimeout} from '../../source/checks/large-lock-timeout.ts';
import {largeStatementTimeout} from '../../source/checks/large-statement-timeout.ts';
import {largeWindow} from '../../source/checks/large-window.ts';
import {monitorActive} from '../../source/checks/monitor-active.ts';
import {monitorLocks} from '../../source/checks/monitor-locks.ts';
import {monitorReplication} from '../../source/checks/monitor-replication.ts';
import {windowTimes, windowWords} from '../../source/journal/window-times.ts';
import type {Rehearsal} from '../../source/journal/shapes/rehearsal.ts';
import type {Settings} from '../../source/config/settings.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect} from '../../source/postgres/session.ts';
import {eventually, freshDatabase, revisionFile, servers} from '../servers.ts';
import {cases} from './cases.ts';
import {defaultSettings, look, upgradeSql, type Given} from './look.ts';
import {readMigrations, type Migrations} from './migrations.ts';
import {openShop, type Shop} from './shop.ts';

let shop: Shop;
let files: Migrations;
beforeAll(async () => {
	shop = await openShop();
	files = await readMigrations({
		committing: revisionFile({revision: 'b2', doc: 'fill', upgrade: ['for start in range(0, 2000, 100):', '    with op.get_context().autocommit_block():', '        op.execute("UPDATE events SET kind = \'x\' WHERE id BETWEEN 1 AND 100")']}),
		holding: revisionFile({revision: 'b2x', doc: 'fill', upgrade: ['for start in range(0, 2000, 100):', '    op.execute("UPDATE events SET kind = \'x\' WHERE id BETWEEN 1 AND 100")']}),
		unlimited: revisionFile({revision: 'b2y', doc: 'set', upgrade: ['op.get_bind().execute(sa.text("SET lock_timeout = 0"))']}),
	});
});
afterAll(async () => shop.close());

const large = (given: Given = {}) => (): Given => ({session: shop.session, ...given, settings: {largeTableRows: 1000, ...given.settings}});
const outside = (sql: string) => upgradeSql(`COMMIT;\n\n${sql}\n\nBEGIN;`);
const statement = {sql: 'ALTER TABLE events ADD COLUMN x int', seconds: 3, locks: [], rewrote: [], scanned: [], rows: null, walBytes: null};
const onEvents = {sql: 'ALTER TABLE events ADD COLUMN x int;'};

cases(largeEstimate, {
	'measured': {given: large({...onEvents, plan: {estimate: {seconds: 3.2, basis: 'rehearsed: the backup of today'}}}), answers: 'passed', words: /^3\.2 s, rehearsed: the backup of today; it touches events \(about 2,000 rows/},
	'measured after the plan was made': {given: large({...onEvents, rehearsal: {}}), answers: 'passed', words: /^0\.5 s, rehearsed: the backup of shop/},
	'not measured': {given: large(onEvents), answers: 'failed', words: /touches events .*never measured: rehearse it/},
	'measured without rows': {given: large({...onEvents, plan: {estimate: {seconds: 0.1, basis: 'rehearsed: the backup of today, schema only'}}}), answers: 'warned', words: /without rows that says nothing about events/},
	'no large table': {given: large({sql: 'ALTER TABLE items ADD COLUMN x int;'}), answers: 'not-applicable', words: /touches no table of 1,000 rows/},
});

cases(largeConcurrently, {
	'CONCURRENTLY': {given: large({script: outside('CREATE INDEX CONCURRENTLY i ON events (at);')}), answers: 'passed', words: /1 index operation on large tables.*no old snapshot/},
	'under a lock': {given: large({sql: 'CREATE INDEX i ON events (at);'}), answers: 'failed', words: /without CONCURRENTLY/},
	'only a small table': {given: large({sql: 'CREATE INDEX i ON items (name);'}), answers: 'not-applicable', words: /nothing to an index/},
});

test('a session with an old snapshot is warned of, one without is not', async () => {
	// Sixty seconds can't be waited for here: the query's own threshold is what is tried, with one second instead.
	const old = await shop.database.client();
	await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
	const session = {...shop.session, query: async (text: string, values?: unknown[]) => shop.session.query(text.replace("interval '60 seconds'", "interval '0 seconds'"), values)} as typeof shop.session;
	const result = await largeConcurrently.run(await look({...large({script: outside('CREATE INDEX CONCURRENTLY i ON events (at);')})(), session}));
	expect(result).toMatchObject({status: 'warned', summary: expect.stringMatching(/1 session holds a snapshot older than a minute \(pid \d+/)});
	await old.query('COMMIT');
});

const pendingFacts = (name: string, sql: string): (() => Given) => () => large({sql, facts: [files.facts(name)]})();
/** Offline a DO block stands for the loop, which only the rehearsal saw: twice, at most 400 rows at once. */
const closed = (given: Given): (() => Given) => {
	return large({sql: "DO $$ BEGIN UPDATE events SET kind = 'x'; COMMIT; END $$;", rehearsal: {statements: [batch(400), batch(120)]}, ...given});
};
/** One run; or so many that are told in one, with all their rows. */
const batch = (rows: number, times?: number): RehearsedStatement => ({sql: "UPDATE events SET kind = 'x' WHERE id >= %(first)s", seconds: 1, revision: 'b2', locks: [], rewrote: [], scanned: [], rows, walBytes: 0, ...(times && {times})});
const committing = {commitPoints: [{after: 'b2', why: 'its autocommit_block() commits what came before it', then: ''}]};
type RehearsedStatement = Rehearsal['statements'][number];
cases(largeBatches, {
	'a DO block, rehearsed as a loop that commits': {given: closed({plan: committing}), answers: 'passed', words: /1 statement on large tables, none over 10,000 rows/},
	'a DO block, rehearsed as a loop in one transaction': {given: closed({}), answers: 'failed', words: /UPDATE events .* ran 2 times inside one transaction/},
	'a loop whose runs are told in one, none of many rows': {given: closed({plan: committing, rehearsal: {statements: [batch(9000), batch(70_000, 10)]}}), answers: 'passed', words: /none over 10,000 rows/},
	'a loop whose runs are told in one, of many rows each': {given: closed({plan: committing, rehearsal: {statements: [batch(9000), batch(700_000, 10)]}}), answers: 'failed', words: /about 70,000 rows of events at once/},
	'a DO block that nobody saw running': {given: closed({rehearsal: null}), answers: 'open', words: /what the DO block of revision b2 does shows only in a rehearsal/},
	'a loop that commits': {given: pendingFacts('committing', 'SELECT 1;'), answers: 'passed', words: /1 loop commits after each batch/},
	'a loop in one transaction': {given: pendingFacts('holding', 'SELECT 1;'), answers: 'failed', words: /holding\.py:\d+ changes rows in a loop inside one transaction/},
	'few rows by the planner': {given: large({sql: "UPDATE events SET kind = 'x' WHERE id = 7;"}), answers: 'passed', words: /1 statement on large tables, none over 10,000 rows/},
	'many rows at once': {given: async () => {
		await shop.sql('CREATE TABLE big AS SELECT n AS id FROM generate_series(1, 30000) n; ANALYZE big');
		return large({sql: 'UPDATE big SET id = id + 1;'})();
	}, answers: 'failed', words: /about 30,000 rows of big at once/},
	'on a column that is not there yet': {given: large({sql: 'UPDATE events SET fresh = 1;'}), answers: 'warned', words: /For a person: how many rows/},
	'no rows of large tables': {given: large({sql: "UPDATE items SET name = 'x';"}), answers: 'not-applicable', words: /changes no rows of a table of 1,000/},
});

test('the estimate executes nothing', async () => {
	await largeBatches.run(await look(large({sql: 'DELETE FROM events;'})()));
	expect(await shop.session.query('SELECT count(*)::int AS n FROM events')).toEqual([{n: 2000}]);
});

const migrating = (more: Partial<Settings['migration']>, given: Given = {}) => async (): Promise<Given> => {
	const {migration} = await defaultSettings();
	return {session: shop.session, ...given, settings: {migration: {...migration, ...more}}};
};
cases(largeLockTimeout, {
	'5 s, as the document asks': {given: migrating({}), answers: 'passed', words: /lock_timeout is at most 5 s, set by holdpoint/},
	'none': {given: migrating({lockTimeoutMs: 0}), answers: 'failed', words: /wait for a lock for ever/},
	'too long': {given: migrating({lockTimeoutMs: 60_000}), answers: 'warned', words: /lock_timeout is 60 s/},
	'the migration switches it off in SQL': {given: migrating({}, {sql: 'SET lock_timeout = 0;'}), answers: 'failed', words: /switches lock_timeout off: b2, line 5/},
	'the same in code that has no SQL': {given: async () => ({...await migrating({})(), facts: [files.facts('unlimited')]}), answers: 'failed', words: /switches lock_timeout off: .*unlimited\.py:\d+/},
	'the migration sets another': {given: migrating({}, {sql: "SET LOCAL lock_timeout = '2s';"}), answers: 'warned', words: /sets lock_timeout itself: 2s/},
});

cases(largeStatementTimeout, {
	'longer than the longest statement': {given: migrating({}, {rehearsal: {statements: [statement]}}), answers: 'passed', words: /statement_timeout is 30 min.*the longest rehearsed one took 3\.0 s/},
	'none': {given: migrating({statementTimeoutMs: 0}), answers: 'failed', words: /is 0: a statement that runs away/},
	'shorter than what was measured': {given: migrating({statementTimeoutMs: 2000}, {rehearsal: {statements: [statement]}}), answers: 'failed', words: /longest rehearsed statement took 3\.0 s, and statement_timeout is 2 s/},
	'hardly longer': {given: migrating({statementTimeoutMs: 4000}, {rehearsal: {statements: [statement]}}), answers: 'warned', words: /more than half/},
	'the role is cut off sooner': {given: async () => {
		const [{role}] = await shop.session.query<{role: string}>('SELECT current_user AS role') as [{role: string}];
		await shop.sql(`ALTER ROLE "${role}" IN DATABASE "${shop.database.name}" SET idle_in_transaction_session_timeout = '10s'`);
		return migrating({}, {database: {role}})();
	}, answers: 'warned', words: /can be ended by idle_in_transaction_session_timeout=10s \(database .*, role /},
});

const windowed = (start: string, end: string, given: Given = {}) => large({...given, settings: {window: {start, end, timezone: 'UTC'}}});
const blocking = {sql: 'ALTER TABLE events ALTER COLUMN id TYPE bigint;'};
cases(largeWindow, {
	'open': {given: windowed('11:00', '13:00', blocking), answers: 'passed', words: /open for another 60 min/},
	'not yet': {given: windowed('22:00', '23:00', blocking), answers: 'failed', words: /opens at 2026-03-01T22:00:00\.000Z, in 10 h/},
	'closed for good': {given: windowed('2026-02-28 22:00', '2026-03-01 02:00', blocking), answers: 'failed', words: /closed at 2026-03-01T02:00/},
	'too short for the way there and back': {given: windowed('11:00', '12:05', {...blocking, plan: {estimate: {seconds: 200, basis: 'rehearsed'}, wayBack: [{kind: 'downgrade', seconds: 200}]}}), answers: 'failed', words: /closes in 5 min, and the upgrade with its way back needs 7 min/},
	'none, though something blocks': {given: large(blocking), answers: 'failed', words: /1 statement keeps writers out of events .*no `window` is configured/},
	'a lock for a moment only is no reason for a window': {given: large(onEvents), answers: 'not-applicable', words: /No statement of the plan keeps writers out/},
	'none, and nothing blocks': {given: large({sql: 'ALTER TABLE items ADD COLUMN x int;'}), answers: 'not-applicable', words: /No statement of the plan keeps writers out/},
});

test.each([
	['22:00', '02:00', 'Europe/Berlin', '2026-03-01T23:30:00Z', '2026-03-01T21:00:00.000Z', '2026-03-02T01:00:00.000Z', true],
	['22:00', '23:00', 'America/New_York', '2026-03-01T12:00:00Z', '2026-03-02T03:00:00.000Z', '2026-03-02T04:00:00.000Z', false],
	// The clocks go forward in the window: it is an hour shorter.
	['01:00', '04:00', 'Europe/Berlin', '2026-03-29T00:30:00Z', '2026-03-29T00:00:00.000Z', '2026-03-29T02:00:00.000Z', true],
])('the window %s to %s %s at %s', (start, end, timezone, at, opensAt, closesAt, inside) => {
	const times = windowTimes({start, end, timezone}, new Date(at));
	expect({inside: times.inside, opensAt: times.opensAt.toISOString(), closesAt: times.closesAt.toISOString()}).toEqual({inside, opensAt, closesAt});
});

test.each([
	['2026-03-01T21:17:30Z', 'window opens in 42 min', 'bad'],
	['2026-03-01T22:00:00Z', 'window 1 h 30 min left', 'dim'],
	['2026-03-01T23:20:30Z', 'window 9 min left', 'warn'],
	['2026-03-01T23:29:30Z', 'window under 1 min left', 'warn'],
])('the window in words, at %s', (at, text, level) => {
	expect(windowWords({start: '22:00', end: '23:30', timezone: 'UTC'}, Date.parse(at))).toEqual({text, level});
	expect(windowWords({start: '2026-02-01 22:00', end: '2026-02-01 23:00', timezone: 'UTC'}, Date.parse(at))).toEqual({text: 'window is over', level: 'bad'});
});

const session = {pid: 7, user: 'app', application: 'web', client: null, state: 'idle in transaction', seconds: 5, transactionSeconds: 5, waitEvent: null, query: 'SELECT 1', blockedBy: [], migration: false, backendStart: null, backendType: 'client backend'};
cases(monitorActive, {
	'quiet, asked directly': {given: () => ({session: shop.session}), answers: 'passed', words: /\d sessions? at work, none in a transaction older than a minute/},
	'quiet in the sample': {given: {sample: {active: [session]}}, answers: 'passed', words: /1 session at work/},
	'idle in a transaction for minutes': {given: {sample: {active: [{...session, transactionSeconds: 300}]}}, answers: 'warned', words: /older than a minute: pid 7 \(web, idle in transaction, 300 s\)/},
	'over the upgrade, from its samples': {
		given: {upgrade: {}, recorded: [{at: '2026-03-01T11:49:58.500Z', active: [session, {...session, pid: 8, transactionSeconds: 12.5}]}, {at: '2026-03-01T11:49:59.500Z', active: [session]}, {at: '2026-03-01T11:51:00.000Z', active: [session, session, session]}]},
		answers: 'passed', words: /At most 2 sessions at work beside the migration \(11:49:58\), the longest transaction 12\.5 s, pid 8 \(web, idle in transaction\) at 11:49:58, in 2 samples over the upgrade \(2\.0 s\)/,
	},
	'the migration itself may take long': {given: {sample: {active: [{...session, transactionSeconds: 300, migration: true}]}}, answers: 'passed', words: /1 session at work/},
});

cases(monitorLocks, {
	'nobody waits': {given: () => ({session: shop.session}), answers: 'passed', words: /No session waits for a lock/},
	'over the upgrade, nobody': {given: {upgrade: {}, recorded: [{at: '2026-03-01T11:49:59.000Z'}], sample: {locksWaiting: [{pid: 7, relation: 'items', mode: 'AccessShareLock', seconds: 4.5, blockedBy: [8]}]}}, answers: 'passed', words: /No session waited for a lock in 1 sample over the upgrade/},
	'over the upgrade, longer than the guard allows': {
		given: {upgrade: {}, recorded: [1, 4].map((seconds, second) => ({
			at: `2026-03-01T11:49:5${8 + second}.000Z`, active: [{...session, pid: 8, migration: true}], blockers: [{pid: 8, waiting: [], total: 1}],
			locksWaiting: [{pid: 7, relation: 'items', mode: 'AccessShareLock', seconds, blockedBy: [8]}],
		}))},
		answers: 'warned', words: /At most 1 session waited for a lock \(11:49:58\), 1 of them behind the migration; the longest 4\.0 s: pid 7 for AccessShareLock on items, held up by 8, at 11:49:59/,
	},
	'one waits in the sample': {given: {sample: {locksWaiting: [{pid: 7, relation: 'items', mode: 'AccessShareLock', seconds: 4.5, blockedBy: [8]}]}}, answers: 'warned', words: /1 session waits for a lock, the longest 4\.5 s: pid 7 for AccessShareLock on items, held up by 8/},
});

test('one that really waits is found by a query of its own, with its blocker', async () => {
	const [holder, waiter] = [await shop.database.client(), await shop.database.client()];
	await holder.query('BEGIN; LOCK TABLE nothing');
	const waiting = waiter.query('SELECT FROM nothing');
	await eventually('the lock is waited for', async () => (await shop.session.query('SELECT FROM pg_locks WHERE NOT granted')).length > 0);
	const result = await monitorLocks.run(await look({session: shop.session}));
	await holder.query('COMMIT');
	await waiting;
	expect(result).toMatchObject({status: 'warned', summary: expect.stringMatching(/1 session waits for a lock, .*AccessShareLock on nothing, held up by \d+/)});
});

const standby = {name: 'standby1', state: 'streaming', sync: 'async', lagBytes: 100, lagSeconds: null};
cases(monitorReplication, {
	'expected and there': {given: {settings: {standbys: ['standby1']}, sample: {replication: [standby]}}, answers: 'passed', words: /1 standby streaming: standby1 100 B behind/},
	'expected and missing': {given: {settings: {standbys: ['standby1', 'standby2']}, sample: {replication: [standby]}}, answers: 'failed', words: /standby2 is expected and not connected/},
	'over the upgrade, with its peak': {given: {upgrade: {}, recorded: [{at: '2026-03-01T11:49:58.000Z', replication: [standby]}, {at: '2026-03-01T11:49:59.000Z', replication: [{...standby, lagBytes: 4096, lagSeconds: 0.5}]}]}, answers: 'passed', words: /standby1 at most 4\.0 kB \(11:49:59\), 0\.5 s, in 2 samples/},
	'over the upgrade, away for a while': {given: {upgrade: {}, settings: {standbys: ['standby1']}, recorded: [{at: '2026-03-01T11:49:58.000Z', replication: [standby]}, {at: '2026-03-01T11:49:59.000Z'}]}, answers: 'failed', words: /standby1 was not connected in 1 of 2 samples, first at 11:49:59/},
	'far behind': {given: {sample: {replication: [{...standby, lagSeconds: 90}]}}, answers: 'warned', words: /Far behind: standby1 100 B behind, 90\.0 s/},
	'a lag that is not known is not 0': {given: {sample: {replication: [{...standby, lagBytes: null}]}}, answers: 'passed', words: /standby1 lag not known/},
	'state hidden from this role': {given: {sample: {replication: [{...standby, state: null}]}}, answers: 'warned', words: /GRANT pg_monitor/},
	'none at all': {given: {sample: {}}, answers: 'not-applicable', words: /No standby is connected/},
});

test('the real standby of the real primary is found by a query of its own', async () => {
	await servers();
	const database = await freshDatabase();
	const own = await connect(await parseConninfo(database.url, process.env, '/'), {application: 'holdpoint-test'});
	const result = await monitorReplication.run(await look({session: own, settings: {standbys: ['standby1']}}));
	expect(result).toMatchObject({status: expect.stringMatching(/passed|warned/), summary: expect.stringContaining('standby1')});
	await own.close();
	await database.drop();
});
