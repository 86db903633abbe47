/** The read-only verbs against real Alembic and a real database. */
import {existsSync} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {describeProblem, valueOf} from '../../source/alembic/problem.ts';
import {readPlanned, readProject} from '../../source/alembic/reading.ts';
import {alembicProject, freshDatabase, revisionFile, runAlembic, type AlembicProject, type FreshDatabase} from '../servers.ts';
import {projectIn} from './migrating.ts';

let database: FreshDatabase;
const projects: AlembicProject[] = [];

beforeEach(async () => {
	database = await freshDatabase();
});
afterEach(async () => {
	await Promise.all(projects.splice(0).map(async project => project.remove()));
	await database.drop();
});

async function open(options: Omit<Parameters<typeof alembicProject>[0], 'url'> = {}) {
	const files = await alembicProject({url: database.url, ...options});
	projects.push(files);
	return {files, project: projectIn(files.directory)};
}

test('the graph with files and hashes, the connection without connecting, the facts', async () => {
	const {files, project} = await open();
	const {graph, connection, facts} = await readProject(project, {connection: true, facts: true});
	expect(graph).toMatchObject({heads: ['a1'], problems: [], revisions: [{revision: 'a1', down: [], doc: 'create items', file: path.join(files.versions, 'a1_create_items.py')}]});
	expect(graph.revisions[0]!.sha256).toMatch(/^[0-9a-f]{64}$/);
	const url = new URL(database.url);
	expect(valueOf(connection)).toMatchObject({drivername: 'postgresql+psycopg', dialect: 'postgresql', host: url.hostname, port: url.port, database: url.pathname.slice(1), username: url.username, others: []});
	const later = await open({env: 'async'});
	expect(valueOf((await readProject(later.project, {connection: true})).connection)).toMatchObject({isAsync: true, database: database.name});
	expect(valueOf(facts)).toMatchObject([{revision: 'a1', message: 'create items', upgrade: {empty: false, operations: [{op: 'create_table', arguments: ['items', {}, {}]}]}, downgrade: {operations: [{op: 'drop_table'}]}}]);
});

const concurrently = revisionFile({
	revision: 'c3', down: 'b2', doc: 'index names',
	upgrade: ["op.execute('ALTER TABLE items ADD COLUMN x int')", 'with op.get_context().autocommit_block():', "    op.create_index('ix_items_name', 'items', ['name'], postgresql_concurrently=True)", "op.execute('ALTER TABLE items ADD COLUMN y int')"],
});
const datamove = revisionFile({revision: 'b2', down: 'a1', doc: 'move data', upgrade: ['for row in op.get_bind().execute(sa.text(\'SELECT 1\')):', '    op.execute(\'SELECT 2\')']});
const clock = revisionFile({revision: 'd4', down: 'c3', doc: 'clock', upgrade: ['import datetime, time', 'time.sleep(600)', 'op.execute(f"SELECT \'{datetime.datetime.now()}\'")']});

test('SQL of each revision by itself: one that needs the database hides no other, parts are cut at commits, a clock is unstable', async () => {
	const {files, project} = await open();
	await files.write('b2_move.py', datamove);
	await files.write('c3_index.py', concurrently);
	await files.write('d4_clock.py', clock);
	const [reading] = valueOf((await readPlanned(project, {sql: {action: 'upgrade', from: ['a1'], to: 'head'}})).sql);
	expect(reading!.context).toMatchObject({versionTable: 'alembic_version', transactionPerMigration: false, transactionalDdl: true});
	expect(reading!.revisions).toMatchObject([
		{revision: 'b2', sql: null, parts: [], stable: true, reason: expect.stringMatching(/b2_move.py, line \d+: TypeError/), stamp: "UPDATE alembic_version SET version_num='b2' WHERE alembic_version.version_num = 'a1';"},
		{revision: 'c3', from: ['b2'], to: ['c3'], stable: true, parts: [
			{sql: 'ALTER TABLE items ADD COLUMN x int;', transaction: true},
			{sql: 'CREATE INDEX CONCURRENTLY ix_items_name ON items (name);', transaction: false},
			{sql: 'ALTER TABLE items ADD COLUMN y int;', transaction: true},
		]},
		{revision: 'd4', stable: false},
	]);
	expect(reading!.revisions[1]!.sql).toContain('COMMIT;');
	const down = valueOf((await readPlanned(project, {sql: {action: 'downgrade', from: ['a1'], to: 'base'}})).sql);
	expect(down[0]!.revisions).toMatchObject([{revision: 'a1', action: 'downgrade', from: ['a1'], to: [], sql: 'DROP TABLE items;'}]);
});

