/** The sampler against a real server: the blocked crowd, the standby, progress, privileges, and losses of its connection. */
import {afterEach, beforeEach, expect, test} from 'vitest';
import {sampleSchema, type Sample} from '../../source/journal/shapes/sample.ts';
import type {Backend} from '../../source/monitor/connection.ts';
import {startSampler, type Sampler, type SamplerOptions} from '../../source/monitor/sampler.ts';
import type {Session} from '../../source/postgres/session.ts';
import {eventually, freshDatabase, primaryServer, servers, type FreshDatabase} from '../servers.ts';
import {backendOf, makeCrowd, openMonitorSession, pidOf} from './sessions.ts';

let database: FreshDatabase;
let samplers: Sampler[] = [];

beforeEach(async () => {
	database = await freshDatabase({prefix: 'monitor'});
});

afterEach(async () => {
	await Promise.all(samplers.map(async sampler => sampler.stop()));
	samplers = [];
	await database.drop();
});

/** A sampler that keeps what it says. */
function watch(options: Partial<SamplerOptions> = {}): {sampler: Sampler; samples: Sample[]; failures: {error: string; since: string}[]; sessions: Session[]} {
	const samples: Sample[] = [];
	const failures: {error: string; since: string}[] = [];
	const sessions: Session[] = [];
	const sampler = startSampler({
		async connect() {
			const session = await openMonitorSession(database.url);
			sessions.push(session);
			return session;
		},
		intervalMs: null,
		migrationBackend: () => null,
		onSample: sample => void samples.push(sample),
		onFailure: (error, since) => void failures.push({error, since}),
		...options,
	});
	samplers.push(sampler);
	return {sampler, samples, failures, sessions};
}

test('a sample shows who waits for whom, the migration pinned first, and is of the published shape', async () => {
	const crowd = await makeCrowd(database, 4);
	const {sampler} = watch({migrationBackend: () => ({pid: crowd.altering, backendStart: crowd.alteringStart})});
	const sample = await sampler.once();
	expect(sampleSchema.parse(JSON.parse(JSON.stringify(sample)))).toEqual(sample);

	const [first, ...others] = sample.active;
	expect(first).toMatchObject({pid: crowd.altering, migration: true, application: 'shop-migration', state: 'active', waitEvent: 'Lock:relation', blockedBy: [crowd.holder], backendStart: crowd.alteringStart});
	expect(others.find(session => session.pid === crowd.holder)).toMatchObject({application: 'reports', state: 'idle in transaction', blockedBy: [], migration: false});
	const blocker = sample.blockers.find(tree => tree.pid === crowd.holder)!;
	expect(blocker.total).toBe(5);
	expect(blocker.waiting).toMatchObject([{pid: crowd.altering, mode: 'AccessExclusiveLock', relation: 'orders'}]);
	expect(blocker.waiting[0]!.waiting.map(waiter => waiter.pid).sort()).toEqual(crowd.readers.toSorted());
	expect(sample.locksWaiting.find(wait => wait.pid === crowd.readers[0])).toMatchObject({relation: 'orders', mode: 'AccessShareLock', kind: 'relation', blockedBy: [crowd.altering]});
	expect(sample.behind).toMatchObject({sessions: 4, relations: ['orders']});
	expect(sample.behind!.sessionSeconds!).toBeGreaterThanOrEqual(sample.behind!.longestSeconds!);
	expect(sample.connections.waiting).toBe(5);
	expect(sample.connections.idleInTransaction).toBeGreaterThanOrEqual(1);
	expect(sample.hidden).toEqual([]);

	await crowd.release();
	const after = await sampler.once();
	expect(after.blockers).toEqual([]);
	expect(after.behind).toMatchObject({sessions: 0, longestSeconds: 0, sessionSeconds: 0});
});

test('a backend that has the pid but not the start is not the migration', async () => {
	const crowd = await makeCrowd(database, 1);
	const {sampler} = watch({migrationBackend: () => ({pid: crowd.altering, backendStart: '2001-01-01 00:00:00.000000+00'})});
	const sample = await sampler.once();
	expect(sample.active.some(session => session.migration)).toBe(false);
	expect(sample.behind).toBe(null);
	await crowd.release();
});

