/** A streaming standby for a version of which there are only server programs: both begin with the same data directory, as pg_basebackup would have made it. */
import {mkdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {copyDataDirectory, readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {writeFolderRecord, type ProcessIdentity} from '../../source/postgres/cluster-owner.ts';
import {findServerUser, giveTo} from '../../source/postgres/cluster-place.ts';
import {runPostmaster} from '../../source/postgres/cluster-postmaster.ts';
import {findFreePort, openCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {eventually} from '../servers/eventually.ts';

/** Resolves when it streams and has what the primary had. The primary has been started from the data directory that `cache` keeps, and still has all its WAL. */
export async function startStandbyOfVersion({directory, primary, cache, owner}: {directory: string; primary: Cluster; cache: string; owner: ProcessIdentity}): Promise<Cluster> {
	const {programs} = primary;
	const user = await findServerUser();
	const [data, socketDirectory] = [path.join(directory, 'data'), path.join(directory, 's')];
	await mkdir(socketDirectory, {recursive: true, mode: 0o700});
	for (const folder of [directory, socketDirectory]) await giveTo(folder, user);
	await copyDataDirectory({from: await readCachedDataDirectory({programs, user, cache}), to: data, user});
	const port = await findFreePort();
	const settings = {
		// Some, such as max_prepared_transactions, must not be lower than the primary's.
		...primary.settings, listen_addresses: '127.0.0.1', port, unix_socket_directories: socketDirectory, cluster_name: 'standby1', shared_buffers: '64MB', fsync: 'off',
		primary_conninfo: `host=${primary.socketDirectory} port=${primary.port} user=postgres application_name=standby1`, wal_retrieve_retry_interval: '100ms', hot_standby_feedback: 'off',
	};
	await writeFile(path.join(data, 'postgresql.conf'), Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`).join(''), {flag: 'a'});
	await writeFile(path.join(data, 'standby.signal'), '');
	await giveTo(path.join(data, 'standby.signal'), user);
	writeFolderRecord(directory, {owner, purpose: 'standby1', port, socketDirectory, password: primary.superuser.password, settings: {}});
	await runPostmaster({programs, directory, user});
	const standby = (await openCluster(directory, programs))!;
	const client = await primary.connect();
	// It begins with all that was ever written there, and streams before it has replayed that.
	const {rows: [now]} = await client.query('SELECT pg_current_wal_lsn() AS lsn');
	await eventually('the standby to have caught up', async () => (await client.query("SELECT FROM pg_stat_replication WHERE application_name = 'standby1' AND state = 'streaming' AND replay_lsn >= $1", [now.lsn])).rowCount, 120_000);
	await client.end();
	return standby;
}
