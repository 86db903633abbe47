/** The guard's quick look on a real server: who waits for the migration, what is decided, and that a cancel over its session helps. */
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {GuardPolicy} from '../../source/journal/shapes/run.ts';
import {guardSessionOptions, type Backend} from '../../source/monitor/connection.ts';
import type {GuardDecision, GuardVerdict} from '../../source/monitor/guard.ts';
import type {GuardReading} from '../../source/monitor/guard-reading.ts';
import {startSampler} from '../../source/monitor/sampler.ts';
import {startGuardWatch, type GuardWatch, type GuardWatchOptions} from '../../source/monitor/watch.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {cancelBackend} from '../../source/postgres/signal.ts';
import {eventually, freshDatabase, type FreshDatabase} from '../servers.ts';
import {backendOf, makeCrowd, openMonitorSession, pidOf, waiting} from './sessions.ts';
import {openWire} from './wire.ts';

const off: GuardPolicy = {maxBlockedSessions: null, maxBlockedSeconds: null, maxSessionSeconds: null, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: null, maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel'};

let database: FreshDatabase;
let watches: GuardWatch[] = [];

beforeEach(async () => {
	database = await freshDatabase({prefix: 'guard'});
});

afterEach(async () => {
	await Promise.all(watches.map(async watch => watch.stop()));
	watches = [];
	await database.drop();
});

const openGuardSession = async (): Promise<Session> => connect(parseConninfo(database.url, {}, '/nowhere'), guardSessionOptions);

async function watch(migration: () => Backend | null, policy: Partial<GuardPolicy>, more: Partial<GuardWatchOptions> = {}) {
	const decisions: GuardDecision[] = [];
	const readings: {reading: GuardReading; verdict: GuardVerdict}[] = [];
	const failures: string[] = [];
	const since: string[] = [];
	let recovered = 0;
	const guard = startGuardWatch({
		session: await openGuardSession(), connect: openGuardSession, migration, intervalMs: 20, policy: () => ({...off, ...policy}),
		onDecision: decision => void decisions.push(decision),
		onReading: (reading, verdict) => void readings.push({reading, verdict}),
		onFailure(error, from) {
			failures.push(error);
			since.push(from);
		},
		onRecovery: () => void recovered++,
		...more,
	});
	watches.push(guard);
	return {guard, decisions, readings, failures, since, recovered: () => recovered};
}

test('too many behind a waiting ALTER: the reason names them, the table and the root; a cancel over its session frees them', async () => {
	const crowd = await makeCrowd(database, 4);
	const backend = {pid: crowd.altering, backendStart: crowd.alteringStart};
	const {guard, decisions, readings} = await watch(() => backend, {maxBlockedSessions: 3});
	const decision = await eventually('a decision', () => decisions[0]);
	expect(decision).toMatchObject({rule: 'max_blocked_sessions', action: 'cancel', terminate: false});
	expect(decision.reason).toMatch(new RegExp(`^4 sessions wait behind the migration on orders, the longest [\\d.]+ s, [\\d.]+ s added up \\(limit 3\\); the migration itself has been waiting [\\d.]+ s for AccessExclusiveLock on orders behind pid ${crowd.holder} \\(reports, idle in transaction, for [\\d.]+ s\\)\\.$`));
	expect(readings[0]!.reading.behind).toMatchObject({sessions: 4, relations: ['orders']});
	expect((await cancelBackend(guard.current()!, backend)).result).toBe('accepted');
	await eventually('nobody waiting', () => readings.at(-1)!.reading.behind?.sessions === 0);
	await crowd.release();
});

test('a migration that idles in its transaction with its locks is to be terminated', async () => {
	const [migration, reader] = await Promise.all([database.client(), database.client()]);
	await migration.query('CREATE TABLE parts (id int)');
	await migration.query('BEGIN; ALTER TABLE parts ADD COLUMN n int');
	const backend = await backendOf(migration);
	const pending = reader.query('SELECT * FROM parts');
	const {decisions} = await watch(() => backend, {maxSessionSeconds: 0.1});
	const decision = await eventually('a decision', () => decisions[0]);
	expect(decision).toMatchObject({rule: 'max_session_seconds', terminate: true});
	expect(decision.reason).toMatch(/; the migration holds its locks and is idle in transaction\.$/);
	await migration.query('COMMIT');
	await pending;
});

test('CREATE INDEX CONCURRENTLY that waits for an old snapshot is no reason, however long', async () => {
	const [old, index] = await Promise.all([database.client(), database.client()]);
	await old.query('CREATE TABLE parts (id int)');
	await old.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
	const backend = await backendOf(index);
	const pending = index.query('CREATE INDEX CONCURRENTLY parts_id ON parts (id)');
	await waiting(old, [pidOf(index)]);
	const {decisions, readings} = await watch(() => backend, {maxBlockedSessions: 0, maxBlockedSeconds: 0, maxSessionSeconds: 0, samples: 1});
	await eventually('five looks', () => readings.length >= 5);
	expect(decisions).toEqual([]);
	expect(readings[0]!.reading.migration!.waits).toMatchObject({mode: 'ShareLock', blockers: [{pid: pidOf(old)}]});
	await old.query('COMMIT');
	await pending;
});

test('nothing is asked while there is no migration, and a sample brings what the quick look does not read', async () => {
	const client = await database.client();
	const backend = await backendOf(client);
	let migration: Backend | null = null;
	const {guard, decisions, readings} = await watch(() => migration, {minFreeConnectionsPercent: 100, samples: 1});
	const sampler = startSampler({connect: async () => openMonitorSession(database.url), intervalMs: null, migrationBackend: () => migration, onSample: sample => guard.feed(sample), onFailure: () => undefined});
	await sampler.once();
	expect(readings).toEqual([]);
	migration = backend;
	await eventually('three looks', () => readings.length >= 3);
	expect(decisions).toEqual([]);
	await sampler.once();
	expect(decisions).toMatchObject([{rule: 'min_free_connections_percent'}]);
	await sampler.stop();
});

test('the loss of its connection is told, and it looks again', async () => {
	const [client, admin] = await Promise.all([database.client(), database.client()]);
	const backend = await backendOf(client);
	const {guard, readings, failures} = await watch(() => backend, {maxBlockedSessions: 1});
	await eventually('a look', () => readings.length > 0);
	await admin.query('SELECT pg_terminate_backend($1)', [guard.current()!.pid]);
	await eventually('a failure', () => failures.length > 0);
	const before = readings.length;
	await eventually('another look', () => readings.length > before);
});

test('a network that is cut without a word is told within about a second, with the time of the first look that had no answer', async () => {
	const wire = await openWire(Number(new URL(database.url).port));
	const url = new URL(database.url);
	url.port = String(wire.port);
	const throughWire = async () => connect(parseConninfo(url.href, {}, '/nowhere'), guardSessionOptions);
	const backend = await backendOf(await database.client());
	const {readings, failures, since, recovered} = await watch(() => backend, {maxBlockedSessions: 1}, {session: await throughWire(), connect: throughWire});
	await eventually('a look', () => readings.length > 0);
	const cut = Date.now();
	wire.freeze();
	await eventually('it is told', () => failures.length > 0);
	expect(Date.now() - cut).toBeLessThan(2000);
	expect(failures).toEqual(['The database has not answered yet.']);
	expect(Math.abs(Date.parse(since[0]!) - cut)).toBeLessThan(1000);
	wire.thaw();
	await eventually('it looks again', () => recovered() === 1);
	expect(new Set(since).size).toBe(1);
	await wire.close();
});