test('a blocker that is idle, and one of our own, are named all the same', async () => {
	const [idle, waiter, own, second] = await Promise.all([database.client(), database.client(), database.client(), database.client()]);
	await idle.query('SELECT pg_advisory_lock(1)');
	await own.query("SET application_name = 'holdpoint-backup'");
	await own.query('SELECT pg_advisory_lock(2)');
	const pending = [waiter.query('SELECT pg_advisory_lock(1)'), second.query('SELECT pg_advisory_lock(2)')];
	const {sampler} = watch();
	const sample = await eventually('two waiting', async () => {
		const next = await sampler.once();
		return next.locksWaiting.length === 2 ? next : null;
	});
	expect(sample.active.find(session => session.pid === pidOf(idle))).toMatchObject({state: 'idle'});
	expect(sample.active.find(session => session.pid === pidOf(own))).toMatchObject({application: 'holdpoint-backup'});
	await idle.query('SELECT pg_advisory_unlock_all()');
	await own.query('SELECT pg_advisory_unlock_all()');
	await Promise.all(pending);
});

test('a session of another database says which one', async () => {
	const [own, other] = [await database.client(), await (await primaryServer()).connect()];
	for (const client of [own, other]) await client.query('BEGIN; SELECT 1');
	const {active} = await watch().sampler.once();
	expect([own, other].map(client => active.find(({pid}) => pid === pidOf(client))!.database)).toEqual([undefined, 'postgres']);
	await other.end();
});

test('the workers of a parallel query are counted at the session that leads them', async () => {
	const client = await database.client();
	const {version} = (await primaryServer()).programs;
	if (version < 13) return;
	await client.query(`SET ${version < 16 ? 'force_parallel_mode' : 'debug_parallel_query'} = on`);
	const asleep = client.query('SELECT pg_sleep(20)').catch(() => {});
	const {sampler} = watch();
	const leader = await eventually('a worker', async () => (await sampler.once()).active.find(({query, workers}) => query?.includes('pg_sleep') && workers === 1));
	expect(leader!.pid).toEqual(pidOf(client));
	await (await database.client()).query('SELECT pg_cancel_backend($1)', [pidOf(client)]);
	await asleep;
});

test('who waits for a row is told by its table', async () => {
	const [one, two, third] = await Promise.all([database.client(), database.client(), database.client()]);
	await one.query('CREATE TABLE parts (id int PRIMARY KEY, n int)');
	await one.query('INSERT INTO parts VALUES (1, 0)');
	await one.query('BEGIN; UPDATE parts SET n = 1');
	const pending = [two.query('UPDATE parts SET n = 2'), third.query('UPDATE parts SET n = 3')];
	const {sampler} = watch();
	const sample = await eventually('both rows waiting', async () => {
		const next = await sampler.once();
		return next.locksWaiting.length === 2 ? next : null;
	});
	expect(sample.locksWaiting.map(wait => wait.relation)).toEqual(['parts', 'parts']);
	expect(sample.locksWaiting.map(wait => wait.kind).sort()).toEqual(['transactionid', 'tuple']);
	expect(sample.blockers).toMatchObject([{pid: pidOf(one), total: 2}]);
	await one.query('ROLLBACK');
	await Promise.all(pending);
});

test('progress of CREATE INDEX says its phase, its table and how far it is', async () => {
	const [client, blocker] = await Promise.all([database.client(), database.client()]);
	await client.query('CREATE TABLE large AS SELECT g AS id FROM generate_series(1, 1000) g');
	await blocker.query('BEGIN; INSERT INTO large VALUES (0)');
	const {sampler} = watch();
	const creating = client.query('CREATE INDEX CONCURRENTLY large_id ON large (id)');
	const sample = await eventually('the index waiting for a writer', async () => {
		const next = await sampler.once();
		return next.progress.some(row => row.phase.startsWith('waiting for writers')) ? next : null;
	});
	expect(sample.progress).toEqual([{pid: pidOf(client), command: 'CREATE INDEX CONCURRENTLY', phase: 'waiting for writers before build', relation: 'large', done: 0, total: 1, unit: 'lockers', waitsFor: pidOf(blocker), detail: 'large_id'}]);
	await blocker.query('COMMIT');
	await creating;
});

