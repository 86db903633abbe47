/** A project at a1 with rows, a backup of its database, and a rehearsal of whatever revisions a test adds. */
import {existsSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type {AlembicProject as Opened} from '../../source/alembic/project.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';
import type {Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {rehearse, type RehearsalOptions} from '../../source/rehearsal/rehearse.ts';
import {projectIn} from '../alembic/migrating.ts';
import {countNow} from './quiet.ts';
import {alembicProject, freshDatabase, runAlembic, type AlembicProject, type FreshDatabase} from '../servers.ts';

export const settings: RehearsalOptions['settings'] = {
	rehearsal: {url: null, local: true, limitBytes: 1e9, tables: []},
	migration: {lockTimeoutMs: 5000, lockLadderMs: null, lockRetries: 0, statementTimeoutMs: 60_000, throttle: {lagSeconds: null, lagBytes: null}},
};
export const versionTable = {table: 'alembic_version', schema: null};

export interface Site {
	database: FreshDatabase;
	/** The role that owns the database and that env.py connects as. */
	owner: {name: string; password: string};
	project: AlembicProject;
	opened: Opened;
	backup: Backup;
	/** For further backups. */
	directory: string;
	/** Adds the revisions, rehearses from a1, and takes them away again. */
	play(revisions: Record<string, string>, to: string, more?: Partial<RehearsalOptions>): ReturnType<typeof rehearse>;
	/** The test's own server, by name. */
	named(): RehearsalOptions['place'];
	/** Folders of this site's private copies that are still there. @throws when there never was one */
	copiesLeft(): string[];
	/** Where the original is. */
	version(): Promise<string>;
	close(): Promise<void>;
}

/** A database at a1, owned by a role of its own, and a backup of it; env.py keeps pointing at the original. @param server default: the worker's own */
export async function openSite(name: string, server?: Cluster): Promise<Site> {
	const directory = await mkdtemp(path.join(os.tmpdir(), `holdpoint-test-${name}-`));
	const owner = {name: `${name}_${process.pid}`, password: 'm'};
	const database = await freshDatabase(server ? {server} : {});
	const admin = await database.client();
	await admin.query(`CREATE ROLE ${owner.name} LOGIN PASSWORD 'm'; ALTER DATABASE "${database.name}" OWNER TO ${owner.name}`);
	const project = await alembicProject({url: database.urlAs(owner)});
	const opened = {...projectIn(project.directory), environment: {PATH: process.env['PATH']!, HOME: directory}};
	const made = await runAlembic(project, 'upgrade', 'head');
	if (made.exitCode !== 0) throw new Error(made.all);
	await admin.query(`INSERT INTO items SELECT g, 'name ' || g FROM generate_series(1, 5000) g`);
	await countNow(admin);
	const {backup} = await runDump({conninfo: parseConninfo(database.url, {}, directory), directory: path.join(directory, 'backups'), format: 'directory', jobs: 2});
	const copies = new Set<string>();
	return {
		database, owner, project, opened, backup, directory,
		async play(revisions, to, more = {}) {
			const files = await Promise.all(Object.entries(revisions).map(async ([file, text]) => project.write(file, text)));
			const onProgress = (text: string, share?: number): void => {
				const [, folder] = / into (\/\S+)$/.exec(text) ?? [];
				if (folder !== undefined) copies.add(folder);
				more.onProgress?.(text, share);
			};
			try {
				return await rehearse({backup, project: opened, path: {from: ['a1'], to: [to]}, versionTable, place: {kind: 'local'}, settings, ...more, onProgress});
			} finally {
				await Promise.all(files.map(async file => rm(file)));
			}
		},
		named: () => ({kind: 'server', conninfo: parseConninfo(database.server.url('postgres'), {}, directory)}),
		copiesLeft() {
			if (copies.size === 0) throw new Error('no private copy was ever told of');
			return [...copies].filter(folder => existsSync(folder));
		},
		version: async () => (await admin.query<{version_num: string}>('SELECT version_num FROM alembic_version')).rows.map(row => row.version_num).join(),
		async close() {
			const {server} = database;
			await project.remove();
			await database.drop();
			const last = await server.connect();
			await last.query(`DROP ROLE ${owner.name}`);
			await last.end();
			await rm(directory, {recursive: true, force: true});
		},
	};
}
