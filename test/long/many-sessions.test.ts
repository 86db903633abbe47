/** A server with 900 sessions, most of them waiting for one lock: a sample stays quick and small, whoever asks. */
import pg from 'pg';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startSampler} from '../../source/monitor/sampler.ts';
import {removeOwnedFolder} from '../../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {openMonitorSession} from '../monitor/sessions.ts';
import {eventually} from '../servers.ts';

let folder: string;
let cluster: Cluster;
const clients: pg.Client[] = [];

beforeAll(async () => {
	folder = await makeClusterParent('holdpoint-many-');
	cluster = await startCluster({directory: `${folder}/server`, purpose: 'many', durable: false, settings: {max_connections: 950}});
});
afterAll(async () => {
	for (const client of clients) void client.end().catch(() => {});
	await removeOwnedFolder(folder);
});

test('900 sessions, 800 of them wanting the whole table: within a second and 250 kB', async () => {
	const holder = await cluster.connect();
	clients.push(holder);
	await holder.query('CREATE TABLE items (id int)');
	await holder.query('BEGIN; LOCK TABLE items IN ACCESS SHARE MODE');
	for (let batch = 0; batch < 18; batch++) clients.push(...await Promise.all(Array.from({length: 50}, async () => cluster.connect())));
	for (const client of clients.slice(1, 801)) void client.query('BEGIN; LOCK TABLE items').catch(() => {});
	await eventually('800 waiting', async () => (await holder.query('SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted')).rows[0].n >= 800, 60_000);
	const sampler = startSampler({connect: async () => openMonitorSession(cluster.url('postgres')), intervalMs: null, migrationBackend: () => null, onSample: () => {}, onFailure: () => {}});
	await sampler.once();
	const {tookMs, ...sample} = await sampler.once();
	await sampler.stop();
	expect(sample.connections).toMatchObject({total: 902, waiting: 800, active: expect.any(Number)});
	expect(sample.active).toHaveLength(200);
	expect(sample.locksWaiting).toHaveLength(200);
	expect(sample.blockers).toMatchObject([{total: 800}]);
	const bytes = JSON.stringify(sample).length;
	expect(tookMs).toBeLessThan(1000);
	expect(bytes).toBeLessThan(250_000);
}, 180_000);