test('lag: bytes and seconds grow while the standby\'s replay is paused, and the standby says so itself', async () => {
	const {primary, standby} = await servers();
	const [writer, replay] = [await database.client(), await standby.connect()];
	await writer.query('CREATE TABLE noise (t text)');
	const {sampler} = watch();
	const onStandby = watch({connect: async () => openMonitorSession(standby.url('postgres'))});
	const caughtUp = await eventually('the standby caught up', async () => {
		const next = await sampler.once();
		return next.replication.find(row => row.name === standby.purpose)?.lagBytes === 0 ? next : null;
	});
	expect(caughtUp.server).toMatchObject({role: 'primary', timeline: 1, systemIdentifier: expect.stringMatching(/^\d{19}$/)});
	expect(caughtUp.replication.find(row => row.name === standby.purpose)).toMatchObject({state: 'streaming', lagBytes: 0, lagSeconds: 0});
	await replay.query('SELECT pg_wal_replay_pause()');
	try {
		await writer.query("INSERT INTO noise SELECT repeat('x', 1000) FROM generate_series(1, 3000)");
		const behind = await eventually('three megabytes and half a second behind', async () => {
			const row = (await sampler.once()).replication.find(each => each.name === standby.purpose);
			return row && (row.lagBytes ?? 0) > 3_000_000 && (row.lagSeconds ?? 0) > 0.5 ? row : null;
		});
		expect(behind).toMatchObject({state: 'streaming', sync: 'async'});
		const own = await eventually('the standby received it', async () => {
			const next = await onStandby.sampler.once();
			return (next.replication[0]?.lagBytes ?? 0) > 3_000_000 ? next : null;
		});
		expect(own.server).toMatchObject({role: 'standby', timeline: 1, systemIdentifier: caughtUp.server.systemIdentifier, version: (await sampler.once()).server.version});
		expect(own.replication[0]).toMatchObject({name: 'this standby', state: 'streaming, replay paused'});
		expect(own.hidden).toEqual([]);
	} finally {
		await replay.query('SELECT pg_wal_replay_resume()');
		await replay.end();
	}

	expect(primary.pid).not.toBe(null);
});

test('a role without pg_monitor still sees locks and connections, and is told what is hidden and what mends it', async () => {
	const admin = await database.client();
	await admin.query(`CREATE ROLE "plain-${database.name}" LOGIN PASSWORD 'x'`);
	const crowd = await makeCrowd(database, 2);
	try {
		const {sampler} = watch({connect: async () => openMonitorSession(database.urlAs({name: `plain-${database.name}`, password: 'x'}))});
		const sample = await sampler.once();
		expect(sample.hidden[0]).toMatch(`GRANT pg_monitor TO "plain-${database.name}";`);
		expect(sample.active).toMatchObject([{pid: crowd.holder, state: null, query: '<insufficient privilege>'}]);
		expect(sample.blockers).toMatchObject([{pid: crowd.holder, total: 3}]);
		expect(sample.connections).toMatchObject({active: null, idle: null, idleInTransaction: null, waiting: 3});
		expect(sample.connections.total).toBeGreaterThanOrEqual(5);
		await admin.query(`GRANT pg_monitor TO "plain-${database.name}"`);
		expect(await sampler.once()).toMatchObject({hidden: [], connections: {idleInTransaction: 1}});
	} finally {
		await crowd.release();
		await admin.query(`DROP ROLE "plain-${database.name}"`);
	}
});

