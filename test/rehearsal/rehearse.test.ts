import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {AlembicProject as Opened} from '../../source/alembic/project.ts';
import type {Refusal} from '../../source/journal/refusal.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {rehearse, type RehearsalOptions} from '../../source/rehearsal/rehearse.ts';
import {alembicProject, freshDatabase, pythonPath, revisionFile, runAlembic, type AlembicProject, type FreshDatabase} from '../servers.ts';

const settings: RehearsalOptions['settings'] = {
	rehearsal: {url: null, local: true, limitBytes: 1e9, tables: []},
	migration: {lockTimeoutMs: 5000, lockLadderMs: null, lockRetries: 0, statementTimeoutMs: 60_000, throttle: {lagSeconds: null, lagBytes: null}},
};
const versionTable = {table: 'alembic_version', schema: null};

const good = revisionFile({
	revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN note text")`, `op.execute("UPDATE items SET note = name WHERE id <= 3")`, `op.create_index('ix_items_note', 'items', ['note'])`],
	downgrade: [`op.drop_column('items', 'note')`],
});
const concurrently = revisionFile({
	revision: 'c3', down: 'b2', upgrade: ['with op.get_context().autocommit_block():', `    op.execute("CREATE INDEX CONCURRENTLY ix_items_name ON items (name)")`],
	downgrade: [`op.drop_index('ix_items_name')`],
});

let database: FreshDatabase;
let project: AlembicProject;
let opened: Opened;
let backup: Backup;
let directory: string;
const owner = {name: `migrator_${process.pid}`, password: 'm'};

/** A database at a1, owned by a role of its own, and a backup of it; env.py keeps pointing at the original. */
beforeAll(async () => {
	directory = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-rehearse-'));
	database = await freshDatabase();
	const admin = await database.client();
	await admin.query(`CREATE ROLE ${owner.name} LOGIN PASSWORD 'm'; ALTER DATABASE "${database.name}" OWNER TO ${owner.name}`);
	project = await alembicProject({url: database.urlAs(owner)});
	opened = {directory: project.directory, python: [pythonPath], versions: {python: '', alembic: '', sqlalchemy: ''}, ini: null, section: 'alembic', arguments: [], environment: {PATH: process.env['PATH']!, HOME: directory}};
	expect((await runAlembic(project, 'upgrade', 'head')).exitCode).toBe(0);
	await admin.query(`INSERT INTO items SELECT g, 'name ' || g FROM generate_series(1, 5000) g`);
	({backup} = await runDump({conninfo: parseConninfo(database.url, {}, directory), directory: path.join(directory, 'backups'), format: 'directory', jobs: 2}));
});
afterAll(async () => {
	const server = database.server;
	await project.remove();
	await database.drop();
	const admin = await server.connect();
	await admin.query(`DROP ROLE ${owner.name}`);
	await admin.end();
	await rm(directory, {recursive: true, force: true});
});

async function play(revisions: Record<string, string>, to: string, more: Partial<RehearsalOptions> = {}) {
	const files = await Promise.all(Object.entries(revisions).map(async ([name, text]) => project.write(name, text)));
	try {
		return await rehearse({backup, project: opened, path: {from: ['a1'], to: [to]}, versionTable, place: {kind: 'local'}, settings, ...more});
	} finally {
		await Promise.all(files.map(async file => rm(file)));
	}
}

const named = (): RehearsalOptions['place'] => ({kind: 'server', conninfo: parseConninfo(database.server.url('postgres'), {}, directory)});

const copies = async () => (await readdir(os.tmpdir())).filter(name => name.startsWith('holdpoint-rehearsal-'));

test('up, down, up on a private copy; the original is not touched and the copy is gone', async () => {
	const {rehearsal, restore} = await play({'b2.py': good, 'c3.py': concurrently}, 'c3');
	expect(rehearsal).toMatchObject({ok: true, problems: [], schema: {afterDowngrade: [], afterSecondUpgrade: []}, check: {clean: false, differences: ['env.py has no target_metadata to compare with']}});
	expect(restore).toMatchObject({rowsCompared: 5001, differences: []});
	expect(rehearsal.revisions.map(one => one.revision)).toEqual(['b2', 'c3']);
	expect(rehearsal.revisions.every(one => one.up > 0 && one.down > 0 && one.again > 0)).toBe(true);
	expect(rehearsal.commands.map(one => [...one.argv, one.exit].join(' '))).toEqual(['alembic upgrade c3 0', 'alembic downgrade a1 0', 'alembic upgrade c3 0']);
	expect(rehearsal.statements.map(one => one.sql).join('\n')).toMatch(/CREATE INDEX CONCURRENTLY/);
	expect(rehearsal.data).toEqual([{table: 'public.items', before: '5000 rows', after: '5000 rows', equal: true, loses: '3 values of the new column note', written: 'it stays, without its note'}]);
	expect(rehearsal.revisions[0]!.ran).toEqual({up: true, down: true, again: true});
	expect(rehearsal.unpromised).toEqual([]);
	expect(rehearsal.statements.filter(one => one.locks.length > 0).map(({sql, locks, estimateSeconds, estimateBasis}) => [sql.slice(0, 25), locks[0]!.mode, estimateSeconds! > 0, estimateBasis])).toEqual([
		['ALTER TABLE items ADD COL', 'ACCESS EXCLUSIVE', true, 'changes the catalog only'],
		['UPDATE items SET note = n', 'ACCESS EXCLUSIVE', true, 'goes with the rows: as large as on the copy'],
		['CREATE INDEX ix_items_not', 'ACCESS EXCLUSIVE', true, 'reads the table from end to end: as large as on the copy'],
		['CREATE INDEX CONCURRENTLY', 'SHARE UPDATE EXCLUSIVE', true, 'reads the table from end to end: as large as on the copy'],
	]);
	expect(rehearsal.sizes).toMatchObject([{table: 'public.items', rows: 5000}]);
	expect((await runAlembic(project, 'current')).stdout).toMatch(/^a1/);
	expect(await copies()).toEqual([]);
});