test('version rows and differences as env.py sees them, proven by the lock that another session holds', async () => {
	const {project} = await open({models: 'import sqlalchemy as sa\nmetadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"})\nsa.Table("items", metadata, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("name", sa.Text, nullable=False), sa.Column("extra", sa.Text))\n'});
	const proofKey = '-4611686018427387905';
	const room = await database.client();
	await room.query('SELECT pg_advisory_lock($1::bigint)', [proofKey]);
	const before = valueOf((await readProject(project, {database: {proofKey, differences: true}})).database);
	expect(before).toMatchObject([{rows: [], unknown: [], upToDate: false, proven: true, inRecovery: false, database: database.name, differences: {answer: 'not-up-to-date'},
		context: {externalTransaction: false, targetMetadata: true, namingConvention: {pk: 'pk_%(table_name)s'}}}]);
	// Asked for, it is compared before the head too.
	const anywhere = valueOf((await readProject(project, {database: {differences: 'anywhere'}})).database);
	expect(anywhere[0]).toMatchObject({upToDate: false, differences: {answer: 'different', found: expect.arrayContaining([expect.objectContaining({kind: 'add_table'})])}});
	expect((await room.query("SELECT to_regclass('alembic_version') AS t")).rows[0].t, 'reading creates nothing').toBeNull();
	await runAlembic({directory: project.directory}, 'upgrade', 'head');
	const after = valueOf((await readProject(project, {database: {proofKey: '17', differences: true}})).database);
	expect(after[0]).toMatchObject({rows: ['a1'], upToDate: true, proven: false, differences: {answer: 'different', found: [{kind: 'add_column', object: 'column items.extra'}]}});
	await room.query("UPDATE alembic_version SET version_num = 'zzz9'");
	await room.query(`ALTER DATABASE "${database.name}" SET idle_in_transaction_session_timeout = '20s'`);
	// What the database gives every session counts for the migration's too.
	expect(valueOf((await readProject(project, {database: {}})).database)[0]).toMatchObject({rows: ['zzz9'], unknown: ['zzz9'], upToDate: false, proven: null, timeouts: {idle_in_transaction_session_timeout: 20_000, ...(database.server.programs.version >= 14 && {idle_session_timeout: 0})}});
});

test('modules of the project that env.py and migrations import are hashed, installed ones are not', async () => {
	const {files, project} = await open({models: 'import shop.tables\nfrom sqlalchemy import MetaData\nmetadata = MetaData()\n'});
	await mkdir(path.join(files.directory, 'shop'));
	await writeFile(path.join(files.directory, 'shop/__init__.py'), '');
	await writeFile(path.join(files.directory, 'shop/tables.py'), '');
	await writeFile(path.join(files.directory, 'shop/late.py'), '');
	await files.write('b2_late.py', revisionFile({revision: 'b2', down: 'a1', upgrade: ['from shop import late']}));
	const imports = valueOf((await readProject(project, {imports: true})).imports);
	expect(imports.map(each => path.relative(files.directory, each.file))).toEqual(['models.py', 'shop/__init__.py', 'shop/late.py', 'shop/tables.py']);
});

test('a path over a merge, relative and partial targets', async () => {
	const {files, project} = await open();
	await files.write('bb1_left.py', revisionFile({revision: 'bb1', down: 'a1', upgrade: []}));
	await files.write('cc1_right.py', revisionFile({revision: 'cc1', down: 'a1', upgrade: []}));
	const two = await readProject(project, {path: {action: 'upgrade', from: ['a1'], to: 'head'}});
	expect(two.graph.problems).toMatchObject([{kind: 'several-heads', revisions: ['bb1', 'cc1']}]);
	expect(two.path).toMatchObject({ok: false, problem: {kind: 'several-heads'}});
	await files.write('dd1_merge.py', revisionFile({revision: 'dd1merge', down: ['bb1', 'cc1'], upgrade: []}));
	const steps = async (action: 'upgrade' | 'downgrade', from: string[], to: string) => valueOf((await readProject(project, {path: {action, from, to}})).path).map(step => step.revision);
	const merged = await steps('upgrade', ['a1'], 'heads');
	expect(merged.slice(0, 2).toSorted()).toEqual(['bb1', 'cc1']);
	expect(merged[2]).toBe('dd1merge');
	expect((await readProject(project, {path: {action: 'downgrade', from: ['dd1merge'], to: '-1'}})).path).toMatchObject({ok: false, problem: {kind: 'ambiguous'}});
	expect(await steps('downgrade', ['bb1'], '-1')).toEqual(['bb1']);
	expect(await steps('upgrade', [], '+1')).toEqual(['a1']);
	const both = await readProject(project, {path: {action: 'upgrade', from: ['bb1', 'cc1'], to: 'dd1m'}, sql: {action: 'upgrade', from: ['bb1', 'cc1'], to: 'dd1m'}});
	expect(valueOf(both.path).map(step => step.revision)).toEqual(['dd1merge']);
	expect(valueOf(both.sql)[0]!.revisions).toMatchObject([{revision: 'dd1merge', sql: '', stamp: expect.stringMatching(/^DELETE FROM alembic_version[^]*UPDATE alembic_version/)}]);
});

