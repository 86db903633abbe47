/** One primary and one streaming standby for each test worker, started when first asked for and kept for the worker's next files. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {inject} from 'vitest';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {openCluster, startCluster} from '../../source/postgres/cluster.ts';
import type {Cluster} from '../../source/postgres/cluster.ts';
import {findPrograms, type ProgramName, type Programs} from '../../source/postgres/programs.ts';
import {startStandbyOfVersion} from '../matrix/standby.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** The version matrix: the folder with `postgres` and `initdb` of the version, and no client programs. */
		serverOfMatrix: string | undefined;
		/** Folders with client programs by major version, as far as they could be had. */
		clientsOfMatrix: Record<string, string> | undefined;
	}
}

export interface Servers {
	primary: Cluster;
	standby: Cluster;
}

/** Data directories of new servers; those of the matrix are another packager's. */
export const serverCache = (): string => path.resolve(import.meta.dirname, inject('serverOfMatrix') ? '../../.cache/servers' : '../../.cache');

let primary: Promise<Cluster> | undefined;
let standby: Promise<Cluster> | undefined;

/** The primary and its standby, named `standby1` in pg_stat_replication. Other tests use them too: one that stops or reconfigures a server starts its own with startCluster. */
export async function servers(): Promise<Servers> {
	const first = await primaryServer();
	standby ??= openOrStart('standby', async directory => inject('serverOfMatrix')
		? startStandbyOfVersion({directory, primary: first, cache: serverCache(), owner: inject('testRun').owner})
		: startCluster({directory, purpose: 'standby1', standbyOf: first, durable: false, owner: inject('testRun').owner}));
	return {primary: first, standby: await standby};
}

/** The primary alone, where no standby is needed. */
export async function primaryServer(): Promise<Cluster> {
	primary ??= openOrStart('primary', async directory => {
		const programs = await testPrograms();
		const from = await readCachedDataDirectory({programs, user: await findServerUser(), cache: serverCache()});
		// A standby of the matrix begins where the primary began, whenever it is first asked for; wal_keep_size was called otherwise before 13.
		const settings = {max_prepared_transactions: 2, ...(inject('serverOfMatrix') ? {[programs.version >= 13 ? 'wal_keep_size' : 'wal_keep_segments']: programs.version >= 13 ? '2GB' : 128} : {})};
		return startCluster({directory, purpose: 'primary', from, programs, settings, durable: false, owner: inject('testRun').owner});
	});
	return primary;
}

/** PostgreSQL's programs that the tests run on. */
export async function testPrograms(): Promise<Programs> {
	const ofMatrix = inject('serverOfMatrix');
	const needs: ProgramName[] = ['postgres', 'initdb', ...ofMatrix ? [] : ['pg_basebackup', 'pg_dump', 'pg_restore', 'psql'] as const];
	return findPrograms({...ofMatrix === undefined ? {} : {directory: ofMatrix}, needs});
}

/** A worker process runs one file; the next one of the same slot finds the servers that the last one started. */
async function openOrStart(name: string, start: (directory: string) => Promise<Cluster>): Promise<Cluster> {
	const directory = path.join(inject('testRun').folder, `worker${process.env['VITEST_POOL_ID'] ?? '0'}-${name}`);
	const running = await openCluster(directory, await testPrograms());
	if (running !== null) {
		return running;
	}
	await rm(directory, {recursive: true, force: true});
	return start(directory);
}
