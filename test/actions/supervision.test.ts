/** The guard over a running action: what only the run knows (estimates, disk) reaches its limits, and it acts on that one backend. */
import type pg from 'pg';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {RunningStatement} from '../../source/actions/attempt.ts';
import type {ActionChild, ActionContext} from '../../source/actions/context.ts';
import {queryFreeDisk} from '../../source/actions/disk.ts';
import {openSupervision, type Supervision} from '../../source/actions/supervision.ts';
import type {GuardPolicy} from '../../source/journal/shapes/run.ts';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {guardSessionOptions, type Backend} from '../../source/monitor/connection.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {plan} from '../journal/run.ts';
import {backendOf} from '../monitor/sessions.ts';
import {eventually, freshDatabase, type FreshDatabase} from '../servers.ts';

const off: GuardPolicy = {maxBlockedSessions: null, maxBlockedSeconds: null, maxSessionSeconds: null, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: null, maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel'};

let database: FreshDatabase;
let session: Session;
let migration: pg.Client;
let backend: Backend;
let supervision: Supervision | null = null;
let seen: {orders: string[]; events: {kind: string; by?: string; act?: {rule: string; did: string}}[]; told: string[]; feed: (sample: Sample) => void};

beforeEach(async () => {
	database = await freshDatabase();
	session = await connect(parseConninfo(database.url, {}, '/'), {application: 'holdpoint'});
	migration = await database.client();
	backend = await backendOf(migration);
});
afterEach(async () => {
	await supervision?.close();
	supervision = null;
	await session.close();
	await database.drop();
});

/** A statement that would take a minute, watched by these limits. */
async function watch(policy: Partial<GuardPolicy>, statement: Partial<RunningStatement> = {}, rehearsedSeconds = 1, guardUrl = database.url) {
	seen = {orders: [], events: [], told: [], feed: () => {}};
	const rehearsal = {digest: plan().digest, revisions: [], statements: [{sql: 'SELECT pg_sleep(60)', revision: 'b2', seconds: rehearsedSeconds}]};
	supervision = await openSupervision({
		settings: {standbys: [], freeDisk: null, project: '/', migration: {throttle: {lagSeconds: null, lagBytes: null}}}, state: () => ({guard: {...off, ...policy}, rehearsal, running: null}),
		session: async () => session, openSession: async () => connect(parseConninfo(guardUrl, {}, '/'), guardSessionOptions), now: () => new Date(), steer() {},
		record: (kind: string, data: object, by?: string) => seen.events.push({kind, ...(by !== undefined && {by}), ...data}), tell: (text: string) => seen.told.push(text),
		onSample(listener: (sample: Sample) => void) {
			seen.feed = listener;
			return () => {};
		},
	} as unknown as ActionContext, plan());
	const running = migration.query('SELECT pg_sleep(60)').then(() => 'done', (error: {code: string}) => error.code);
	supervision.steerChild({write: line => void seen.orders.push(line)} as ActionChild);
	supervision.watchBackend(backend);
	supervision.watchStatement({sql: 'SELECT pg_sleep(60)', revision: 'b2', order: 0, since: Date.now() - 5000, autocommit: false, ...statement});
	return {running, watched: supervision};
}

/** What the sampler tells while the migration runs. */
const sampleOf = (pid: number): Sample => ({at: new Date().toISOString(), active: [{pid, migration: true, state: 'active'}], locksWaiting: [], replication: [], slots: [], connections: {total: 10, max: 100}, behind: {sessions: 0, longestSeconds: 0, sessionSeconds: 0, relations: []}} as unknown as Sample);

test('a statement that exceeds its rehearsal by the factor is cancelled, and its client told to stop', async () => {
	const {running, watched} = await watch({maxEstimateFactor: 3});
	expect(await running).toBe('57014');
	expect(watched.stopped()).toMatch(/^the guard cancelled it by max_estimate_factor: The statement has been running for \d\.\d s, [\d.]+ times the estimated 1\.0 s \(limit 3 times\)$/);
	expect(seen.orders).toEqual(['cancel-softly']);
	// The statement may end before the server's answer to the cancel is here.
	await eventually('it is recorded', () => seen.events.length === 2);
	expect(seen.events).toMatchObject([{kind: 'backend-cancelled'}, {kind: 'guard-acted', by: 'holdpoint', act: {rule: 'max_estimate_factor', did: expect.stringMatching(/^cancelled its statement/)}}]);
});

test('the same as a dry run: nothing is cancelled, and it is said what would have been', async () => {
	const {watched} = await watch({maxEstimateFactor: 3, action: 'alert'});
	await eventually('it says so', () => seen.events.length);
	expect(seen.events).toMatchObject([{kind: 'guard-acted', act: {did: 'nothing, since the guard\'s action is alert; it would have cancelled the migration\'s statement'}}]);
	expect(watched.stopped()).toBe(null);
});

test('that its connection is lost is told and is in the record, and so is its end', async () => {
	await watch({maxBlockedSessions: 5});
	await eventually('it looks', () => seen.told.length);
	await session.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdpoint-guard' AND datname = current_database()");
	await eventually('it looks again', () => seen.events.length === 2);
	expect(seen.events).toMatchObject([{kind: 'alarm-raised', by: 'holdpoint', alarm: {alarm: 'guard-blind', level: 'critical'}}, {kind: 'alarm-cleared', alarm: 'guard-blind'}]);
	expect(seen.told.find(text => text.startsWith('it can\'t look'))).toMatch(/^it can't look since \d\d:\d\d:\d\d UTC, so its limits don't count now, only lock_timeout does: /);
});

test('a guard of a role that may neither see nor cancel: it sees by the locks, and cancels over the room\'s session; where that may not either, the record says so once', async () => {
	const admin = await database.client();
	await admin.query("DROP ROLE IF EXISTS guard_plain; CREATE ROLE guard_plain LOGIN PASSWORD 'x'");
	await migration.query('SELECT pg_advisory_lock(1)');
	const plain = database.urlAs({name: 'guard_plain', password: 'x'});
	const {running, watched} = await watch({maxEstimateFactor: 3}, {}, 1, plain);
	expect(await running).toBe('57014');
	await eventually('it is recorded', () => seen.events.length === 2);
	expect(seen.events[1]).toMatchObject({kind: 'guard-acted', act: {did: expect.stringMatching(/^cancelled its statement \(The server accepted/)}});
	await watched.close();

	const able = session;
	session = await connect(parseConninfo(plain, {}, '/'), {application: 'holdpoint'});
	await watch({maxEstimateFactor: 3}, {}, 1, plain);
	await eventually('it has tried twice', () => seen.orders.length >= 2);
	expect(seen.events).toMatchObject([{kind: 'backend-cancelled', accepted: false}, {kind: 'guard-acted', act: {did: expect.stringMatching(/^could not cancel its statement, and told its client to stop before the next one: This role may not see/)}}]);
	await supervision?.close();
	supervision = null;
	await session.close();
	session = able;
	await admin.query('DROP ROLE guard_plain');
});

test('with a rehearsal that took as long it only says when it would', async () => {
	await watch({maxEstimateFactor: 3}, {since: Date.now() - 5000}, 4);
	const text = await eventually('the forecast', () => seen.told.find(each => each.includes('max_estimate_factor')));
	expect(text).toMatch(/^max_estimate_factor: 1\.\d times of 3 times, in [67]\.\d s; then it cancels the migration, pid \d+$/);
	expect(seen.events).toEqual([]);
});

test('a disk that runs out', async () => {
	const {running, watched} = await watch({minFreeDiskBytes: 1e18});
	await eventually('it is stopped', () => {
		seen.feed(sampleOf(backend.pid));
		return watched.stopped();
	});
	expect(watched.stopped()).toMatch(/^the guard cancelled it by min_free_disk_bytes: On the server's disk [\d.]+ [GT]B are free \(limit 888 PB\)$/);
	expect(await running).toBe('57014');
});

test('a disk that only a command can see', async () => {
	const by = (freeDisk: string[]) => queryFreeDisk({settings: {freeDisk, project: '/'}, session: async () => session} as unknown as ActionContext);
	expect(await by(['echo', '5000'])).toEqual({bytes: 5000, where: 'by guard.free_disk'});
	expect(await by(['echo', '5 GB'])).toEqual({bytes: null, where: 'guard.free_disk prints something else than a number of bytes'});
	expect(await by(['false'])).toEqual({bytes: null, where: 'guard.free_disk ended with exit code 1'});
});
