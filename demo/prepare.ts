/** The sandbox's database, loaded once and kept as a data directory that later starts copy. */
import {createHash} from 'node:crypto';
import {mkdir, readFile, readdir, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {Refusal} from '../source/journal/refusal.ts';
import {holdsData, keepDataDirectory, readCachedDataDirectory} from '../source/postgres/cluster-data.ts';
import {removeOwnedFolder, removeOwnedFolderNow, removeOrphans} from '../source/postgres/cluster-owner.ts';
import {findServerUser, makeClusterParent} from '../source/postgres/cluster-place.ts';
import {startCluster} from '../source/postgres/cluster.ts';
import type {Cluster} from '../source/postgres/cluster.ts';
import type {Programs} from '../source/postgres/programs.ts';
import {atExit} from './leave.ts';

/** The last revision that the sandbox has applied; the four after it are pending. */
export const appliedRevision = '94a7c1e52f80';

const shop = path.join(import.meta.dirname, 'shop');
const prefix = 'holdpoint-prepare-';
const seed = path.join(import.meta.dirname, 'seed.sql');

interface Preparation {
	programs: Programs;
	python: string;
	cache: string;
	/** Orders in the large table. */
	rows: number;
	onProgress: (line: string) => void;
}

/**
 * The data directory of a server at rest with the shop's tables and rows in it, at `appliedRevision`.
 * @throws Refusal (2) when the Python environment is missing or a migration of the shop fails
 */
export async function readPreparedData({programs, python, cache, rows, onProgress}: Preparation): Promise<string> {
	const kept = path.join(cache, `sandbox-${rows}-${await hashSources(programs.version)}`);
	if (await holdsData(kept)) {
		return kept;
	}
	onProgress(`preparing the shop's database with ${rows.toLocaleString('en')} orders (once; later starts copy it)`);
	await mkdir(cache, {recursive: true});
	await removeOrphans(os.tmpdir(), prefix);
	const parent = await makeClusterParent(prefix);
	const forget = atExit(() => removeOwnedFolderNow(parent));
	try {
		const from = await readCachedDataDirectory({programs, user: await findServerUser(), cache});
		const cluster = await startCluster({directory: path.join(parent, 'primary'), purpose: 'prepare', from, programs, durable: false, settings: {max_wal_size: '192MB', autovacuum: 'off'}});
		await createDatabase(cluster);
		onProgress('running the shop\'s first twelve migrations');
		await runUpgrade({python, url: cluster.url('shop', {name: 'shop', password: cluster.superuser.password}).replace('postgresql://', 'postgresql+psycopg://')});
		onProgress('loading its rows');
		await loadRows(cluster, rows);
		await cluster.stop();
		await removeOutdated(cache, kept);
		await keepDataDirectory({data: cluster.data, kept});
		return kept;
	} finally {
		await removeOwnedFolder(parent);
		forget();
	}
}

/** Changes with whatever the prepared rows depend on; pending migrations and models do not count. */
async function hashSources(serverVersion: number): Promise<string> {
	const hash = createHash('sha256').update(`${serverVersion}`).update(await readFile(seed)).update(await readFile(import.meta.filename));
	const versions = path.join(shop, 'migrations/versions');
	for (const file of (await readdir(versions)).filter(name => name.endsWith('.py')).sort()) {
		hash.update(file).update(await readFile(path.join(versions, file)));
	}
	return hash.digest('hex').slice(0, 12);
}

/** Copies of other versions of the shop, and halves that a killed start left an hour ago or more; another start may be writing its own now. */
async function removeOutdated(cache: string, kept: string): Promise<void> {
	const label = path.basename(kept).replace(/[^-]+$/, '');
	for (const entry of (await readdir(cache)).filter(name => name.startsWith(label) && name !== path.basename(kept))) {
		const folder = path.join(cache, entry);
		const half = entry.includes('.');
		if (!half || Date.now() - (await stat(folder)).mtimeMs > 3_600_000) {
			await rm(folder, {recursive: true, force: true});
		}
	}
}

/** `shop` owns the tables, migrates and may watch and cancel; `shop_app` is what the application connects as. */
async function createDatabase(cluster: Cluster): Promise<void> {
	const client = await cluster.connect();
	try {
		await client.query(`CREATE ROLE shop LOGIN PASSWORD ${client.escapeLiteral(cluster.superuser.password)}`);
		await client.query('CREATE ROLE shop_app LOGIN');
		await client.query('GRANT pg_monitor, pg_signal_backend TO shop');
		await client.query('CREATE DATABASE shop OWNER shop');
	} finally {
		await client.end();
	}
	const inside = await cluster.connect('shop');
	try {
		await inside.query('ALTER SCHEMA public OWNER TO shop');
		await inside.query('ALTER DEFAULT PRIVILEGES FOR ROLE shop GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_app');
		await inside.query('ALTER DEFAULT PRIVILEGES FOR ROLE shop GRANT USAGE ON SEQUENCES TO shop_app');
	} finally {
		await inside.end();
	}
}

async function runUpgrade({python, url}: {python: string; url: string}): Promise<void> {
	const {exitCode, all} = await execa(python, ['-m', 'alembic', 'upgrade', appliedRevision], {cwd: shop, env: {DATABASE_URL: url, PYTHONDONTWRITEBYTECODE: '1'}, all: true, reject: false, stdin: 'ignore'});
	if (exitCode === undefined) {
		throw new Refusal(2, `The sandbox needs the Python environment of the checkout, and ${python} is not there: run "npm run setup".`);
	}
	if (exitCode !== 0) {
		throw new Refusal(2, `The sample shop's migrations do not run: ${all.trim().split('\n').at(-1)}`);
	}
}

async function loadRows(cluster: Cluster, rows: number): Promise<void> {
	const client = await cluster.connect('shop');
	try {
		await client.query((await readFile(seed, 'utf8')).replaceAll(/:rows\b/g, String(rows)));
		await client.query('VACUUM (ANALYZE, FREEZE)');
		await client.query('CHECKPOINT');
	} finally {
		await client.end();
	}
}
