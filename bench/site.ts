/** Where the bench measures: the packed program, a private server with its load, a project on it. */
import {mkdir, readdir, symlink, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {execa} from 'execa';
import pg from 'pg';
import {makeClusterParent} from '../source/postgres/cluster-place.ts';
import {readProcessIdentity, removeOwnedFolder} from '../source/postgres/cluster-owner.ts';
import {startCluster, type Cluster} from '../source/postgres/cluster.ts';
import {pythonPath, revisionFile, writeAlembicProject, type AlembicProject} from '../test/servers/alembic-files.ts';

const root = path.resolve(import.meta.dirname, '..');

export interface Site {
	folder: string;
	cluster: Cluster;
	/** argv of the packed program. */
	holdpoint: readonly string[];
	environment: Record<string, string | undefined>;
	/** Not part of what is measured. */
	admin: pg.Client;
	/** A project of its own, with its own database and state folder. */
	project(name: string, revisions?: Record<string, string>): Promise<Project>;
	remove(): Promise<void>;
}

export interface Project extends AlembicProject {
	url: string;
	stateDir: string;
}

export async function openSite(say: (text: string) => void): Promise<Site> {
	const folder = await makeClusterParent('holdpoint-bench-', {owner: readProcessIdentity()!});
	say('packing the program');
	const installed = path.join(folder, 'installed');
	await mkdir(installed);
	await execa('npm', ['pack', '--silent', '--pack-destination', installed], {cwd: root});
	await execa('tar', ['xzf', (await readdir(installed)).find(file => file.endsWith('.tgz'))!], {cwd: installed});
	await symlink(path.join(root, 'node_modules'), path.join(installed, 'package/node_modules'));
	say('starting a private server');
	const cluster = await startCluster({
		directory: path.join(folder, 'server'), purpose: 'bench',
		settings: {max_connections: 1000, shared_buffers: '256MB', shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all', 'pg_stat_statements.track_planning': 'on', autovacuum: 'off', max_wal_size: '4GB'},
	});
	const admin = await cluster.connect('postgres');
	await admin.query('CREATE EXTENSION pg_stat_statements');
	return {
		folder, cluster, admin, holdpoint: [process.execPath, path.join(installed, 'package/bin/holdpoint.mjs')],
		environment: {HOLDPOINT_BY: 'bench', NODE_ENV: undefined, TSX_TSCONFIG_PATH: undefined, NODE_COMPILE_CACHE: path.join(folder, 'compile')},
		async project(name, revisions = {'a1.py': revisionFile({revision: 'a1', doc: 'Begin with nothing', upgrade: []})}) {
			await admin.query(`CREATE DATABASE ${name}`);
			const directory = path.join(folder, name);
			await mkdir(directory);
			const url = cluster.url(name);
			const project = await writeAlembicProject(directory, {url, revisions});
			const stateDir = path.join(folder, `${name}-state`);
			await writeFile(path.join(directory, 'holdpoint.yaml'), `alembic: {python: ${pythonPath}}\nstate_dir: ${stateDir}\nenvironment: development\n`);
			return {...project, url, stateDir};
		},
		async remove() {
			await admin.end();
			await cluster.remove();
			await removeOwnedFolder(folder);
		},
	};
}

/** Runs the packed program to its end. */
export async function runHoldpoint(site: Site, project: Project, words: string[]): Promise<{exit: number; stdout: string; seconds: number}> {
	const started = performance.now();
	const {exitCode, stdout, stderr} = await execa(site.holdpoint[0]!, [...site.holdpoint.slice(1), ...words], {cwd: project.directory, env: site.environment, reject: false, stdin: 'ignore', maxBuffer: 200_000_000});
	if (exitCode === undefined || exitCode === 2) throw new Error(`holdpoint ${words.join(' ')} ended with ${exitCode}: ${stderr}`);
	return {exit: exitCode, stdout, seconds: (performance.now() - started) / 1000};
}

export interface Load {
	sessions: number;
	end(): Promise<void>;
}

/** So many sessions of which a fifth are at work, as far as the server's views can tell. */
export async function openLoad(cluster: Cluster, database: string, sessions: number, {spreadMs = 0} = {}): Promise<Load> {
	const clients: pg.Client[] = [];
	for (let first = 0; first < sessions; first += 50) {
		clients.push(...await Promise.all(Array.from({length: Math.min(50, sessions - first)}, async (_, index) => {
			const client = new pg.Client({connectionString: cluster.url(database), application_name: `load ${first + index}`});
			client.on('error', () => {});
			await client.connect();
			return client;
		})));
	}
	const atWork = clients.slice(0, Math.floor(sessions / 5));
	for (const client of atWork) {
		client.query('SELECT pg_sleep(3600) /* a query of the application with some length, as they are in life */').catch(() => {});
		await wait(spreadMs / atWork.length);
	}
	return {
		sessions,
		async end() {
			const busy = await cluster.connect('postgres');
			await busy.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE \'load %\'');
			await busy.end();
			await Promise.all(clients.map(client => client.end().catch(() => {})));
		},
	};
}
