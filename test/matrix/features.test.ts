/** What PostgreSQL has only from some version on, on each of them: there where it is, and unknown, or found in another way, where it is not. */
import path from 'node:path';
import type pg from 'pg';
import {afterAll, afterEach, beforeAll, expect, inject, test} from 'vitest';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {startSampler, type Sampler} from '../../source/monitor/sampler.ts';
import {forceArchive} from '../../source/postgres/archive.ts';
import {startCluster} from '../../source/postgres/cluster.ts';
import {queryFigures} from '../../source/postgres/figures.ts';
import {queryScanSpeed} from '../../source/postgres/scan-speed.ts';
import type {Session} from '../../source/postgres/session.ts';
import {queryVacuumProgress} from '../../source/postgres/vacuum-progress.ts';
import {backendOf, makeCrowd, openMonitorSession, pidOf} from '../monitor/sessions.ts';
import {eventually, freshDatabase, primaryServer, type FreshDatabase} from '../servers.ts';

let database: FreshDatabase;
let session: Session;
let sampler: Sampler;
let version: number;
const clients: pg.Client[] = [];

beforeAll(async () => {
	version = (await primaryServer()).programs.version;
	database = await freshDatabase({prefix: 'features'});
	session = await openMonitorSession(database.url);
	sampler = startSampler({connect: async () => openMonitorSession(database.url), intervalMs: null, migrationBackend: () => null, tables: () => ['large'], onSample: () => {}, onFailure: () => {}});
	const sql = await client();
	await sql.query(`CREATE TABLE large AS SELECT g AS id, repeat('x', 200) AS word FROM generate_series(1, 20000) g;
		CREATE FUNCTION slow(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN $1; END $$;
		CREATE TABLE few AS SELECT g AS id FROM generate_series(1, 200) g; CREATE INDEX few_id ON few (id)`);
});
afterEach(async () => {
	const sql = await client();
	await sql.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY ($1)', [clients.filter(each => each !== sql).map(pidOf)]);
	clients.length = 0;
});
afterAll(async () => {
	await sampler?.stop();
	await session?.close();
	await database?.drop();
});

async function client(): Promise<pg.Client> {
	const one = await database.client();
	clients.push(one);
	return one;
}

test('a wait for a lock: its beginning is known from 14 on; before, it counts from when it was first seen', async ({task}) => {
	if (version < 14) task.meta.absent = '`pg_locks.waitstart`: a wait counts from when it was first seen';
	const crowd = await makeCrowd(database, 1);
	const first = await sampler.once();
	const seconds = (sample: Sample) => sample.locksWaiting.find(({pid}) => pid === crowd.readers[0])!.seconds!;
	if (version < 14) expect(seconds(first)).toBeLessThan(0.01);
	else expect(seconds(first)).toBeGreaterThan(0);
	await eventually('half a second', async () => seconds(await sampler.once()) > 0.5);
	await crowd.release();
});

/** What is at work, in the sample. */
const seen = (command: string, fits: (row: Sample['progress'][number]) => boolean = () => true) => eventually(`the progress of ${command}`, async () => (await sampler.once()).progress.find(row => row.command === command && fits(row)));

test.each([
	['CREATE INDEX', 12, 'CREATE INDEX few_slow ON few (slow(id))', {relation: 'few', unit: 'blocks', phase: expect.stringMatching(/^building index/)}],
	['VACUUM', 12, 'SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1; VACUUM large', {relation: 'large', unit: 'blocks', phase: 'scanning heap'}],
	['VACUUM FULL', 12, 'DROP INDEX IF EXISTS few_slow; CREATE INDEX few_slow ON few (slow(id)); VACUUM FULL few', {relation: 'few', phase: expect.stringMatching(/heap|index/)}],
	['ANALYZE', 13, 'SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1; ANALYZE large', {relation: 'large', unit: 'blocks', phase: 'acquiring sample rows'}],
	['COPY FROM', 14, "COPY large FROM PROGRAM 'sleep 20'", {relation: 'large', phase: 'reading rows', unit: 'rows'}],
])('the progress of %s, from %i on', async (command, since, text, expected) => {
	const worker = await client();
	const parts = text.split('; ');
	for (const part of parts.slice(0, -1)) await worker.query(part);
	const working = worker.query(parts.at(-1)!).catch(() => {});
	if (version >= since) {
		const row = await seen(command, ({phase}) => phase !== 'initializing');
		expect(row).toMatchObject({pid: pidOf(worker), ...expected});
		if (command === 'VACUUM') expect((await queryVacuumProgress(session, pidOf(worker)))!.text).toMatch(/^scanning heap, [\d,]+ of \d{3} blocks$/);
		if (command === 'ANALYZE') expect((await queryVacuumProgress(session, pidOf(worker)))!.text).toMatch(/^ANALYZE, acquiring sample rows, [\d,]+ of \d{3} sampled blocks$/);
	} else {
		// It is at work, and told as an active session; how far it is the server does not say.
		await eventually(`${command} at work`, async () => (await sampler.once()).active.some(({pid, query}) => pid === pidOf(worker) && query?.startsWith(command.split(' ')[0]!)));
		expect((await sampler.once()).progress).toEqual([]);
		expect((await sampler.once()).hidden).toEqual([]);
	}
	await (await client()).query('SELECT pg_cancel_backend($1)', [pidOf(worker)]);
	await working;
});

