/** Private PostgreSQL clusters of our own: for the rehearsal, the sandbox and the tests. */
import {randomBytes} from 'node:crypto';
import {chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import pg from 'pg';
import {Refusal} from '../journal/refusal.ts';
import {readClusterRecord, readProcessIdentity, readServerPid, removeOwnedFolder, removeOwnedFolderNow, shortSocketPrefix, stopServerOf, writeFolderRecord} from './cluster-owner.ts';
import type {ClusterRecord, ProcessIdentity} from './cluster-owner.ts';
import {copyDataDirectory, copyFromPrimary, makeDataDirectory} from './cluster-data.ts';
import {findServerUser, giveTo} from './cluster-place.ts';
import {runPostmaster} from './cluster-postmaster.ts';
import {findPrograms} from './programs.ts';
import type {Programs} from './programs.ts';

export interface ClusterOptions {
	/** The cluster's own folder, absolute; made here, must not hold anything yet, and must be reachable for the server's user (see makeClusterParent). */
	directory: string;
	/** Such as `rehearsal`: the server's cluster_name, by which a primary knows its standby. */
	purpose: string;
	/** Server settings besides those that every private cluster gets. */
	settings?: Readonly<Record<string, string | number>>;
	/** A data directory of a server that was shut down cleanly, to copy instead of initdb. */
	from?: string;
	/** Become a streaming standby of that cluster. */
	standbyOf?: Cluster;
	/** False: no fsync; a crash of the machine may lose all, which is right for tests. Default true. */
	durable?: boolean;
	programs?: Programs;
	/** Whose death makes the cluster an orphan; default: this process. */
	owner?: ProcessIdentity;
}

export interface Role {
	name: string;
	password: string;
}

export interface Cluster {
	readonly directory: string;
	readonly data: string;
	readonly purpose: string;
	readonly port: number;
	/** Mode 0700; connections over it are trusted, those over TCP need the password. */
	readonly socketDirectory: string;
	readonly superuser: Role;
	/** The postmaster's pid; null when stopped. */
	readonly pid: number | null;
	readonly settings: Readonly<Record<string, string | number>>;
	readonly programs: Programs;
	/** `postgresql://role:password@127.0.0.1:port/database`, by default as the superuser. */
	url(database: string, role?: Role): string;
	/** A connection over the private socket, as the superuser; the caller ends it. */
	connect(database?: string): Promise<pg.Client>;
	stop(mode?: 'smart' | 'fast' | 'immediate'): Promise<void>;
	/** Starts it again after `stop`, on the same port. */
	start(): Promise<void>;
	/** Stops it at once and removes its folders. */
	remove(): Promise<void>;
	/** The same without a promise, for a handler of `exit`; takes some 50 ms, at most 5 s. */
	removeNow(): void;
}

/**
 * Makes and starts a cluster on a free port of 127.0.0.1, its socket folder private; as root under an unprivileged user.
 * Resolves when it answers, and a standby when it streams. The caller removes it, on every path; what a killed caller leaves, removeOrphans finds.
 * @throws Refusal (2) when it can't be made or does not start, with the last lines of its log; nothing is left then
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const programs = options.programs ?? await findPrograms({needs: options.standbyOf === undefined ? ['postgres', 'initdb'] : ['postgres', 'pg_basebackup']});
	const user = await findServerUser();
	await mkdir(options.directory, {recursive: true, mode: 0o700});
	const directory = await realpath(options.directory);
	await giveTo(directory, user);
	const record: ClusterRecord = {
		owner: options.owner ?? readProcessIdentity()!,
		purpose: options.purpose,
		port: 0,
		socketDirectory: await makeSocketDirectory(directory),
		password: options.standbyOf?.superuser.password ?? randomBytes(18).toString('base64url'),
		settings: {
			...options.standbyOf?.settings,
			...options.durable === false ? {fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off'} : {},
			...options.settings,
		},
	};
	writeFolderRecord(directory, record);
	const cluster = clusterOf(directory, record, programs);
	try {
		await giveTo(record.socketDirectory, user);
		if (options.standbyOf !== undefined) {
			await copyFromPrimary({programs, user, primary: options.standbyOf, data: cluster.data});
		} else if (options.from !== undefined) {
			await copyDataDirectory({from: options.from, to: cluster.data, user});
		} else {
			await makeDataDirectory({programs, user, data: cluster.data});
		}
		await startOnFreePort(cluster, record);
		if (options.standbyOf === undefined) {
			await setPassword(cluster);
		} else {
			await waitUntilStreaming(options.standbyOf, options.purpose);
		}
		return cluster;
	} catch (error) {
		await cluster.remove();
		throw error;
	}
}

/** A cluster that another process of ours started, by its folder; null when there is none or its server does not run. */
export async function openCluster(directory: string, programs?: Programs): Promise<Cluster | null> {
	const record = readClusterRecord(directory);
	if (record === null || readServerPid(directory) === null) {
		return null;
	}
	return clusterOf(await realpath(directory), record, programs ?? await findPrograms());
}

function clusterOf(directory: string, record: ClusterRecord, programs: Programs): Cluster {
	const signals = {smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT'} as const;
	const superuser = {name: 'postgres', password: record.password};
	const data = path.join(directory, 'data');
	return {
		directory,
		data,
		purpose: record.purpose,
		get port() {
			return record.port;
		},
		socketDirectory: record.socketDirectory,
		superuser,
		get pid() {
			return readServerPid(directory);
		},
		settings: record.settings,
		programs,
		url: (database, role = superuser) => `postgresql://${encodeURIComponent(role.name)}:${encodeURIComponent(role.password)}@127.0.0.1:${record.port}/${encodeURIComponent(database)}`,
		async connect(database = 'postgres') {
			const client = new pg.Client({host: record.socketDirectory, port: record.port, user: superuser.name, database, connectionTimeoutMillis: 10_000});
			// A server that is stopped under a connection must not end the process; the next query fails with the reason.
			client.on('error', () => undefined);
			await client.connect();
			return client;
		},
		stop: async (mode = 'fast') => stopServerOf(directory, signals[mode]),
		start: async () => runPostmaster({programs, directory, user: await findServerUser()}),
		remove: async () => removeOwnedFolder(directory),
		removeNow: () => removeOwnedFolderNow(directory),
	};
}

/** A socket's path is cut off at 107 bytes, silently in some places: long folders get a short one below the temporary folder. */
async function makeSocketDirectory(directory: string): Promise<string> {
	const inside = path.join(directory, 'socket');
	if (Buffer.byteLength(inside) + '/.s.PGSQL.65535.lock'.length <= 100) {
		await mkdir(inside, {mode: 0o700});
		return inside;
	}
	const short = await mkdtemp(shortSocketPrefix);
	await chmod(short, 0o700);
	return short;
}

/** Between finding a free port and the server's taking it another process may have been faster: then once more. */
async function startOnFreePort(cluster: Cluster, record: ClusterRecord): Promise<void> {
	for (let attempt = 1; ; attempt++) {
		record.port = await findFreePort();
		writeFolderRecord(cluster.directory, record);
		await writeConfiguration(cluster);
		try {
			await cluster.start();
			return;
		} catch (error) {
			const log = await readFile(path.join(cluster.directory, 'log'), 'utf8').catch(() => '');
			if (attempt === 5 || !/could not bind|Address already in use/i.test(log)) {
				throw error;
			}
			await rm(path.join(cluster.directory, 'log'), {force: true});
		}
	}
}

/** Free at this moment; another process may be faster. */
export async function findFreePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const {port} = server.address() as {port: number};
			server.close(() => resolve(port));
		});
	});
}