test('a statement that the server refuses is left out and said, and all others go on', async () => {
	const admin = await database.client();
	const role = {name: `watcher-${database.name}`, password: 'x'};
	await admin.query(`CREATE ROLE "${role.name}" LOGIN PASSWORD 'x' IN ROLE pg_monitor; REVOKE EXECUTE ON FUNCTION pg_stat_get_wal_senders() FROM PUBLIC`);
	try {
		const {sampler, failures} = watch({connect: async () => openMonitorSession(database.urlAs(role))});
		for (const sample of [await sampler.once(), await sampler.once()]) {
			expect(sample.hidden).toEqual([`The server refuses to tell about replication: permission denied for function pg_stat_get_wal_senders. GRANT EXECUTE ON FUNCTION pg_stat_get_wal_senders TO "${role.name}";`]);
			expect(sample).toMatchObject({server: {role: 'primary'}, replication: [], refused: ['replication']});
		}

		// What it says mends it, without another connection.
		await admin.query(`GRANT EXECUTE ON FUNCTION pg_stat_get_wal_senders TO "${role.name}"`);
		await eventually('it is asked again', async () => (await sampler.once()).refused === undefined);
		expect(await sampler.once()).toMatchObject({hidden: [], replication: [{name: 'standby1'}]});
		expect(failures).toEqual([]);
	} finally {
		await admin.query(`GRANT EXECUTE ON FUNCTION pg_stat_get_wal_senders() TO PUBLIC; DROP OWNED BY "${role.name}"; DROP ROLE "${role.name}"`);
	}
});

test('the migration may come and change while the statements stay prepared', async () => {
	const [one, two] = await Promise.all([database.client(), database.client()]);
	const backends = [null, await backendOf(one), await backendOf(two), null];
	let migration: Backend | null = null;
	const {sampler} = watch({migrationBackend: () => migration});
	for (const backend of backends) {
		migration = backend;
		const sample = await sampler.once();
		expect(sample.active.filter(session => session.migration).map(session => session.pid)).toEqual(backend ? [backend.pid] : []);
		expect(sample.behind === null).toBe(backend === null);
	}
});

test('rates are per second between two polls, and null in the first', async () => {
	const client = await database.client();
	await client.query('CREATE TABLE counted (id int)');
	const {sampler} = watch();
	expect(Object.values((await sampler.once()).rates)).toEqual(Array(12).fill(null));
	await client.query('INSERT INTO counted SELECT generate_series(1, 10000)');
	// Backends report their counters once a second at most, WAL is told at once: each interval has some.
	const {rates} = await eventually('the counters to arrive', async () => {
		await client.query('INSERT INTO counted VALUES (0)');
		const next = await sampler.once();
		return (next.rates.tuplesWritten ?? 0) > 0 ? next : null;
	});
	expect(rates.commits!).toBeGreaterThan(0);
	expect(rates.walBytes!).toBeGreaterThan(0);
	// Told from version 14 on.
	if ((await primaryServer()).programs.version >= 14) expect(rates.transactionMs!).toBeGreaterThan(0);
	else expect(rates.transactionMs).toBe(null);
	expect(rates.cacheHit!).toBeGreaterThan(0.5);
	expect(rates).toMatchObject({tempBytes: 0, deadlocks: 0});
});

test('checkpoints are counted, those that somebody asked for apart, and how long they wrote', async () => {
	const client = await database.client();
	const {sampler} = watch();
	await sampler.once();
	await client.query('CREATE TABLE dirty AS SELECT generate_series(1, 10000); CHECKPOINT');
	const {rates} = await eventually('the checkpoint to be counted', async () => {
		const next = await sampler.once();
		return (next.rates.checkpointsRequested ?? 0) > 0 && next.rates.checkpointSeconds !== null ? next : null;
	});
	expect(rates.checkpointSeconds).toBeGreaterThanOrEqual(0);
	expect(rates.checkpointsTimed).toBe(0);
});