test('what a downgrade leaves or loses is named', async () => {
	const careless = revisionFile({
		revision: 'b2', down: 'a1',
		upgrade: [`op.execute("CREATE TYPE mood AS ENUM ('glad')")`, `op.create_table('moods', sa.Column('id', sa.Integer, primary_key=True))`, `op.execute("UPDATE items SET name = upper(name) WHERE id = 7")`],
		downgrade: [`op.drop_table('moods')`],
	});
	const {rehearsal} = await play({'b2.py': careless}, 'b2', {place: named()});
	expect(rehearsal.ok).toBe(false);
	expect(rehearsal.schema.afterDowngrade.map(one => `${one.kind} ${one.object}`)).toEqual(['extra privileges of type public.mood', 'extra type public.mood']);
	expect(rehearsal.data).toEqual([expect.objectContaining({table: 'public.items', equal: false, loses: 'the old values of name (changed)'})]);
	expect(rehearsal.problems.join('\n')).toMatch(/the second upgrade failed: .*type "mood" already exists/);
});

test('a migration that fails ends the rehearsal with its reason', async () => {
	const {rehearsal} = await play({'b2.py': revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD CONSTRAINT ck CHECK (id > 10)")`]})}, 'b2');
	expect(rehearsal.problems).toEqual([expect.stringMatching(/^the upgrade failed: check constraint "ck" of relation "items" is violated by some row \(23514\) in b2/)]);
	expect(rehearsal.commands.map(one => one.exit)).toEqual([1]);
	expect(await copies()).toEqual([]);
});

test('an env.py that makes its connections itself can\'t be turned to the copy, and is refused before it migrates the original', async () => {
	const envPy = path.join(project.directory, 'migrations/env.py');
	const text = await readFile(envPy, 'utf8');
	await writeFile(envPy, `import psycopg, sqlalchemy\nfrom alembic import context\nengine = sqlalchemy.create_engine('postgresql+psycopg://', creator=lambda: psycopg.connect('${database.urlAs(owner)}'))\nwith engine.connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n`);
	try {
		const {rehearsal} = await play({'b2.py': good}, 'b2', {place: named()});
		expect(rehearsal.problems).toEqual([expect.stringMatching(/the upgrade failed: env.py opens its connection in a way that can't be turned to the copy/)]);
	} finally {
		await writeFile(envPy, text);
	}
	expect((await runAlembic(project, 'current')).stdout).toMatch(/^a1/);
});

test('an asynchronous env.py is turned to the copy too, whatever PG* variables say', async () => {
	const other = await alembicProject({url: database.urlAs(owner), env: 'async', revisions: {'a1.py': await readFile(path.join(project.versions, 'a1_create_items.py'), 'utf8'), 'b2.py': good}});
	try {
		const environment = {...opened.environment, PGHOST: '192.0.2.1', PGSERVICE: 'nowhere', PGSSLMODE: 'require'};
		const {rehearsal} = await rehearse({backup, project: {...opened, directory: other.directory, environment}, path: {from: ['a1'], to: ['b2']}, versionTable, place: named(), settings});
		expect(rehearsal).toMatchObject({ok: true, problems: []});
	} finally {
		await other.remove();
	}
	expect((await runAlembic(project, 'current')).stdout).toMatch(/^a1/);
});

test('schema only, and on a server that was named', async () => {
	const {rehearsal} = await play({'b2.py': good}, 'b2', {schemaOnly: true, place: named()});
	expect(rehearsal).toMatchObject({ok: true, problems: [], basis: expect.stringMatching(/schema only, restored onto database holdpoint_rehearsal_/)});
	const admin = await database.server.connect();
	expect((await admin.query(`SELECT FROM pg_database WHERE datname LIKE 'holdpoint_rehearsal%'`)).rowCount).toBe(0);
	await admin.end();
});

test('from an empty database, on which Alembic never ran', async () => {
	const empty = await freshDatabase();
	try {
		const {backup: nothing} = await runDump({conninfo: parseConninfo(empty.url, {}, directory), directory: path.join(directory, 'backups'), format: 'custom', verify: 'list'});
		const {rehearsal} = await play({'b2.py': good}, 'b2', {backup: nothing, path: {from: [], to: ['b2']}, place: named()});
		expect(rehearsal).toMatchObject({ok: true, problems: [], schema: {afterDowngrade: []}});
		expect(rehearsal.commands.map(one => one.argv.join(' '))).toEqual(['alembic upgrade b2', 'alembic downgrade base', 'alembic upgrade b2']);
	} finally {
		await empty.drop();
	}
});

test('too large for a full copy is refused with the numbers', async () => {
	const refusal = await play({}, 'a1', {settings: {...settings, rehearsal: {...settings.rehearsal, limitBytes: 1000}}}).catch((error: Refusal) => error);
	expect(refusal).toMatchObject({exit: 2, message: expect.stringMatching(/above the limit of .* --schema-only/)});
});
