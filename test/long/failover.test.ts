/** The primary dies under a run and its standby takes over behind the same address: the monitor reads on, and the room acts no more until somebody has looked. */
import {afterAll, expect, test} from 'vitest';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {removeOwnedFolder} from '../../source/postgres/cluster-owner.ts';
import {makeClusterParent} from '../../source/postgres/cluster-place.ts';
import {startCluster} from '../../source/postgres/cluster.ts';
import {openSite, revisionFile, until, type Site} from '../room/site.ts';
import {eventually} from '../servers.ts';

let folder: string;
let site: Site;
afterAll(async () => {
	await site?.close().catch(() => {});
	await removeOwnedFolder(folder);
});

test('failover', async () => {
	folder = await makeClusterParent('holdpoint-failover-');
	const primary = await startCluster({directory: `${folder}/a`, purpose: 'a', durable: false});
	const standby = await startCluster({directory: `${folder}/b`, purpose: 'b', durable: false, standbyOf: primary});
	site = await openSite({
		server: primary, sql: 'CREATE TABLE items (id int)',
		url: ({name}) => `postgresql://postgres:${primary.superuser.password}@/${name}?host=127.0.0.1:${primary.port}&host=127.0.0.1:${standby.port}&target_session_attrs=read-write`,
		revisions: {'a1.py': revisionFile({revision: 'a1', doc: 'note', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN note text')"], downgrade: ["op.execute('ALTER TABLE items DROP COLUMN note')"]})},
	});
	const room = await site.enter({}, {acts: true});
	expect(await room.client.ask('upgrade', {confirmed: true})).toMatchObject({status: 'done', to: ['a1']});
	const {target} = (await until(room, state => state.running === null));
	expect(target).toMatchObject({host: '127.0.0.1', port: primary.port, timeline: 1});

	const samples: Sample[] = [];
	room.client.listen(push => void (push.push === 'sample' && samples.push(push.sample)));
	await room.client.ask('attach');
	await eventually('samples', () => samples.length > 0);

	// These servers wait for no disk: what is killed at once may not have sent its last commit.
	const reader = await standby.connect(site.database.name);
	await eventually('the upgrade on the standby', async () => (await reader.query("SELECT 1 FROM alembic_version WHERE version_num = 'a1'")).rows.length === 1, 30_000);
	await reader.end();
	await primary.stop('immediate');
	const before = samples.length;
	const client = await standby.connect();
	await client.query('SELECT pg_promote()');
	await client.end();
	await eventually('samples of the new primary', () => samples.length > before + 1, 30_000);
	expect(samples.at(-1)!.server).toMatchObject({role: 'primary', timeline: 2});
	expect(samples.at(-1)!.alarms).toContainEqual(expect.objectContaining({alarm: 'failover', level: 'critical', text: expect.stringMatching(/^A failover took place: the server is on timeline 2, this run was pinned on 1\./)}));

	for (const [command, params] of [['downgrade', {revision: 'base', confirmed: true}], ['backup', {}]] as const) {
		await expect(room.client.ask(command, params), command).rejects.toMatchObject({exit: 3, message: expect.stringMatching(/The server at 127\.0\.0\.1:\d+ is on timeline 2, this run was pinned on 1: a failover took place; open a new run after looking\./)});
	}
	const seen = await standby.connect(site.database.name);
	expect((await seen.query('SELECT version_num FROM alembic_version')).rows).toEqual([{version_num: 'a1'}]);
	await seen.end();
}, 120_000);
