/** Private clusters: they start, stream, ask for passwords, and leave nothing, however their starter ended. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdirSync, readdirSync, statSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {readProcessIdentity, readLife, readServerPid, removeOrphans, removeOwnedFolder} from '../../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {startCluster} from '../../source/postgres/cluster.ts';
import {alembicProject, freshDatabase, runAlembic, servers} from '../servers.ts';

let parent: string;

beforeEach(async () => {
	parent = await makeClusterParent('holdpoint-cluster-');
});

afterEach(async () => removeOwnedFolder(parent));

test('a standby streams from its primary and only reads', async () => {
	const {primary, standby} = await servers();
	const client = await primary.connect();
	const {rows} = await client.query('SELECT application_name, state FROM pg_stat_replication');
	await client.end();
	expect(rows).toEqual([{application_name: 'standby1', state: 'streaming'}]);
	const reader = await standby.connect();
	expect((await reader.query('SELECT pg_is_in_recovery() AS standby')).rows).toEqual([{standby: true}]);
	await reader.end();
});

test('a wrong password is refused over TCP, the right one is let in', async () => {
	const database = await freshDatabase();
	await expect(database.client({name: 'postgres', password: 'wrong'})).rejects.toThrow('password authentication failed');
	expect((await (await database.client()).query('SELECT current_database() AS name')).rows).toEqual([{name: database.name}]);
	await database.drop();
});

test.each(['generic', 'async', 'pyproject'] as const)('a project with the %s env.py upgrades', async env => {
	const database = await freshDatabase();
	const project = await alembicProject({url: database.url, env});
	const {exitCode, all} = await runAlembic(project, 'upgrade', 'head');
	expect(exitCode, all).toBe(0);
	expect((await (await database.client()).query('SELECT version_num FROM alembic_version')).rows).toEqual([{version_num: 'a1'}]);
	await project.remove();
	await database.drop();
});

test('from nothing: initdb, stop, start on the same port, remove', async () => {
	const cluster = await startCluster({directory: path.join(parent, 'one'), purpose: 'test', settings: {work_mem: '5MB'}});
	const port = cluster.port;
	await cluster.stop();
	expect(cluster.pid).toBeNull();
	await cluster.start();
	const client = await cluster.connect();
	expect((await client.query('SELECT current_setting($1) AS port, current_setting($2) AS mem, current_setting($3) AS fsync', ['port', 'work_mem', 'fsync'])).rows)
		.toEqual([{port: String(port), mem: '5MB', fsync: 'on'}]);
	await client.end();
	expect(statSync(cluster.socketDirectory).mode & 0o777).toBe(0o700);
	await cluster.remove();
	expect(existsSync(cluster.directory)).toBe(false);
});

test('a folder too long for a socket gets a short one beside it, removed with it', async () => {
	const deep = path.join(parent, 'a'.repeat(90));
	const cluster = await startCluster({directory: deep, purpose: 'long', durable: false});
	const socket = path.join(cluster.socketDirectory, `.s.PGSQL.${cluster.port}`);
	expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(100);
	await (await cluster.connect()).end();
	await cluster.remove();
	expect(existsSync(cluster.socketDirectory)).toBe(false);
});

test('removeNow ends server and folder from an exit handler', async () => {
	const cluster = await startCluster({directory: path.join(parent, 'now'), purpose: 'now', durable: false});
	const pid = cluster.pid!;
	const {startedAt} = readProcessIdentity(pid)!;
	cluster.removeNow();
	expect(existsSync(cluster.directory)).toBe(false);
	await expect.poll(() => readProcessIdentity(pid)?.startedAt === startedAt).toBe(false);
});

test('a bad setting is told in one sentence and nothing is left', async () => {
	const directory = path.join(parent, 'bad');
	await expect(startCluster({directory, purpose: 'bad', settings: {shared_buffers: 'many'}})).rejects.toThrow(/did not start.*shared_buffers/);
	expect(existsSync(directory)).toBe(false);
});

test('what a killed starter leaves is stopped and removed; what a living one has stays', async () => {
	const starter = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'});
	await once(starter, 'spawn');
	const owner = readProcessIdentity(starter.pid!)!;
	const lost = await startCluster({directory: path.join(parent, 'lost'), purpose: 'lost', durable: false, owner});
	const kept = await startCluster({directory: path.join(parent, 'kept'), purpose: 'kept', durable: false});
	expect(await removeOrphans(parent)).toEqual([]);
	starter.kill('SIGKILL');
	await once(starter, 'exit');
	expect(readLife(owner)).toBe('dead');
	expect(await removeOrphans(parent)).toEqual([lost.directory]);
	expect(readServerPid(lost.directory)).toBeNull();
	expect(readdirSync(parent).sort()).toEqual(['kept', 'owner.json']);
	await (await kept.connect()).end();
});

test.runIf(process.getuid?.() === 0)('as root, a folder that the server user can not reach is not taken', async () => {
	const closed = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-closed-'));
	mkdirSync(path.join(closed, 'inner'));
	const folder = await makeClusterParent('holdpoint-open-', {parent: path.join(closed, 'inner')});
	expect(folder.startsWith(closed)).toBe(false);
	await removeOwnedFolder(folder);
	await rm(closed, {recursive: true});
});

test('each cluster has a password of its own', async () => {
	const cluster = await startCluster({directory: path.join(parent, 'own'), purpose: 'own', durable: false});
	const {primary} = await servers();
	const stranger = new pg.Client({connectionString: cluster.url('postgres', primary.superuser)});
	await expect(stranger.connect()).rejects.toThrow('password authentication failed');
	await stranger.end().catch(() => undefined);
});
