/** Whole rehearsals on real copies: up, down, up, and what they say of it. */
import {readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {holdProof} from '../../source/postgres/advisory.ts';
import {runRestore} from '../../source/postgres/restore.ts';
import {connect} from '../../source/postgres/session.ts';
import {rehearse, rehearseOnClone} from '../../source/rehearsal/rehearse.ts';
import {alembicProject, freshDatabase, revisionFile} from '../servers.ts';
import {quietServer, readMarks, recordsBetween} from './quiet.ts';
import {openSite, settings, type Site, versionTable} from './site.ts';

const good = revisionFile({
	revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN note text")`, `op.execute("UPDATE items SET note = name WHERE id <= 3")`, `op.create_index('ix_items_note', 'items', ['note'])`],
	downgrade: [`op.drop_column('items', 'note')`],
});
const concurrently = revisionFile({
	revision: 'c3', down: 'b2', upgrade: ['with op.get_context().autocommit_block():', `    op.execute("CREATE INDEX CONCURRENTLY ix_items_name ON items (name)")`],
	downgrade: [`op.drop_index('ix_items_name')`],
});

let server: Cluster;
let site: Site;
beforeAll(async () => {
	server = await quietServer();
	site = await openSite('rehearse', server);
});
afterAll(async () => {
	await site?.close();
	await server?.remove();
});

test('up, down, up on a private copy; the original is only read and the copy is gone', async () => {
	const client = await site.database.client();
	await client.query('CREATE EXTENSION pg_walinspect');
	await client.query('VACUUM (FREEZE, ANALYZE)');
	const before = await readMarks(client);
	const {backup} = await runDump({conninfo: parseConninfo(site.database.url, {}, site.directory), directory: path.join(site.directory, 'backups'), format: 'custom', verify: 'read'});
	let schemas: Map<string, string>[] = [];
	const {rehearsal, restore} = await site.play({'b2.py': good, 'c3.py': concurrently}, 'c3', {backup, onUpgraded: ({before, after}) => (schemas = [new Map(before), new Map(after)])});
	expect(schemas.map(schema => schema.has('index public.ix_items_name'))).toEqual([false, true]);
	const after = await readMarks(client);
	expect(await recordsBetween(client, before.lsn, after.lsn)).toEqual([]);
	expect({...after, lsn: ''}).toEqual({...before, lsn: ''});
	expect(rehearsal).toMatchObject({ok: true, problems: [], schema: {afterDowngrade: [], afterSecondUpgrade: []}, check: {clean: false, differences: ['env.py has no target_metadata to compare with']}});
	expect(restore).toMatchObject({rowsCompared: 5001, differences: []});
	expect(rehearsal.revisions.map(one => one.revision)).toEqual(['b2', 'c3']);
	expect(rehearsal.revisions.every(one => one.up > 0 && one.down > 0 && one.again > 0)).toBe(true);
	expect(rehearsal.commands.map(one => [...one.argv, one.exit].join(' '))).toEqual(['alembic upgrade c3 0', 'alembic downgrade a1 0', 'alembic upgrade c3 0']);
	expect(rehearsal.statements.map(one => one.sql).join('\n')).toMatch(/CREATE INDEX CONCURRENTLY/);
	expect(rehearsal.data).toEqual([{table: 'public.items', before: '5000 rows', after: '5000 rows', equal: true, loses: '3 values of the new column note', written: 'it stays, without its note', fate: 'changed'}]);
	expect(rehearsal.revisions[0]!.ran).toEqual({up: true, down: true, again: true});
	expect(rehearsal.unpromised).toEqual([]);
	expect(rehearsal.statements.filter(one => one.locks.length > 0).map(({sql, locks, estimateSeconds, estimateBasis}) => [sql.slice(0, 25), locks[0]!.mode, estimateSeconds! > 0, estimateBasis])).toEqual([
		['ALTER TABLE items ADD COL', 'ACCESS EXCLUSIVE', true, 'changes the catalog only'],
		['UPDATE items SET note = n', 'ACCESS EXCLUSIVE', true, 'goes with the rows: as large as on the copy'],
		['CREATE INDEX ix_items_not', 'ACCESS EXCLUSIVE', true, 'reads the table from end to end: as large as on the copy'],
		['CREATE INDEX CONCURRENTLY', 'SHARE UPDATE EXCLUSIVE', true, 'reads the table from end to end: as large as on the copy'],
	]);
	expect(rehearsal.sizes).toMatchObject([{table: 'public.items', rows: 5000}]);
	expect(await site.version()).toBe('a1');
	expect(site.copiesLeft()).toEqual([]);
});

test('an asynchronous env.py is turned to the copy too, whatever PG* variables say', async () => {
	const other = await alembicProject({url: site.database.urlAs(site.owner), env: 'async', revisions: {'a1.py': await readFile(path.join(site.project.versions, 'a1_create_items.py'), 'utf8'), 'b2.py': good}});
	try {
		const environment = {...site.opened.environment, PGHOST: '192.0.2.1', PGSERVICE: 'nowhere', PGSSLMODE: 'require'};
		const {rehearsal} = await rehearse({backup: site.backup, project: {...site.opened, directory: other.directory, environment}, path: {from: ['a1'], to: ['b2']}, versionTable, place: site.named(), settings});
		expect(rehearsal).toMatchObject({ok: true, problems: []});
	} finally {
		await other.remove();
	}
	expect(await site.version()).toBe('a1');
});

test('schema only with the rows of one table, on a server that was named, for tables as large as the target has them', async () => {
	const refused = await site.play({'b2.py': good}, 'b2', {schemaOnly: true, place: site.named(), settings: {...settings, rehearsal: {...settings.rehearsal, tables: ['itmes']}}}).catch((error: Error) => error);
	expect(refused).toMatchObject({exit: 2, message: expect.stringMatching(/has no table itmes/)});
	const {rehearsal} = await site.play({'b2.py': good}, 'b2', {schemaOnly: true, place: site.named(), settings: {...settings, rehearsal: {...settings.rehearsal, tables: ['public.items']}}, sizes: [{table: 'public.items', rows: 50_000, bytes: 4_000_000}]});
	expect(rehearsal.data).toMatchObject([{table: 'public.items', before: '5000 rows', after: '5000 rows'}]);
	expect(rehearsal.statements.find(each => /^CREATE INDEX/.test(each.sql))!.estimateBasis).toMatch(/^reads the table from end to end: public\.items is 1\d\.\d\d times as large as on the copy$/);
	expect(rehearsal).toMatchObject({ok: true, problems: [], basis: expect.stringMatching(/schema only but for the rows of public.items, restored onto database holdpoint_rehearsal_/)});
	const admin = await site.database.server.connect();
	expect((await admin.query(`SELECT FROM pg_database WHERE datname LIKE 'holdpoint_rehearsal%'`)).rowCount).toBe(0);
	await admin.end();
});

test('from an empty database, on which Alembic never ran', async () => {
	const empty = await freshDatabase();
	try {
		const {backup: nothing} = await runDump({conninfo: parseConninfo(empty.url, {}, site.directory), directory: path.join(site.directory, 'backups'), format: 'custom', verify: 'list'});
		const {rehearsal} = await site.play({'b2.py': good}, 'b2', {backup: nothing, path: {from: [], to: ['b2']}, place: site.named()});
		expect(rehearsal).toMatchObject({ok: true, problems: [], schema: {afterDowngrade: []}});
		expect(rehearsal.commands.map(one => one.argv.join(' '))).toEqual(['alembic upgrade b2', 'alembic downgrade base', 'alembic upgrade b2']);
	} finally {
		await empty.drop();
	}
});

test('on a clone that is there already, and never on the target itself', async () => {
	const admin = await connect(parseConninfo(site.database.url, {}, site.directory), {application: 'holdpoint-test'});
	const clone = `clone_${process.pid}`;
	try {
		const {key} = await holdProof(admin);
		const on = async (database: string) => {
			const file = await site.project.write('b2.py', good);
			return rehearseOnClone({project: site.opened, path: {from: ['a1'], to: ['b2']}, versionTable, settings, proofKey: key, conninfo: parseConninfo(server.url(database), {}, site.directory)}).finally(async () => rm(file));
		};
		await expect(on(site.database.name)).rejects.toMatchObject({exit: 3, message: expect.stringMatching(/is the target itself and no clone of it/)});
		await runRestore({backup: site.backup, conninfo: parseConninfo(server.url('postgres'), {}, site.directory), database: clone});
		expect(await on(clone)).toMatchObject({ok: true, problems: [], basis: expect.stringMatching(/^the clone clone_\d+ on .*, which was migrated in place/), data: [{table: 'public.items', fate: 'changed'}]});
		expect(await site.version()).toBe('a1');
	} finally {
		await admin.query(`DROP DATABASE IF EXISTS ${clone}`);
		await admin.close();
	}
});

test('a copy that a dead holdpoint left on a server goes, one at work stays', async () => {
	const admin = await connect(parseConninfo(server.url('postgres'), {}, site.directory), {application: 'holdpoint-test'});
	for (const name of ['holdpoint_rehearsal_0000dead', 'holdpoint_rehearsal_f000a11e']) await admin.query(`CREATE DATABASE ${name}`);
	await admin.query(`SELECT pg_advisory_lock(${0x68_70_72_68}, ('x' || 'f000a11e')::bit(32)::int)`);
	await site.play({}, 'a1', {place: site.named(), path: {from: ['none'], to: ['a1']}});
	expect(await admin.query(`SELECT datname::text FROM pg_database WHERE datname LIKE 'holdpoint_rehearsal%'`)).toEqual([{datname: 'holdpoint_rehearsal_f000a11e'}]);
	await admin.query('DROP DATABASE holdpoint_rehearsal_f000a11e');
	await admin.close();
});
