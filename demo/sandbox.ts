/** The sandbox: a primary and a streaming standby, the sample shop's Alembic project, its application and its traffic, all in one folder that goes away again. */
import {existsSync, writeFileSync} from 'node:fs';
import {mkdir, readdir} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {readFolderRecord, readLife, readProcessIdentity, removeOrphans, removeOwnedFolder, removeOwnedFolderNow, writeFolderRecord} from '../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../source/postgres/cluster-place.ts';
import {startCluster} from '../source/postgres/cluster.ts';
import type {Cluster} from '../source/postgres/cluster.ts';
import {findPrograms} from '../source/postgres/programs.ts';
import {startChild} from './child.ts';
import type {Child} from './child.ts';
import {atExit} from './leave.ts';
import {writeProject} from './project.ts';
import {killRooms, removeOrphanedRehearsals} from './rooms.ts';
import {readPreparedData} from './prepare.ts';
import type {ApplicationReady} from './application.ts';
import {tickets} from './history.ts';
import {startMonitoring} from './monitoring.ts';
import type {OfficeReady} from './office.ts';
import type {TrafficCount} from './traffic.ts';

const prefix = 'holdpoint-demo-';
const keptMark = 'kept';

export interface SandboxOptions {
	/** Where the sandbox's folder is made; default the temporary folder, also when the servers' user can't reach this one. */
	directory?: string;
	/** `close` then leaves project and servers; they go with `cleanSandboxes`. */
	keep?: boolean;
	/** Orders in the large table; default 1,200,000. */
	rows?: number;
	/** One line at a time of what is being done. */
	onProgress?: (line: string) => void;
	/** Folder for what later starts use again; default `.cache` of the checkout. */
	cache?: string;
	/** The project's Python; default that of scripts/setup.mjs. */
	python?: string;
}

export interface Sandbox {
	/** The sandbox's folder. */
	directory: string;
	/** The copied Alembic project, the user's to edit, with a holdpoint.yaml. */
	project: string;
	/** The project's Python. */
	python: string;
	/** `postgresql://shop:…@127.0.0.1:port/shop`, what alembic.ini holds (there with SQLAlchemy's driver). */
	url: string;
	primary: Cluster;
	/** In pg_stat_replication: `replica1`. */
	standby: Cluster;
	application: {healthUrl: string; pid: number};
	/** Base URL of the team's channel (`/channel`) and the tracker (`/tickets/ID`). */
	office: {url: string; pid: number};
	/** Prometheus, and Alertmanager with it, of the machine; null where it has none. */
	monitoring: {prometheus: string; alertmanager: string | null; /** Of both, and of what ends them with itself. */ pids: number[]} | null;
	traffic: {pid: number; /** What the last second's traffic did; null before the first report. */ last(): TrafficCount | null};
	/** Ends the children and the servers and removes the folder; a second call does nothing. */
	close(): Promise<void>;
}

/**
 * Opens a sandbox: at most a minute the first time, then from a cached copy of the loaded database.
 * The caller closes it. If the process exits first, or gets a signal that nobody else handles, it is removed on the way out;
 * after a SIGKILL the children end by themselves, and the next start or cleanSandboxes removes the rest.
 * @throws Refusal (2) when PostgreSQL's programs or the Python environment are missing
 */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const {onProgress = () => undefined, rows = 1_200_000, keep = false} = options;
	const checkout = path.resolve(import.meta.dirname, '..');
	const cache = options.cache ?? path.join(checkout, '.cache');
	const python = options.python ?? path.join(cache, 'python/bin/python');
	const programs = await findPrograms({needs: ['postgres', 'initdb', 'pg_basebackup', 'pg_dump', 'pg_restore', 'psql']});
	await removeDeadSandboxes(options.directory);
	const from = await readPreparedData({programs, python, cache, rows, onProgress});
	const directory = await makeClusterParent(prefix, {...options.directory === undefined ? {} : {parent: path.resolve(options.directory)}});
	const forget = atExit(() => removeOwnedFolderNow(directory));
	const children: Child[] = [];
	try {
		const statements = statementsLibrary.some(file => existsSync(path.resolve(programs.directory, file)));
		onProgress('starting the primary');
		const primary = await startCluster({directory: path.join(directory, 'primary'), purpose: 'shop', from, programs, settings: {...serverSettings, ...(statements && {shared_preload_libraries: 'pg_stat_statements'})}});
		const project = path.join(directory, 'shop');
		const {url, applicationUrl} = await setPasswords(primary);
		if (statements) await watchStatements(primary);
		onProgress('copying it to a standby that streams');
		const standby = await startCluster({directory: path.join(directory, 'standby'), purpose: 'replica1', standbyOf: primary, programs});
		onProgress('starting the shop\'s application, its customers and its office');
		const logs = path.join(directory, 'logs');
		await mkdir(logs, {mode: 0o700});
		const log = path.join(logs, 'application.log');
		const start = async <Ready>(file: string, settings: unknown, words = path.join(logs, `${file}.log`)): Promise<Child<Ready>> => {
			const child = await startChild<Ready>({file: `${file}.ts`, settings, log: words});
			children.push(child);
			return child;
		};
		const [application, office] = await Promise.all([start<ApplicationReady>('application', {url: applicationUrl}, log), start<OfficeReady>('office', {tickets})]);
		const [shop, officeUrl] = [application, office].map(({first: {port}}) => `http://127.0.0.1:${port}`) as [string, string];
		const [traffic, monitoring] = await Promise.all([
			start<TrafficCount>('traffic', {url: applicationUrl, rows, shop}),
			startMonitoring({shop, folder: path.join(directory, 'monitoring'), log: path.join(logs, 'prometheus.log'), environment: process.env}),
		]);
		if (monitoring !== null) children.push(monitoring.child);
		onProgress(monitoring === null ? 'this machine has no Prometheus: the database\'s own statistics and the application\'s log serve instead' : `the machine's own Prometheus${monitoring.alertmanager === null ? '' : ' and Alertmanager'} watches the shop`);
		const {history} = await writeProject({project, url, python, shop, office: officeUrl, prometheus: monitoring?.prometheus ?? null, alertmanager: monitoring?.alertmanager ?? null, log, rows, backups: path.join(directory, 'backups')});
		if (!history) onProgress('this machine has no git: who wrote the migrations, and that they were reviewed, is for persons');
		onProgress(`the sandbox is open in ${directory}`);
		const sandbox = sandboxOf({
			directory, project, python, url, primary, standby, keep, children, traffic,
			application: {healthUrl: `${shop}/health`, pid: application.pid},
			office: {url: officeUrl, pid: office.pid},
			monitoring: monitoring && {prometheus: monitoring.prometheus, alertmanager: monitoring.alertmanager, pids: [monitoring.child.pid, ...monitoring.pids]},
		});
		forget();
		return sandbox;
	} catch (error) {
		await Promise.all(children.map(async child => child.end()));
		await removeOwnedFolder(directory);
		forget();
		throw error;
	}
}

