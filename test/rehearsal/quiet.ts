/** A server on which nothing happens by itself, and what can be seen of it when somebody writes. */
import path from 'node:path';
import {inject} from 'vitest';
import type pg from 'pg';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {type Cluster, startCluster} from '../../source/postgres/cluster.ts';
import {primaryServer} from '../servers.ts';

export async function quietServer(): Promise<Cluster> {
	const {programs} = await primaryServer();
	return startCluster({
		directory: path.join(inject('testRun').folder, `quiet-${process.pid}`), purpose: 'quiet', programs, durable: false, settings: {checkpoint_timeout: '1d', autovacuum: 'off', wal_level: 'replica'},
		from: await readCachedDataDirectory({programs, user: await findServerUser(), cache: path.resolve(import.meta.dirname, '../../.cache')}), owner: inject('testRun').owner,
	});
}

export interface Marks {
	/** Where the next WAL record goes. */
	lsn: string;
	/** Catalog → hash of its rows with their transaction ids. */
	catalogs: Record<string, string>;
	/** Table → rows inserted, updated, deleted since ever. */
	written: Record<string, string>;
}

export async function readMarks(client: pg.Client): Promise<Marks> {
	await countNow(client);
	const {rows: names} = await client.query<{name: string}>(`SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' ORDER BY 1`);
	const catalogs: Record<string, string> = {};
	for (const {name} of names) {
		const {rows} = await client.query<{hash: string}>(`SELECT md5(coalesce(string_agg(md5(c::text || c.xmin::text), '' ORDER BY c.ctid), '')) AS hash FROM pg_catalog.${name} c`);
		catalogs[name] = rows[0]!.hash;
	}
	const {rows} = await client.query<{name: string; counts: string}>(`SELECT schemaname || '.' || relname AS name, concat_ws(' ', n_tup_ins, n_tup_upd, n_tup_del) AS counts FROM pg_stat_all_tables ORDER BY 1`);
	const {rows: [at]} = await client.query<{lsn: string}>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
	return {lsn: at!.lsn, catalogs, written: Object.fromEntries(rows.map(row => [row.name, row.counts]))};
}

/** Has this session's own writes counted now: left to itself an idle one counts them up to 10 s late, and they would be taken for somebody's. */
export async function countNow(client: pg.Client): Promise<void> {
	const {rows: [server]} = await client.query<{number: number}>(`SELECT current_setting('server_version_num')::int AS number`);
	if (server!.number >= 150_000) await client.query('SELECT pg_stat_force_next_flush()');
}

/**
 * What was written to the WAL between two positions, `manager kind` each, without what the server does by itself with nobody there:
 * checkpoints, and the background writer's list of running transactions for standbys, every 15 s as long as anything is written.
 */
export async function recordsBetween(client: pg.Client, from: string, to: string): Promise<string[]> {
	if (from === to) return [];
	const {rows} = await client.query<{record: string}>(`SELECT resource_manager || ' ' || record_type AS record FROM pg_get_wal_records_info($1, $2)`, [from, to]);
	return rows.map(row => row.record).filter(record => !/^(?:Standby RUNNING_XACTS|XLOG CHECKPOINT_\w+|XLOG SWITCH)$/.test(record));
}
