/** One primary and one streaming standby for each test worker, started when first asked for and kept for the worker's next files. */
import {rm} from 'node:fs/promises';
import path from 'node:path';
import {inject} from 'vitest';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {openCluster, startCluster} from '../../source/postgres/cluster.ts';
import type {Cluster} from '../../source/postgres/cluster.ts';
import {findPrograms} from '../../source/postgres/programs.ts';

export interface Servers {
	primary: Cluster;
	standby: Cluster;
}

const cache = path.resolve(import.meta.dirname, '../../.cache');

let primary: Promise<Cluster> | undefined;
let standby: Promise<Cluster> | undefined;

/** The primary and its standby, named `standby1` in pg_stat_replication. Other tests use them too: one that stops or reconfigures a server starts its own with startCluster. */
export async function servers(): Promise<Servers> {
	const first = await primaryServer();
	standby ??= openOrStart('standby', async directory => startCluster({directory, purpose: 'standby1', standbyOf: first, durable: false, owner: inject('testRun').owner}));
	return {primary: first, standby: await standby};
}

/** The primary alone, where no standby is needed. */
export async function primaryServer(): Promise<Cluster> {
	primary ??= openOrStart('primary', async directory => {
		const bin = process.env['PG_BIN'];
		const programs = await findPrograms({...bin === undefined ? {} : {directory: bin}, needs: ['postgres', 'initdb', 'pg_basebackup', 'pg_dump', 'pg_restore', 'psql']});
		const from = await readCachedDataDirectory({programs, user: await findServerUser(), cache});
		return startCluster({directory, purpose: 'primary', from, programs, durable: false, owner: inject('testRun').owner});
	});
	return primary;
}

/** A worker process runs one file; the next one of the same slot finds the servers that the last one started. */
async function openOrStart(name: string, start: (directory: string) => Promise<Cluster>): Promise<Cluster> {
	const directory = path.join(inject('testRun').folder, `worker${process.env['VITEST_POOL_ID'] ?? '0'}-${name}`);
	const running = await openCluster(directory);
	if (running !== null) {
		return running;
	}
	await rm(directory, {recursive: true, force: true});
	return start(directory);
}
