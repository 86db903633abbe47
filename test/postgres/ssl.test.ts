import {copyFile, chown, mkdtemp, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {removeOwnedFolder} from '../../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import type {ConnectError} from '../../source/postgres/connect-error.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {connect} from '../../source/postgres/session.ts';

let folder: string;
let parent: string;
let cluster: Cluster;

/** A server whose certificate is for `localhost`, and its authority. */
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-ssl-'));
	const openssl = async (...argv: string[]) => execa('openssl', argv, {cwd: folder});
	await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=ours', '-keyout', 'root.key', '-out', 'root.crt');
	await openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', 'server.key', '-out', 'server.csr');
	await openssl('x509', '-req', '-in', 'server.csr', '-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-days', '2', '-out', 'server.crt');
	parent = await makeClusterParent('holdpoint-ssl-server-');
	cluster = await startCluster({directory: path.join(parent, 'cluster'), purpose: 'ssl', durable: false});
	const {uid, gid} = await stat(cluster.data);
	for (const name of ['server.key', 'server.crt']) {
		await copyFile(path.join(folder, name), path.join(cluster.data, name));
		await chown(path.join(cluster.data, name), uid, gid);
	}
	const client = await cluster.connect();
	await client.query('ALTER SYSTEM SET ssl = on');
	await client.query('SELECT pg_reload_conf()');
	await client.end();
	await cluster.stop();
	await cluster.start();
});
afterAll(async () => {
	await cluster?.remove();
	await removeOwnedFolder(parent);
	await rm(folder, {recursive: true, force: true});
});

async function encrypted(options: string, host = 'localhost'): Promise<string> {
	const url = `host=${host} hostaddr=127.0.0.1 port=${cluster.port} user=postgres password=${cluster.superuser.password} dbname=postgres ${options}`.replaceAll('ROOT', path.join(folder, 'root.crt'));
	return connect(parseConninfo(url, {}, folder), {application: 'holdpoint-test'}).then(async session => {
		const [row] = await session.query<{ssl: boolean}>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
		await session.close();
		return row!.ssl ? 'encrypted' : 'plain';
	}, (error: ConnectError) => `${error.kind}: ${error.message}`);
}

test.each([
	['sslmode=disable', 'localhost', /^plain$/],
	['sslmode=allow', 'localhost', /^plain$/],
	['', 'localhost', /^encrypted$/],
	['sslmode=require', 'elsewhere', /^encrypted$/],
	['sslmode=require sslrootcert=ROOT', 'elsewhere', /^encrypted$/],
	['sslmode=verify-full sslrootcert=ROOT', 'localhost', /^encrypted$/],
	['sslmode=verify-full sslrootcert=ROOT', 'elsewhere', /^ssl: No SSL connection to elsewhere:/],
	['sslmode=verify-full sslrootcert=system', 'localhost', /^ssl: No SSL connection/],
	['sslmode=verify-ca sslrootcert=/nowhere', 'localhost', /^ssl: The file \/nowhere of sslrootcert can't be read/],
	['channel_binding=require', 'localhost', /^encrypted$/],
	['channel_binding=require sslmode=disable', 'localhost', /^ssl: .*did not offer the channel binding/],
])('%s to %s', async (options, host, expected) => {
	expect(await encrypted(options, host)).toMatch(expected);
});

test('pg_dump is told the same', async () => {
	const conninfo = parseConninfo(`host=localhost port=${cluster.port} user=postgres password=${cluster.superuser.password} dbname=postgres sslmode=verify-full sslrootcert=${path.join(folder, 'root.crt')}`, {}, folder);
	const {backup} = await runDump({conninfo, directory: path.join(folder, 'backups'), format: 'custom'});
	expect(backup.verified).toEqual({list: true, read: true});
});