const broken: Record<string, {file: string; text: string; kind: string; says: RegExp}> = {
	'a syntax error': {file: 'b2_x.py', text: 'def upgrade(:\n', kind: 'broken-file', says: /b2_x\.py has a syntax error in line 1/},
	'an import that is not there': {file: 'b2_x.py', text: "import nowhere_at_all\nrevision='b2'\ndown_revision='a1'\n", kind: 'broken-file', says: /nowhere_at_all.*b2_x\.py, line 1/},
	'a missing down_revision': {file: 'b2_x.py', text: revisionFile({revision: 'b2', down: 'gone1', upgrade: []}), kind: 'missing-revision', says: /b2.* follows revision gone1, which no file defines/},
	'a duplicate id': {file: 'a1_again.py', text: revisionFile({revision: 'a1', upgrade: []}), kind: 'duplicate-revision', says: /revision id a1/},
	'a circle': {file: 'a1_create_items.py', text: revisionFile({revision: 'a1', down: 'a1', upgrade: []}), kind: 'cycle', says: /circle/},
};
test.for(Object.entries(broken))('%s is one clear sentence', async ([, {file, text, kind, says}]) => {
	const {files, project} = await open();
	await files.write(file, text);
	const {graph} = await readProject(project);
	expect(graph.problems.map(problem => problem.kind)).toContain(kind);
	expect(describeProblem(graph.problems.find(problem => problem.kind === kind)!)).toMatch(says);
	expect(graph.files).toContain(path.join(files.versions, file));
});

test('no configuration, a broken one, no answer from the database, another kind of database', async () => {
	const {files, project} = await open();
	const ini = path.join(files.directory, 'alembic.ini');
	const problemOf = async () => {
		const {graph, database: read} = await readProject(project, {database: {}});
		return graph.problems[0] ?? (read?.ok === false ? read.problem : null);
	};
	const sound = await readFile(ini, 'utf8');
	const withUrl = async (url: string) => writeFile(ini, sound.replace(/^sqlalchemy\.url.*$/m, `sqlalchemy.url = ${url}`));
	await withUrl('postgresql+psycopg://postgres:s3cretword@127.0.0.1:1/x');
	const refused = await problemOf();
	expect(refused).toMatchObject({kind: 'cannot-connect'});
	expect(JSON.stringify(refused)).not.toContain('s3cretword');
	await withUrl('sqlite://');
	expect(await problemOf()).toMatchObject({kind: 'not-postgresql'});
	await withUrl('postgresql://a:b%40c@h/d');
	expect(await problemOf()).toMatchObject({kind: 'broken-config'});
	await writeFile(ini, 'alembic\n');
	expect(await problemOf()).toMatchObject({kind: 'broken-config'});
	await rm(ini);
	expect(await problemOf()).toMatchObject({kind: 'no-config'});
});

test('multidb: asking for SQL writes no file into the project', async () => {
	const {files, project} = await open({envPy: `
from alembic import context
for name in ('engine1', 'engine2'):
    with open(name + '.sql', 'w') as buffer:
        context.configure(url='postgresql://', output_buffer=buffer)
        with context.begin_transaction():
            context.run_migrations()
`});
	const readings = valueOf((await readPlanned(project, {sql: {action: 'upgrade', from: [], to: 'head'}})).sql);
	expect(readings.map(reading => reading.revisions.map(each => each.sql?.slice(0, 18)))).toEqual([['CREATE TABLE items'], ['CREATE TABLE items']]);
	expect(existsSync(path.join(files.directory, 'engine1.sql'))).toBe(false);
});

test('an env.py that never ends, or ends its process, is told from one that answers', async () => {
	const endless = await open({envPy: 'import time\ntime.sleep(100)\n'});
	const {graph, connection} = await readProject(endless.project, {connection: true}, {timeoutMs: 2500});
	expect(graph.heads).toEqual(['a1']);
	expect(connection).toMatchObject({ok: false, problem: {kind: 'timeout'}});
	const exiting = await open({envPy: 'import os\nos._exit(7)\n'});
	expect((await readProject(exiting.project, {connection: true})).connection).toMatchObject({ok: false, problem: {kind: 'failed', message: expect.stringContaining('ended the process')}});
	const quitting = await open({envPy: 'raise SystemExit("set APP_ENV first")\n'});
	expect((await readProject(quitting.project, {connection: true})).connection).toMatchObject({ok: false, problem: {kind: 'environment-failed', message: expect.stringContaining('set APP_ENV first')}});
});
