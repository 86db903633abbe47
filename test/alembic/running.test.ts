/** A migration under the sidecar against a real server: the same outcome as without it, proof, locks, timeouts, holds, commits. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {alembicProject, eventually, freshDatabase, revisionFile, runAlembic, servers, type AlembicProject, type FreshDatabase} from '../servers.ts';
import {migrating, projectIn} from './migrating.ts';

let database: FreshDatabase;
const projects: AlembicProject[] = [];
const [proofKey, ownKey] = ['-9007199254740993', '4611686018427387907'];

beforeEach(async () => {
	database = await freshDatabase();
});
afterEach(async () => {
	await Promise.all(projects.splice(0).map(async project => project.remove()));
	await database.drop();
});

async function open(options: Partial<Parameters<typeof alembicProject>[0]> = {}) {
	const files = await alembicProject({url: database.url, ...options});
	projects.push(files);
	return {files, project: projectIn(files.directory)};
}

/** A session that holds the room's lock. */
async function room(on = database) {
	const client = await on.client();
	await client.query('SELECT pg_advisory_lock($1::bigint)', [proofKey]);
	return client;
}

const b2 = revisionFile({revision: 'b2', down: 'a1', doc: 'add a column', upgrade: ["op.add_column('items', sa.Column('x', sa.Integer))", "print('{\"event\": \"exit\", \"code\": 0}')"], downgrade: ["op.drop_column('items', 'x')"]});

test('statements, revisions and the commit are told in order; the session is proven, named and limited', async () => {
	const clientCheck = database.server.programs.version >= 14;
	const {files, project} = await open();
	await files.write('b2_x.py', b2);
	const watch = await room();
	const run = migrating({project, proofKey, ownKey, lockTimeoutMs: 1234, holdAtStart: true});
	const {pid} = await run.until('connected');
	await run.until('held');
	const {rows: [session]} = await watch.query('SELECT application_name, state, backend_xid FROM pg_stat_activity WHERE pid = $1', [pid]);
	expect(session).toEqual({application_name: 'holdpoint-migration', state: 'idle', backend_xid: null});
	run.say('continue');
	expect(await run.ended).toMatchObject({code: 0, errors: expect.stringContaining('{"event": "exit", "code": 0}')});
	expect(run.all('connected')).toMatchObject([{proven: true, ownLock: 'held', inRecovery: false, database: database.name, number: 1, behindProxy: false, clientCheck, driver: 'psycopg'}]);
	expect(run.all('plan')).toMatchObject([{rows: [], transactionPerMigration: false, externalTransaction: false, versionTable: 'alembic_version', steps: [{revision: 'a1', doc: 'create items'}, {revision: 'b2', from: ['a1'], to: ['b2']}]}]);
	const order = run.events.filter(event => ['revision', 'revision-end', 'commit', 'exit'].includes(event.event)).map(event => 'revision' in event && event.event !== 'commit' ? `${event.event} ${event.revision}` : event.event);
	expect(order).toEqual(['revision a1', 'revision-end a1', 'revision b2', 'revision-end b2', 'commit', 'exit']);
	expect(run.all('commit')).toMatchObject([{revisions: ['a1', 'b2'], pid}]);
	const alter = run.all('statement').find(each => each.sql.startsWith('ALTER TABLE items ADD COLUMN x'))!;
	expect(alter).toMatchObject({revision: 'b2', pid, state: 'INTRANS', autocommit: false, timeoutsLifted: false});
	expect(run.all('statement-end').find(each => each.number === alter.number)!.seconds).toBeGreaterThan(0);
	expect(run.all('exit')).toMatchObject([{code: 0, how: 'done', error: null, uncommitted: []}]);
	const down = migrating({project, action: 'downgrade', revision: 'a1', proofKey, ownKey});
	expect(await down.ended).toMatchObject({code: 0});
	expect(down.all('commit')).toMatchObject([{revisions: ['b2']}]);
});