test('the tables of the plan are read from the catalogs while the migration holds them, and not in each poll', async () => {
	const admin = await database.client();
	const role = {name: `looker-${database.name}`, password: 'x'};
	await admin.query(`CREATE ROLE "${role.name}" LOGIN PASSWORD 'x' IN ROLE pg_monitor; CREATE TABLE "Sales" AS SELECT g AS id, repeat('x', 100) AS t FROM generate_series(1, 30000) g; CREATE INDEX ON "Sales" (id); DELETE FROM "Sales" WHERE id % 2 = 0; CREATE TABLE tiny (id int)`);
	await admin.query('VACUUM ANALYZE "Sales"');
	await admin.query('BEGIN; LOCK TABLE "Sales", tiny');
	try {
		// Before version 15 a collector of its own takes half a second to tell, of the VACUUM and of its ANALYZE one after the other.
		const {seen, sales} = await eventually('the vacuum in the statistics', async () => {
			const {sampler} = watch({tables: () => ['Sales', 'public.TINY', 'gone', "it's\\"]});
			const seen = await sampler.once();
			await sampler.stop();
			const sales = seen.tables!.list.find(({name}) => name === '"Sales"')!;
			return sales.vacuumedAt === null || sales.analyzedAt === null ? null : {seen, sales};
		});
		expect(sales).toMatchObject({liveRows: 15_000, deadRows: 0, vacuumedAt: expect.stringMatching(/^20/), analyzedAt: expect.stringMatching(/^20/)});
		expect(sales.heapBytes!).toBeGreaterThan(3_000_000);
		expect(sales.indexBytes!).toBeGreaterThan(300_000);
		expect(sales.bloat!).toBeCloseTo(0.5, 1);
		expect(seen.tables!.list.find(({name}) => name === 'tiny')).toMatchObject({heapBytes: null, bloat: null, vacuumedAt: null});
		expect(seen.tables!.list).toHaveLength(2);
		expect(seen.wraparound).toMatchObject({freezeAge: 200_000_000, xidAge: expect.any(Number)});
		expect(seen.prepared).toEqual([]);
		expect(sampleSchema.parse(JSON.parse(JSON.stringify(seen)))).toEqual(seen);

		const unread = watch({tables: () => ['Sales'], connect: async () => openMonitorSession(database.urlAs(role))}).sampler;
		const first = await unread.once();
		expect(first.hidden).toEqual([`The estimated bloat of "Sales" needs SELECT: GRANT SELECT ON "Sales" TO "${role.name}";`]);
		expect((await unread.once()).tables).toEqual(first.tables);
	} finally {
		await admin.query('ROLLBACK');
		await admin.query(`DROP ROLE "${role.name}"`);
	}
});

test('a standby that must be there and is not, is named', async () => {
	const {standby} = await servers();
	expect((await watch({standbys: [standby.purpose, 'replica9']}).sampler.once()).missingStandbys).toEqual(['replica9']);
	expect((await watch({standbys: [standby.purpose]}).sampler.once()).missingStandbys).toBeUndefined();
});

test('the loss of its connection is told, and the next poll has a new one', async () => {
	const {samples, failures, sessions} = watch({intervalMs: 50});
	await eventually('a first sample', () => samples.length > 0);
	const admin = await database.client();
	const before = samples.length;
	await admin.query('SELECT pg_terminate_backend($1)', [sessions[0]!.pid]);
	await eventually('a failure and a sample after it', () => failures.length > 0 && samples.length > before + 1 && sessions.length === 2);
	expect(failures[0]!.error).toMatch(/terminat|connection/i);
	expect(Date.parse(failures[0]!.since)).toBeLessThanOrEqual(Date.now());
	expect(sessions[1]!.pid).not.toBe(sessions[0]!.pid);
});

test('polls of several at once are one poll, and setInterval takes effect at once', async () => {
	const {sampler, samples} = watch();
	const [one, two] = await Promise.all([sampler.once(), sampler.once()]);
	expect(one).toBe(two);
	expect(samples.length).toBe(1);
	sampler.setInterval(10);
	await eventually('three more', () => samples.length >= 4);
	sampler.setInterval(null);
});

test('an unreachable server is a failure with one sentence, and once() refuses', async () => {
	const {sampler, failures} = watch({connect: async () => openMonitorSession('postgresql://nobody@127.0.0.1:1/none')});
	await expect(sampler.once()).rejects.toMatchObject({name: expect.stringMatching(/Refusal|ConnectError/), exit: 2});
	expect(failures).toHaveLength(1);
});