/**
 * Removes the sandboxes that nobody uses: those of dead processes, and those that were kept. One that is open in a living process stays.
 * @param directory where they were opened; default the temporary folder
 * @returns the folders that were removed
 */
export async function cleanSandboxes({directory}: {directory?: string} = {}): Promise<string[]> {
	const removed: string[] = [];
	for (const parent of directory === undefined ? temporaryFolders : [path.resolve(directory)]) {
		for (const entry of await readdir(parent).catch(() => [])) {
			const folder = path.join(parent, entry);
			if (entry.startsWith(prefix) && existsSync(path.join(folder, keptMark)) && readFolderRecord(folder) !== null) {
				killRooms(folder);
				await removeOwnedFolder(folder);
				removed.push(folder);
			}
		}
	}
	return [...removed, ...await removeDeadSandboxes(directory)];
}

async function removeDeadSandboxes(directory: string | undefined): Promise<string[]> {
	const removed: string[] = [];
	for (const parent of directory === undefined ? temporaryFolders : [path.resolve(directory), ...temporaryFolders]) {
		for (const entry of await readdir(parent).catch(() => [])) {
			const owner = entry.startsWith(prefix) ? readFolderRecord(path.join(parent, entry))?.owner : undefined;
			if (owner !== undefined && readLife(owner) === 'dead') killRooms(path.join(parent, entry));
		}
		removed.push(...await removeOrphans(parent, prefix));
	}
	await removeOrphanedRehearsals();
	return removed;
}

const temporaryFolders = [...new Set([os.tmpdir(), '/tmp'])];

/** Where PostgreSQL's packages put the library, seen from its programs. */
const statementsLibrary = ['../lib/pg_stat_statements.so', '../lib/postgresql/pg_stat_statements.so', '../lib/postgresql/pg_stat_statements.dylib'];

const serverSettings = {
	// Replicas, a dump in parallel, eight customers and a full control room.
	max_connections: 80,
	max_wal_size: '1GB',
	track_io_timing: 'on',
	wal_sender_timeout: '10s',
};

/** Passwords are new for each sandbox; only the roles are in the cached copy. */
async function setPasswords(primary: Cluster): Promise<{url: string; applicationUrl: string}> {
	const {password} = primary.superuser;
	const client = await primary.connect();
	try {
		for (const role of ['shop', 'shop_app']) {
			await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
		}
	} finally {
		await client.end();
	}
	return {url: primary.url('shop', {name: 'shop', password}), applicationUrl: primary.url('shop', {name: 'shop_app', password})};
}

/** In a schema of its own, as a DBA would have it: how long statements take is then known from before. */
async function watchStatements(primary: Cluster): Promise<void> {
	const client = await primary.connect('shop');
	try {
		await client.query('CREATE SCHEMA IF NOT EXISTS monitoring; CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA monitoring; GRANT USAGE ON SCHEMA monitoring TO shop');
	} finally {
		await client.end();
	}
}

function sandboxOf({children, traffic, keep, ...rest}: Omit<Sandbox, 'traffic' | 'close'> & {children: readonly Child[]; traffic: Child<TrafficCount>; keep: boolean}): Sandbox {
	const {directory, primary} = rest;
	let closing: Promise<void> | null = null;
	const close = async () => {
		await Promise.all(children.map(async child => child.end()));
		if (!(keep && markKept(directory, primary))) {
			await removeOwnedFolder(directory);
		}
		forget();
	};
	const closeNow = () => {
		for (const child of children) child.kill();
		if (!(keep && markKept(directory, primary))) {
			removeOwnedFolderNow(directory);
		}
	};
	const forget = atExit(closeNow);
	return {
		...rest,
		traffic: {pid: traffic.pid, last: () => traffic.last()},
		close: async () => {
			closing ??= close();
			return closing;
		},
	};
}

/** A kept sandbox belongs to its own primary: when that is gone, say after a reboot, the rest is swept like any other. */
function markKept(directory: string, primary: Cluster): boolean {
	const owner = primary.pid === null ? null : readProcessIdentity(primary.pid);
	if (owner === null || readLife(owner) !== 'alive') {
		return false;
	}
	writeFolderRecord(directory, {owner});
	writeFileSync(path.join(directory, keptMark), '');
	return true;
}