/** Our settings in a file of their own, included last, so that a copy of another cluster's data directory takes its own in turn. */
async function writeConfiguration(cluster: Cluster): Promise<void> {
	const own = {
		listen_addresses: '127.0.0.1',
		port: cluster.port,
		unix_socket_directories: cluster.socketDirectory,
		unix_socket_permissions: '0700',
		cluster_name: cluster.purpose,
		// Above what the sandbox's traffic, a parallel dump and eight testers open together.
		max_connections: 60,
		shared_buffers: '64MB',
		max_wal_size: '512MB',
		logging_collector: 'off',
		...cluster.settings,
	};
	const lines = Object.entries(own).map(([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'`);
	await writeFile(path.join(cluster.data, 'holdpoint.conf'), `${lines.join('\n')}\n`, {mode: 0o644});
	const main = path.join(cluster.data, 'postgresql.conf');
	const text = await readFile(main, 'utf8');
	if (!text.includes("include 'holdpoint.conf'")) {
		await writeFile(main, `${text}\ninclude 'holdpoint.conf'\n`);
	}
}

async function setPassword(cluster: Cluster): Promise<void> {
	const client = await cluster.connect();
	try {
		await client.query(`ALTER ROLE ${client.escapeIdentifier(cluster.superuser.name)} PASSWORD ${client.escapeLiteral(cluster.superuser.password)}`);
	} finally {
		await client.end();
	}
}

async function waitUntilStreaming(primary: Cluster, name: string): Promise<void> {
	const client = await primary.connect();
	try {
		const deadline = Date.now() + 60_000;
		while (Date.now() < deadline) {
			const {rowCount} = await client.query("SELECT 1 FROM pg_stat_replication WHERE application_name = $1 AND state = 'streaming'", [name]);
			if (rowCount !== 0) {
				return;
			}
			await wait(25);
		}
	} finally {
		await client.end();
	}
	throw new Refusal(2, `The standby "${name}" did not begin to stream within 60 s.`);
}
