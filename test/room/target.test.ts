/** Never the wrong database: what env.py reaches and what holdpoint watches must be one live database. */
import path from 'node:path';
import {afterEach, expect, inject, test} from 'vitest';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {freshDatabase, serverCache, servers} from '../servers.ts';
import {openSite, type Site} from './site.ts';

const open: {close(): Promise<void>}[] = [];
afterEach(async () => {
	for (const each of open.splice(0).reverse()) await each.close();
});

async function siteOf(...[options]: Parameters<typeof openSite>): Promise<Site> {
	const site = await openSite(options);
	open.push(site);
	return site;
}

/** A server with the same system identifier, as a copy of its files has. */
async function physicalClone(): Promise<Cluster> {
	const {primary} = await servers();
	const from = await readCachedDataDirectory({programs: primary.programs, user: await findServerUser(), cache: serverCache()});
	const clone = await startCluster({directory: path.join(inject('testRun').folder, `clone-${process.pid}`), purpose: 'clone', from, programs: primary.programs, durable: false});
	open.push({close: () => clone.remove()});
	return clone;
}

const a1 = {'a1.py': `revision = 'a1'\ndown_revision = None\nfrom alembic import op\ndef upgrade():\n    op.execute('CREATE TABLE made ()')\ndef downgrade():\n    pass\n`};

test('another database, a physical clone, a standby: reading is allowed, everything else refused, with both and where each came from', async () => {
	const site = await siteOf({revisions: a1});
	const other = await freshDatabase();
	open.push({close: () => other.drop()});
	const clone = await physicalClone();
	const own = await clone.connect();
	await own.query(`CREATE DATABASE "${site.database.name}"`);
	await own.end();
	const {standby} = await servers();
	const cases = [
		['another database', other.url],
		['a physical clone', clone.url(site.database.name)],
		['a standby', standby.url('postgres')],
	] as const;
	for (const [name, url] of cases) {
		const {client, leave} = await site.enter({}, {flags: {database: url}});
		const words = {exit: 3, message: expect.stringMatching(/^env\.py connects to database .*, which is not the live database that holdpoint watches: .*\(from --database\)\. Only reading is allowed/)};
		// What was found out once is not asked again: one is enough for the others.
		for (const command of url === other.url ? ['upgrade', 'backup', 'check'] : ['upgrade']) await expect(client.ask(command, {}), `${name}: ${command}`).rejects.toMatchObject(words);
		expect(await client.ask('status'), name).toMatchObject({run: null});
		await leave();
	}
	const client = await site.database.client();
	expect((await client.query("SELECT to_regclass('made') AS made")).rows).toEqual([{made: null}]);
	// Only the proof tells the clone from the original.
	expect(await systemIdentifier(clone)).toEqual(await systemIdentifier(site.database.server));
});

async function systemIdentifier(cluster: Cluster): Promise<unknown> {
	const client = await cluster.connect();
	const {rows} = await client.query('SELECT system_identifier FROM pg_control_system()');
	await client.end();
	return rows[0];
}
