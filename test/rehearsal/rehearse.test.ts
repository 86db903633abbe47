/** Whole rehearsals on real copies: up, down, up, and what they say of it. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {rehearse} from '../../source/rehearsal/rehearse.ts';
import {alembicProject, freshDatabase, revisionFile} from '../servers.ts';
import {openSite, settings, type Site, versionTable} from './site.ts';

const good = revisionFile({
	revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN note text")`, `op.execute("UPDATE items SET note = name WHERE id <= 3")`, `op.create_index('ix_items_note', 'items', ['note'])`],
	downgrade: [`op.drop_column('items', 'note')`],
});
const concurrently = revisionFile({
	revision: 'c3', down: 'b2', upgrade: ['with op.get_context().autocommit_block():', `    op.execute("CREATE INDEX CONCURRENTLY ix_items_name ON items (name)")`],
	downgrade: [`op.drop_index('ix_items_name')`],
});

let site: Site;
beforeAll(async () => {
	site = await openSite('rehearse');
});
afterAll(async () => site.close());

test('up, down, up on a private copy; the original is not touched and the copy is gone', async () => {
	const {rehearsal, restore} = await site.play({'b2.py': good, 'c3.py': concurrently}, 'c3');
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

test('what a downgrade leaves or loses is named', async () => {
	const careless = revisionFile({
		revision: 'b2', down: 'a1',
		upgrade: [
			`op.execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")`, `op.execute("CREATE TRIGGER before_insert BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION f()")`,
			`op.create_index('ix_items_name', 'items', ['name'])`, `op.execute("CREATE TYPE mood AS ENUM ('glad')")`, `op.create_table('moods', sa.Column('id', sa.Integer, primary_key=True))`, `op.execute("UPDATE items SET name = upper(name) WHERE id = 7")`,
		],
		downgrade: [`op.drop_table('moods')`],
	});
	const {rehearsal} = await site.play({'b2.py': careless}, 'b2', {place: site.named()});
	expect(rehearsal.ok).toBe(false);
	expect(rehearsal.schema.afterDowngrade.map(one => `${one.kind} ${one.object}`)).toEqual([
		'extra function public.f()', 'extra index public.ix_items_name', 'extra privileges of public.f()', 'extra privileges of type public.mood', 'extra trigger before_insert on public.items', 'extra type public.mood',
	]);
	expect(rehearsal.data).toEqual([expect.objectContaining({table: 'public.items', equal: false, loses: 'the old values of name (changed)'})]);
	expect(rehearsal.problems.join('\n')).toMatch(/the second upgrade failed: .*function "f" already exists/);
	expect(rehearsal.revisions[0]).toMatchObject({again: 0, ran: {up: true, down: true, again: false}});
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

test('schema only, and on a server that was named', async () => {
	const {rehearsal} = await site.play({'b2.py': good}, 'b2', {schemaOnly: true, place: site.named()});
	expect(rehearsal).toMatchObject({ok: true, problems: [], basis: expect.stringMatching(/schema only, restored onto database holdpoint_rehearsal_/)});
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