test('the progress of a base backup, and of COPY, that a version does not tell', async ({task}) => {
	const absent = [...version < 14 ? ['`pg_stat_progress_copy`'] : [], ...version < 13 ? ['`pg_stat_progress_analyze`', '`pg_stat_progress_basebackup`'] : []];
	if (absent.length > 0) task.meta.absent = `${absent.join(', ')}: such a command is an active session without a measure of how far it is`;
	expect((await sampler.once()).progress).toEqual([]);
});

test('a slot says from 13 on whether its WAL is still there', async ({task}) => {
	if (version < 13) task.meta.absent = '`pg_replication_slots.wal_status` and `safe_wal_size`: only how much WAL a slot keeps';
	const sql = await client();
	await sql.query("SELECT pg_create_physical_replication_slot('features_slot', true)");
	const slot = (await sampler.once()).slots.find(({name}) => name === 'features_slot');
	await sql.query("SELECT pg_drop_replication_slot('features_slot')");
	expect(slot).toMatchObject({active: false, kind: 'physical', retainedBytes: expect.any(Number), walStatus: version < 13 ? null : 'reserved', safeBytes: null});
});

test('a slot whose WAL is gone is invalidated, with the server\'s reason', async () => {
	const {programs} = await primaryServer();
	const server = await startCluster({directory: path.join(inject('testRun').folder, `slots-${process.pid}`), purpose: 'slots', programs, durable: false, settings: {...version >= 13 && {max_slot_wal_keep_size: '1MB'}, max_wal_size: '64MB', min_wal_size: '32MB'}});
	const own = await openMonitorSession(server.url('postgres'));
	const reading = startSampler({connect: async () => openMonitorSession(server.url('postgres')), intervalMs: null, migrationBackend: () => null, onSample: () => {}, onFailure: () => {}});
	await own.query("SELECT pg_create_physical_replication_slot('gone', true)");
	for (let time = 0; time < 3; time++) await own.query('SELECT pg_switch_wal(), txid_current()');
	await own.query('CHECKPOINT');
	const {slots, rates} = await reading.once();
	expect(slots).toMatchObject([{name: 'gone', invalidated: version < 13 ? null : 'wal_removed', inactiveSeconds: version < 17 ? null : expect.any(Number)}]);
	expect(rates).toMatchObject({checkpointsRequested: null});
	await own.query('CHECKPOINT');
	await eventually('the checkpoint to be counted', async () => ((await reading.once()).rates.checkpointsRequested ?? 0) > 0);
	await reading.stop();
	await own.close();
	await server.remove();
});

test('time per transaction, and sessions that broke, from 14 on', async ({task}) => {
	if (version < 14) task.meta.absent = '`pg_stat_database.active_time` and `sessions_*`: the time of a transaction and broken sessions are unknown';
	await sampler.once();
	const busy = await client();
	const {rates} = await eventually('the counters', async () => {
		await busy.query('INSERT INTO few SELECT generate_series(1, 100)');
		const next = await sampler.once();
		return (next.rates.tuplesWritten ?? 0) > 0 ? next : null;
	});
	if (version < 14) expect(rates.transactionMs).toBe(null);
	else expect(rates.transactionMs).toEqual(expect.any(Number));
	expect((await queryFigures(session)).counters.brokenSessions).toEqual(version < 14 ? null : expect.any(Number));
});

test('a table that nobody has analyzed is unknown, and not empty', async () => {
	const sql = await client();
	await sql.query('CREATE TABLE never (id int)');
	const own = startSampler({connect: async () => openMonitorSession(database.url), intervalMs: null, migrationBackend: () => null, tables: () => ['never'], onSample: () => {}, onFailure: () => {}});
	expect((await own.once()).tables!.list).toMatchObject([{name: 'never', heapBytes: null}]);
	await own.stop();
});

test('the speed of the server is measured from 14 on', async ({task}) => {
	if (version < 14) task.meta.absent = 'scans of a range of pages: the speed of the server is not measured, and a scan has no estimate in seconds in the review';
	const speed = await queryScanSpeed(session, ['public.large'], 0);
	if (version < 14) expect(speed).toBe(null);
	else expect(speed).toMatchObject({table: 'public.large', bytesPerSecond: expect.any(Number)});
});

test('times of statements; that they were reset is told from 14 on', async ({task}) => {
	if (version < 14) task.meta.absent = '`pg_stat_statements_info`: that the times of statements were reset is not told';
	const {programs} = await primaryServer();
	const server = await startCluster({directory: path.join(inject('testRun').folder, `statements-${process.pid}`), purpose: 'statements', programs, durable: false, settings: {shared_preload_libraries: 'pg_stat_statements'}});
	const own = await openMonitorSession(server.url('postgres'));
	expect((await queryFigures(own)).statements).toMatchObject({rows: null, missing: expect.stringContaining('CREATE EXTENSION pg_stat_statements')});
	await own.query('CREATE EXTENSION pg_stat_statements');
	await own.query('CREATE TABLE people (id int)');
	for (let time = 0; time < 40; time++) await own.query('SELECT id FROM people WHERE id = $1', [time]);
	const {statements} = await queryFigures(own);
	expect(statements.rows!.find(({query}) => query.includes('people WHERE'))).toMatchObject({calls: 40, totalMs: expect.any(Number)});
	expect(statements.since).toEqual(version < 14 ? null : expect.any(String));
	await own.close();
	await server.remove();
});

test('without an archive there is no forced switch of the WAL', async () => {
	expect(await forceArchive(session)).toMatchObject({segment: null, why: 'archive_mode is off'});
});

test('a session\'s beginning is the same text in every version, and a signal goes by it', async () => {
	const one = await client();
	expect((await backendOf(one)).backendStart).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00$/);
});
