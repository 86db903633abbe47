/** A role of the application's, without pg_monitor, on each version: it sees what it may, is told what it may not and by which GRANT it would; then sees all. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSampler} from '../../source/monitor/sampler.ts';
import {queryCatalog} from '../../source/postgres/catalog.ts';
import {queryFigures} from '../../source/postgres/figures.ts';
import {queryHindrances} from '../../source/postgres/hindrances.ts';
import {queryIdentity} from '../../source/postgres/identity.ts';
import {queryInvalidIndexes, queryVersionTable} from '../../source/postgres/readback.ts';
import {queryRestorePointRight} from '../../source/postgres/restore-point.ts';
import {queryRunningDumps} from '../../source/postgres/running-dumps.ts';
import type {Session} from '../../source/postgres/session.ts';
import {cancelBackend} from '../../source/postgres/signal.ts';
import {queryFacts} from '../../source/postgres/table-facts.ts';
import {queryTables} from '../../source/postgres/table-sizes.ts';
import type {Backend} from '../../source/monitor/connection.ts';
import {backendOf, makeCrowd, openMonitorSession, type Crowd} from '../monitor/sessions.ts';
import {freshDatabase, servers, type FreshDatabase} from '../servers.ts';

const role = {name: 'plain role', password: 'x'};
let database: FreshDatabase;
let crowd: Crowd;
let session: Session;

beforeAll(async () => {
	await servers();
	database = await freshDatabase({prefix: 'plain'});
	crowd = await makeCrowd(database, 2);
	const admin = await database.client();
	await admin.query(`CREATE ROLE "${role.name}" LOGIN PASSWORD 'x'`);
	session = await openMonitorSession(database.urlAs(role));
});
afterAll(async () => {
	await session?.close();
	const admin = await database.client();
	await admin.query(`DROP OWNED BY "${role.name}"; DROP ROLE "${role.name}"`);
	await database.drop();
});

const sample = async (migration: Backend | null = null) => {
	const sampler = startSampler({connect: async () => openMonitorSession(database.urlAs(role)), intervalMs: null, migrationBackend: () => migration, tables: () => ['orders'], onSample: () => {}, onFailure: () => {}});
	try {
		await sampler.once();
		return await sampler.once();
	} finally {
		await sampler.stop();
	}
};

test('it is told what is hidden, with the GRANT; what it does not know is null, what everyone may know is there', async () => {
	const seen = await sample();
	expect(seen.hidden).toEqual([
		'Sessions of other roles: their state, query and transaction times, the progress of their commands, and the counts by state, are hidden from "plain role": GRANT pg_monitor TO "plain role";',
		'How far the standbys are is hidden from "plain role": GRANT pg_monitor TO "plain role";',
		'The estimated bloat of orders needs SELECT: GRANT SELECT ON orders TO "plain role";',
	]);
	expect(seen.connections).toMatchObject({active: null, idle: null, idleInTransaction: null, waiting: 3, total: expect.any(Number)});
	expect(seen.blockers).toMatchObject([{pid: crowd.holder, total: 3}]);
	expect(seen.active.find(({pid}) => pid === crowd.holder)).toMatchObject({state: null, seconds: null, transactionSeconds: null, query: '<insufficient privilege>'});
	expect(seen.replication).toMatchObject([{lagBytes: null, lagSeconds: null, state: null}]);
	expect(seen.tables!.list).toMatchObject([{name: 'orders', bloat: null}]);
	expect(seen.wraparound!.xidAge).toBeGreaterThan(0);
	const hindrances = await queryHindrances(session, {relations: ['orders'], migrationRole: 'postgres', guardRole: role.name});
	expect(hindrances).toMatchObject({mayCancel: false, sight: {sees: false, role: '"plain role"'}, tables: [{table: 'orders', mayAlter: true, owner: 'postgres'}]});
	expect(hindrances.holders.find(({pid}) => pid === crowd.holder)).toMatchObject({table: 'orders', transactionSeconds: null});
	await crowd.release();
});

test('no other reading fails for it: each says what it does not know', async () => {
	expect(await queryIdentity(session)).toMatchObject({superuser: false, seesAll: false, role: role.name, systemIdentifier: expect.stringMatching(/^\d+$/)});
	const figures = await queryFigures(session);
	expect(figures.statements).toMatchObject({rows: null});
	expect(figures.serverLog).toMatchObject({unread: expect.stringContaining('GRANT EXECUTE on pg_current_logfile()')});
	expect(figures.connections.byState['not visible']).toBeGreaterThanOrEqual(4);
	expect((await queryCatalog(session)).get('table public.orders')).toMatch(/^table/);
	expect(await queryTables(session)).toMatchObject([{name: 'public.orders'}]);
	expect((await queryFacts(session, ['orders'])).tables).toMatchObject([{name: 'orders'}]);
	expect(await queryInvalidIndexes(session)).toEqual([]);
	expect(await queryVersionTable(session)).toBe(null);
	expect(await queryRunningDumps(session)).toEqual([]);
	expect(await queryRestorePointRight(session)).toBe(null);
});

test('pg_signal_backend alone is not enough: whom it would cancel is not seen, which is said before the start and when it is tried', async () => {
	const admin = await database.client();
	await admin.query(`CREATE ROLE "plain migration" LOGIN PASSWORD 'x'; GRANT pg_signal_backend TO "${role.name}"`);
	const migration = await database.client({name: 'plain migration', password: 'x'});
	const backend = await backendOf(migration);
	// The migration's session holds its lock: by that it is known, and pinned.
	await migration.query('SELECT pg_advisory_lock(1)');
	expect(await sample(backend)).toMatchObject({active: [{pid: backend.pid, migration: true, state: null}], behind: {sessions: 0}});
	const mayCancel = async () => (await queryHindrances(session, {relations: [], migrationRole: 'plain migration', guardRole: role.name})).mayCancel;
	expect(await mayCancel()).toBe(false);
	expect(await cancelBackend(session, backend)).toMatchObject({result: 'denied', reason: expect.stringMatching(/^This role may not see whether \d+ is still the backend that was meant.*GRANT pg_monitor/)});
	await admin.query(`GRANT pg_monitor TO "${role.name}"`);
	expect(await mayCancel()).toBe(true);
	expect(await cancelBackend(session, backend)).toMatchObject({result: 'accepted'});
	await migration.end();
	await admin.query(`REVOKE pg_monitor, pg_signal_backend FROM "${role.name}"; DROP ROLE "plain migration"`);
});

test('with what was named, all is seen', async () => {
	const admin = await database.client();
	await admin.query(`GRANT pg_monitor TO "${role.name}"`);
	await admin.query(`GRANT SELECT ON orders TO "${role.name}"`);
	const seen = await sample();
	expect(seen.hidden).toEqual([]);
	expect(seen.connections.idle).toBeGreaterThan(0);
	expect(seen.replication).toMatchObject([{state: 'streaming', lagBytes: expect.any(Number)}]);
});
