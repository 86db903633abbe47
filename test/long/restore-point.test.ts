/** The restore point before an upgrade, on a real server that archives: planned, made, told; and a real restore to it finds the database as it was. */
import {appendFileSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import pg from 'pg';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import type {Plan} from '../../source/journal/shapes/plan.ts';
import {forceArchive} from '../../source/postgres/archive.ts';
import {findServerUser, giveTo} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {eventually, revisionFile} from '../servers.ts';
import {openSite, type Site} from '../room/site.ts';

let server: Cluster;
let site: Site;
let session: Session;
let folder: string;
/** As whom the server's programs run. */
let as: {uid?: number; gid?: number} = {};

beforeAll(async () => {
	const user = await findServerUser();
	if (user) as = {uid: user.uid, gid: user.gid};
	folder = path.join(inject('testRun').folder, `points-${process.pid}`);
	for (const name of ['', 'wal', 'base']) {
		mkdirSync(path.join(folder, name), {recursive: true, mode: 0o700});
		await giveTo(path.join(folder, name), user);
	}
	server = await startCluster({directory: path.join(folder, 'server'), purpose: 'points', owner: inject('testRun').owner, settings: {archive_mode: 'on', archive_command: `cp %p ${folder}/wal/%f`, fsync: 'off'}});
	const client = await server.connect();
	await client.query('CREATE DATABASE shop');
	await client.end();
	session = await connect(parseConninfo(server.url('shop'), {}, '/'), {application: 'holdpoint-test'});
	await session.multi("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1'); CREATE TABLE items (id int); INSERT INTO items VALUES (1)");
	await execa(server.programs.pg_basebackup, ['-h', server.socketDirectory, '-p', String(server.port), '-U', server.superuser.name, '-D', `${folder}/base`, '-X', 'none', '--checkpoint=fast', '--no-sync'], as);
	site = await openSite({
		url: () => server.url('shop'),
		revisions: {'a1.py': revisionFile({revision: 'a1', upgrade: []}), 'b2.py': revisionFile({revision: 'b2', down: 'a1', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN x int')", "op.execute('DELETE FROM items')"]})},
	});
}, 60_000);
afterAll(async () => {
	await site?.close();
	await session?.close();
	await server?.remove();
});

test('planned, made right before the first statement, told everywhere; a restore to it brings everything back', async () => {
	const {client} = await site.enter({}, {acts: true});
	await eventually('something was archived', async () => (await session.query('SELECT FROM pg_stat_archiver WHERE last_archived_time IS NOT NULL')).length > 0);
	const plan = await client.ask<Plan>('plan', {});
	expect(plan.restorePoint).toEqual({name: expect.stringMatching(/^before_b2_\S+$/), why: null});
	const outcome = await client.ask<Outcome>('upgrade', {confirmed: true});
	const {point} = site.events('restore-point-made')[0]!;
	expect(point).toEqual({name: expect.stringMatching(/^before_b2_\S+$/), lsn: expect.stringMatching(/\//), at: expect.stringMatching(/Z$/)});
	expect(point.name).toContain(site.run().state.run);
	expect([outcome.status, outcome.restorePoint]).toEqual(['done', point]);
	const back = await client.ask<Plan>('plan', {action: 'downgrade', revision: 'a1'});
	expect(back.wayBack[0]).toEqual({kind: 'restore', to: point.name, loses: expect.stringContaining(`everything written since ${point.at} (`), losesSeconds: expect.any(Number), losesBytes: expect.any(Number)});

	expect(await session.query('SELECT * FROM items')).toEqual([]);
	expect(await forceArchive(session)).toMatchObject({why: null});
	writeFileSync(path.join(folder, 'base/recovery.signal'), '');
	const settings = {port: server.port, unix_socket_directories: `${folder}/base`, listen_addresses: '', archive_mode: 'off', restore_command: `cp ${folder}/wal/%f %p`, recovery_target_name: point.name, recovery_target_action: 'promote', fsync: 'off'};
	appendFileSync(path.join(folder, 'base/postgresql.auto.conf'), Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`).join(''));
	const control = async (...words: string[]) => execa(server.programs.pg_ctl, ['-D', `${folder}/base`, '-l', `${folder}/base/log`, ...words], {...as, stdio: 'ignore'});
	await control('-w', 'start');
	try {
		const copy = new pg.Client({host: `${folder}/base`, port: server.port, user: server.superuser.name, database: 'shop'});
		await copy.connect();
		await eventually('recovery has ended', async () => !(await copy.query('SELECT pg_is_in_recovery() AS yes')).rows[0].yes);
		expect([(await copy.query('SELECT * FROM items')).rows, (await copy.query('SELECT * FROM alembic_version')).rows]).toEqual([[{id: 1}], [{version_num: 'a1'}]]);
		await copy.end();
	} finally {
		await control('-m', 'immediate', 'stop');
	}
}, 90_000);

test('where the role may not make one, the plan says the GRANT; where nothing is archived, nothing is said', async () => {
	await session.query("CREATE ROLE plain LOGIN PASSWORD 'p'");
	const {queryRestorePointRight} = await import('../../source/postgres/restore-point.ts');
	const plain = await connect(parseConninfo(server.url('shop', {name: 'plain', password: 'p'}), {}, '/'), {application: 'holdpoint-test'});
	expect(await queryRestorePointRight(plain)).toEqual({why: 'the role plain may not make one: GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO plain'});
	expect(await forceArchive(plain)).toMatchObject({seconds: null, why: expect.stringMatching(/may not call pg_switch_wal\(\); GRANT EXECUTE/)});
	await plain.close();
	const other = await connect(parseConninfo(site.database.url, {}, '/'), {application: 'holdpoint-test'});
	expect([await queryRestorePointRight(other), await forceArchive(other)]).toMatchObject([null, {why: 'archive_mode is off'}]);
	await other.close();
});
