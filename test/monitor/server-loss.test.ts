/** The sampler through a restart of its server, and past a server that answers no more: on a server of its own. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {startSampler} from '../../source/monitor/sampler.ts';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser, makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import type {Session} from '../../source/postgres/session.ts';
import {eventually, serverCache, testPrograms} from '../servers.ts';
import {openMonitorSession} from './sessions.ts';

let folder: string;
let cluster: Cluster;

beforeAll(async () => {
	const programs = await testPrograms();
	const from = await readCachedDataDirectory({programs, user: await findServerUser(), cache: serverCache()});
	folder = await makeClusterParent('holdpoint-loss-');
	cluster = await startCluster({directory: path.join(folder, 'server'), purpose: 'loss', from, programs, durable: false});
});

afterAll(async () => {
	await cluster?.remove();
	await rm(folder, {recursive: true, force: true});
});

test('a restart is failures with one beginning, then samples again, their rates unknown at first', async () => {
	const samples: Sample[] = [];
	const failures: string[] = [];
	const sampler = startSampler({connect: async () => openMonitorSession(cluster.url('postgres')), intervalMs: 50, migrationBackend: () => null, onSample: sample => void samples.push(sample), onFailure: (_, since) => void failures.push(since)});
	await eventually('samples with rates', () => samples.at(-1)?.rates.walBytes !== null && samples.length > 1);
	await cluster.stop('fast');
	await eventually('two failures', () => failures.length >= 2);
	const before = samples.length;
	await cluster.start();
	await eventually('samples again', () => samples.length > before + 1);
	await sampler.stop();
	expect(new Set(failures).size).toBe(1);
	expect(new Set(Object.values(samples[before]!.rates))).toEqual(new Set([null]));
	expect(samples[before]!.server.uptimeSeconds!).toBeLessThan(samples[before - 1]!.server.uptimeSeconds! + 60);
});

test('a backend that answers no more is given up after some seconds, and another one asked', async () => {
	const sessions: Session[] = [];
	const failures: string[] = [];
	const sampler = startSampler({
		async connect() {
			const session = await openMonitorSession(cluster.url('postgres'));
			sessions.push(session);
			return session;
		},
		intervalMs: null, migrationBackend: () => null, onSample: () => undefined, onFailure: error => void failures.push(error),
	});
	await sampler.once();
	const frozen = sessions[0]!.pid;
	process.kill(frozen, 'SIGSTOP');
	try {
		await expect(sampler.once()).rejects.toMatchObject({exit: 2});
		expect(failures[0]).toMatch(/did not answer/);
		expect((await sampler.once()).server.role).toBe('primary');
	} finally {
		process.kill(frozen, 'SIGCONT');
		await sampler.stop();
	}
});