test('another database, a standby, a migration at work: refused before the first statement', async () => {
	const {project} = await open();
	const other = await freshDatabase();
	await room(other);
	const wrong = migrating({project, proofKey, ownKey});
	expect(await wrong.ended).toMatchObject({code: 3});
	expect(wrong.all('refused')).toMatchObject([{why: 'wrong-server', statements: 0}]);
	expect(wrong.all('exit')).toMatchObject([{code: 3, how: 'refused'}]);
	expect(wrong.all('statement')).toEqual([]);
	await other.drop();

	const first = await room();
	const holder = await database.client();
	await holder.query('SELECT pg_advisory_lock($1::bigint)', [ownKey]);
	const second = migrating({project, proofKey, ownKey});
	expect(await second.ended).toMatchObject({code: 3});
	expect(second.all('refused')).toMatchObject([{why: 'already-running', text: expect.stringContaining('already at work')}]);
	expect((await first.query("SELECT to_regclass('alembic_version') AS t")).rows[0].t).toBeNull();

	const {standby} = await servers();
	const onStandby = migrating({project: (await open({url: standby.url('postgres')})).project, proofKey, ownKey});
	expect(await onStandby.ended).toMatchObject({code: 3});
	expect(onStandby.all('refused')).toMatchObject([{why: 'standby'}]);
});

