/** The sampler through restarts of its server, past a network that is cut and a server that answers slowly, and with a query of a megabyte: on a server of its own. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {startSampler} from '../../source/monitor/sampler.ts';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser, makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {querySessionText} from '../../source/postgres/explain.ts';
import {eventually, serverCache, testPrograms} from '../servers.ts';
import {openMonitorSession} from './sessions.ts';
import {openWire} from './wire.ts';

/** Bytes of a query that a server can be made to show. */
const longest = (version: number): number => version >= 13 ? 1_048_576 : 102_400;

let folder: string;
let cluster: Cluster;

beforeAll(async () => {
	const programs = await testPrograms();
	const from = await readCachedDataDirectory({programs, user: await findServerUser(), cache: serverCache()});
	folder = await makeClusterParent('holdpoint-loss-');
	cluster = await startCluster({directory: path.join(folder, 'server'), purpose: 'loss', from, programs, durable: false, settings: {track_activity_query_size: longest(programs.version), max_connections: 20}});
});

afterAll(async () => {
	await cluster?.remove();
	await rm(folder, {recursive: true, force: true});
});

/** A sampler and all that it says. */
function watch(url: string, intervalMs: number | null) {
	const samples: Sample[] = [];
	const failures: {error: string; since: string}[] = [];
	const sampler = startSampler({connect: async () => openMonitorSession(url), intervalMs, migrationBackend: () => null, onSample: sample => void samples.push(sample), onFailure: (error, since) => void failures.push({error, since})});
	return {sampler, samples, failures};
}

test.each(['fast', 'immediate'] as const)('a restart (%s) is failures with one beginning, then samples again, their rates unknown at first', async mode => {
	const {sampler, samples, failures} = watch(cluster.url('postgres'), 50);
	await eventually('samples with rates', () => samples.at(-1)?.rates.walBytes !== null && samples.length > 1);
	await cluster.stop(mode);
	await eventually('two failures', () => failures.length >= 2);
	const before = samples.length;
	await cluster.start();
	await eventually('samples again', () => samples.length > before + 1);
	await sampler.stop();
	expect(new Set(failures.map(({since}) => since)).size).toBe(1);
	expect(new Set(Object.values(samples[before]!.rates))).toEqual(new Set([null]));
	expect(samples[before]!.server.uptimeSeconds!).toBeLessThan(samples[before - 1]!.server.uptimeSeconds! + 60);
});

test('a network that is cut, without a word: given up after some seconds, told since when, and taken up again', async () => {
	const wire = await openWire(cluster.port);
	const {sampler, samples, failures} = watch(cluster.url('postgres').replace(`:${cluster.port}`, `:${wire.port}`), 50);
	await eventually('samples', () => samples.length > 1);
	wire.freeze();
	await eventually('a failure', () => failures.length > 0);
	expect(failures[0]!.error).toMatch(/did not answer within 4000 ms; the connection was given up/);
	expect(Date.parse(failures[0]!.since)).toBeGreaterThan(Date.parse(samples.at(-1)!.at));
	const before = samples.length;
	wire.thaw();
	await eventually('samples again', () => samples.length > before);
	await sampler.stop();
	await wire.close();
});

test('answers that take longer than the interval are told in the sample, and never asked for twice at a time', async () => {
	let [asked, most] = [0, 0];
	const samples: Sample[] = [];
	const sampler = startSampler({
		async connect() {
			const session = await openMonitorSession(cluster.url('postgres'));
			return {...session, async multi(...given) {
				most = Math.max(most, ++asked);
				await session.query('SELECT pg_sleep(0.1)');
				return session.multi(...given).finally(() => asked--);
			}};
		},
		intervalMs: 10, migrationBackend: () => null, onSample: sample => void samples.push(sample), onFailure: () => undefined,
	});
	await eventually('three samples', () => samples.length >= 3);
	await sampler.stop();
	expect(most).toBe(1);
	expect(Math.min(...samples.map(({tookMs}) => tookMs))).toBeGreaterThanOrEqual(100);
});

test('a query of a megabyte costs a sample no more than any other, and can be read in full', async () => {
	const client = await cluster.connect();
	const text = `SELECT pg_sleep(30) /* ${'wide 漢字 \u001B[2J '.repeat(longest(cluster.programs.version) / 20)} */`;
	const running = client.query(text).catch(() => undefined);
	const {sampler} = watch(cluster.url('postgres'), null);
	const sample = await eventually('it is at work', async () => {
		const next = await sampler.once();
		return next.active.some(({query}) => query?.includes('wide')) ? next : null;
	});
	const session = sample.active.find(({query}) => query?.includes('wide'))!;
	expect(session.query).toHaveLength(400);
	expect(JSON.stringify(sample).length).toBeLessThan(5000);
	const own = await openMonitorSession(cluster.url('postgres'));
	const {query, complete} = await querySessionText(own, {pid: session.pid, backendStart: session.backendStart!});
	expect({complete, whole: query === text}).toEqual({complete: true, whole: true});
	await own.query('SELECT pg_cancel_backend($1)', [session.pid]);
	await running;
	await Promise.all([sampler.stop(), own.close(), client.end()]);
});