test('CONCURRENTLY waits as long as it must, an ALTER only as long as it may; a hold comes at the next safe point', async () => {
	const {files, project} = await open();
	await files.write('b2_index.py', revisionFile({revision: 'b2', down: 'a1', upgrade: [
		'with op.get_context().autocommit_block():',
		"    op.create_index('ix', 'items', ['name'], postgresql_concurrently=True)",
		"    op.execute('SELECT 42')",
	]}));
	await files.write('c3_alter.py', revisionFile({revision: 'c3', down: 'b2', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN x int')"]}));
	await runAlembic(files, 'upgrade', 'a1');
	const watch = await room();
	const blocker = await database.client();
	await blocker.query('BEGIN');
	await blocker.query("INSERT INTO items VALUES (1, 'x')");
	const run = migrating({project, proofKey, ownKey, lockTimeoutMs: 300});
	const {pid} = await run.until('connected');
	await eventually('CONCURRENTLY waits longer than the lock timeout of everything else', async () => {
		const {rows} = await watch.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND now() - query_start > '600 ms'", [pid]);
		return rows.length === 1;
	});
	run.say('hold');
	await run.until('order');
	await blocker.query('COMMIT');
	const held = await run.until('held');
	expect(held).toMatchObject({where: 'before a statement', revision: 'b2'});
	const {rows: [session]} = await watch.query('SELECT state FROM pg_stat_activity WHERE pid = $1', [pid]);
	expect(session.state).toBe('idle');
	await blocker.query('BEGIN');
	await blocker.query('SELECT * FROM items');
	run.say('continue');
	expect(await run.ended).toMatchObject({code: 1});
	expect(run.all('statement').find(each => each.sql.includes('CONCURRENTLY'))).toMatchObject({state: 'IDLE', autocommit: true, timeoutsLifted: true});
	expect(run.all('statement-failed')).toMatchObject([{sqlstate: '55P03', revision: 'c3', sql: 'ALTER TABLE items ADD COLUMN x int'}]);
	expect(run.all('exit')).toMatchObject([{code: 1, how: 'error', uncommitted: ['b2'], error: {class: 'LockNotAvailable', sqlstate: '55P03', file: expect.stringContaining('c3_alter.py')}}]);
	expect(run.all('exit')[0]!.error!.message).not.toContain('Traceback');
	expect((await watch.query('SELECT version_num FROM alembic_version')).rows).toEqual([{version_num: 'a1'}]);
});

test('what follows the committed part of a revision waits up to the bound, since it could not be tried again; the next revision climbs the ladder again', async () => {
	const {files, project} = await open();
	await files.write('b2_index.py', revisionFile({revision: 'b2', down: 'a1', upgrade: [
		'with op.get_context().autocommit_block():',
		"    op.create_index('ix', 'items', ['name'], postgresql_concurrently=True)",
		"op.execute('ALTER TABLE items ADD COLUMN x int')",
		'with op.get_context().autocommit_block():',
		"    op.execute('SELECT 1')",
	]}));
	await files.write('c3_alter.py', revisionFile({revision: 'c3', down: 'b2', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN y int')"]}));
	await runAlembic(files, 'upgrade', 'a1');
	const watch = await room();
	const blocker = await database.client();
	// A reader without a snapshot: CONCURRENTLY does not wait for it, an ALTER does.
	await blocker.query('BEGIN');
	await blocker.query('SELECT * FROM items');
	const run = migrating({project, proofKey, ownKey, lockTimeoutMs: 300, lockTimeoutBoundMs: 60_000, revision: 'b2'});
	const {pid} = await run.until('connected');
	await eventually('the ALTER waits longer than its rung', async () => {
		const {rows} = await watch.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock' AND query LIKE 'ALTER%' AND now() - query_start > '600 ms'", [pid]);
		return rows.length === 1;
	});
	await blocker.query('COMMIT');
	expect(await run.ended).toMatchObject({code: 0});
	expect(run.all('patient')).toMatchObject([{revision: 'b2', lockTimeoutMs: 60_000}]);
	await blocker.query('BEGIN');
	await blocker.query('SELECT * FROM items');
	const next = migrating({project, proofKey, ownKey, lockTimeoutMs: 300, lockTimeoutBoundMs: 60_000});
	expect(await next.ended).toMatchObject({code: 1});
	expect(next.all('exit')).toMatchObject([{error: {sqlstate: '55P03'}}]);
	expect(next.all('patient')).toEqual([]);
});

test('a failure after an autocommit block tells what was committed before it', async () => {
	const {files, project} = await open();
	await files.write('b2_half.py', revisionFile({revision: 'b2', down: 'a1', upgrade: [
		"op.execute(\"INSERT INTO items VALUES (1, 'a'), (2, 'a')\")",
		'with op.get_context().autocommit_block():',
		"    op.create_index('ux', 'items', ['name'], unique=True, postgresql_concurrently=True)",
	]}));
	await room();
	const run = migrating({project, proofKey, ownKey});
	expect(await run.ended).toMatchObject({code: 1});
	expect(run.all('commit')).toMatchObject([{revisions: ['a1'], revision: 'b2'}]);
	expect(run.all('statement-failed')).toMatchObject([{sqlstate: '23505', detail: expect.stringContaining('duplicated')}]);
	expect(run.all('exit')).toMatchObject([{uncommitted: []}]);
});

test('a deferred constraint that fails at COMMIT is no commit', async () => {
	const {files, project} = await open();
	await files.write('b2_deferred.py', revisionFile({revision: 'b2', down: 'a1', upgrade: [
		"op.execute('ALTER TABLE items ADD COLUMN parent bigint REFERENCES items DEFERRABLE INITIALLY DEFERRED')",
		"op.execute(\"INSERT INTO items VALUES (1, 'a', 99)\")",
	]}));
	const run = migrating({project});
	expect(await run.ended).toMatchObject({code: 1});
	expect(run.all('commit')).toEqual([]);
	expect(run.all('exit')).toMatchObject([{uncommitted: ['a1', 'b2'], error: {sqlstate: '23503'}}]);
});

test('asked to stop, it ends before its next statement and rolls back', async () => {
	const {files, project} = await open();
	await files.write('b2_x.py', b2);
	const run = migrating({project, holdAtStart: true});
	await run.until('held');
	run.say('cancel-softly');
	expect(await run.ended).toMatchObject({code: 1});
	expect(run.all('exit')).toMatchObject([{how: 'cancelled', error: {message: 'The migration was asked to stop.'}}]);
	expect(run.all('commit')).toEqual([]);
});

test('a loop of one statement is told in few lines', async () => {
	const {files, project} = await open();
	await files.write('b2_loop.py', revisionFile({revision: 'b2', down: 'a1', upgrade: ['for i in range(2000):', "    op.get_bind().execute(sa.text('INSERT INTO items VALUES (:i, :n)'), {'i': i, 'n': 'secret value'})"]}));
	const run = migrating({project});
	expect(await run.ended).toMatchObject({code: 0});
	const inserts = run.all('statement').filter(each => each.sql.startsWith('INSERT INTO items'));
	const repeated = run.all('statements-repeated');
	expect(inserts.length).toBeLessThan(30);
	expect(inserts.length + repeated.reduce((sum, each) => sum + each.count, 0)).toBe(2000);
	expect(JSON.stringify(run.events)).not.toContain('secret value');
});

test('an unknown target and an unknown stamp are Alembic\'s own words and exit code', async () => {
	const {files, project} = await open();
	const unknown = migrating({project, revision: 'nope1'});
	expect(await unknown.ended).toMatchObject({code: 255});
	expect(unknown.all('exit')).toMatchObject([{code: 255, how: 'command-error', error: {class: 'CommandError', message: "Can't locate revision identified by 'nope1'", kind: 'unknown-revision'}}]);
	await runAlembic(files, 'upgrade', 'head');
	await (await database.client()).query("UPDATE alembic_version SET version_num = 'zzz9'");
	const stamped = migrating({project});
	await stamped.ended;
	expect(stamped.all('exit')).toMatchObject([{how: 'command-error', error: {kind: 'unknown-revision'}}]);
});

const early = `
from alembic import context
from sqlalchemy import create_engine, text
print('\\x1e{"event": "exit", "at": 1, "code": 0, "how": "done", "error": null, "uncommitted": [], "seconds": 1}')
engine = create_engine(context.config.get_main_option('sqlalchemy.url'))
with engine.connect() as connection:
    connection.execute(text('SELECT 1'))
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`;
const multidb = `
from alembic import context
from sqlalchemy import engine_from_config, pool
engines = {name: engine_from_config(context.config.get_section(name, {}), prefix='sqlalchemy.', poolclass=pool.NullPool) for name in ('engine1', 'engine2')}
connections = {name: engine.connect() for name, engine in engines.items()}
transactions = {name: connection.begin() for name, connection in connections.items()}
for name, connection in connections.items():
    context.configure(connection=connection, version_table='version_' + name, upgrade_token='%s_upgrades' % name)
    context.run_migrations(engine_name=name)
for name in connections:
    transactions[name].commit()
    connections[name].close()
`;
const multiRevision = `revision = 'a1'
down_revision = None
from alembic import op
def upgrade(engine_name):
    op.execute('CREATE TABLE made_by_' + engine_name + ' ()')
def downgrade(engine_name):
    pass
`;

const templates: [string, () => Promise<Partial<Parameters<typeof alembicProject>[0]>>, string | null][] = [
	['generic', async () => ({}), 'a1'],
	['async', async () => ({env: 'async'}), 'a1'],
	['pyproject', async () => ({env: 'pyproject'}), 'a1'],
	['pyproject_async', async () => ({env: 'pyproject_async'}), 'a1'],
	['multidb', async () => ({envPy: multidb, revisions: {'a1.py': multiRevision}}), 'a1'],
	['SQL before configure(), and JSON on standard output', async () => ({envPy: early}), null],
];
test.for(templates)('%s: the database is the same with and without the sidecar', async ([name, options, version]) => {
	const without = await freshDatabase();
	const outcome = async (on: FreshDatabase) => {
		const client = await on.client();
		const {rows} = await client.query("SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) AS columns FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'public'::regnamespace GROUP BY 1 ORDER BY 1");
		const versions = [];
		for (const table of rows.filter(row => /version/.test(row.relname) && !row.relname.endsWith('pkc'))) versions.push((await client.query(`SELECT version_num FROM ${table.relname}`)).rows);
		return {rows, versions};
	};
	const withEngines = async (on: FreshDatabase) => {
		const {files, project} = await open({url: on.url, ...await options()});
		if (name === 'multidb') {
			const ini = path.join(files.directory, 'alembic.ini');
			await writeFile(ini, `${await readFile(ini, 'utf8')}\n[engine1]\nsqlalchemy.url = ${on.sqlalchemyUrl}\n[engine2]\nsqlalchemy.url = ${on.sqlalchemyUrl}\n`);
		}
		return {files, project};
	};
	const plain = await runAlembic((await withEngines(without)).files, 'upgrade', 'head');
	await room();
	const run = migrating({project: (await withEngines(database)).project, proofKey, ownKey});
	expect(await run.ended).toMatchObject({code: plain.exitCode});
	const [seen, expected] = [await outcome(database), await outcome(without)];
	await without.drop();
	expect(seen).toEqual(expected);
	if (version) {
		expect(seen.versions.flat()).toContainEqual({version_num: version});
		expect(run.all('commit').flatMap(each => each.revisions)).toContain(version);
	} else {
		// Exit code 0, and nothing is there: said by the plan before, and by the exit after.
		expect(seen.rows).toEqual([]);
		expect(run.all('plan')).toMatchObject([{externalTransaction: true}]);
		expect(run.all('exit')).toMatchObject([{code: 0, uncommitted: ['a1']}]);
	}
	expect(run.all('connected')[0]).toMatchObject({proven: true});
});
