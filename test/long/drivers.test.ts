/** The whole way of a migration with each driver that Alembic projects use, and with the Alembic and SQLAlchemy of older projects: plan, upgrade, a failure, and back. */
import {createHash} from 'node:crypto';
import {existsSync, globSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {afterEach, describe, expect, test} from 'vitest';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import type {Plan} from '../../source/journal/shapes/plan.ts';
import {openSite, revisionFile, type Site} from '../room/site.ts';
import {pythonPath} from '../servers.ts';

const drivers = ['psycopg2-binary==2.9.13', 'psycopg[binary]==3.3.9', 'asyncpg==0.32.0', 'pg8000==1.31.6', 'greenlet==3.5.6'];
const environments = {
	'Alembic 1.20, SQLAlchemy 2.1': {packages: ['alembic==1.20.1', 'SQLAlchemy==2.1.9', ...drivers], with: ['psycopg', 'psycopg2', 'asyncpg', 'pg8000']},
	'Alembic 1.13, SQLAlchemy 2.0': {packages: ['alembic==1.13.3', 'SQLAlchemy==2.0.58', ...drivers], with: ['psycopg', 'asyncpg']},
	'Alembic 1.8, SQLAlchemy 1.4': {packages: ['alembic==1.8.1', 'SQLAlchemy==1.4.54', ...drivers], with: ['psycopg2', 'asyncpg', 'pg8000']},
};

/** A Python environment with the packages, made once and kept. @returns its folder */
async function environmentWith(packages: string[]): Promise<string> {
	const folder = path.resolve(import.meta.dirname, '../../.cache/drivers', createHash('sha256').update(packages.join()).digest('hex').slice(0, 12));
	if (existsSync(path.join(folder, 'whole'))) return folder;
	await execa(pythonPath, ['-m', 'venv', '--clear', folder]);
	await execa(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', ...packages]);
	writeFileSync(path.join(folder, 'whole'), packages.join('\n'));
	return folder;
}

/** pg8000 begins a transaction before each statement, also in an autocommit block: there CONCURRENTLY fails with plain Alembic too. */
const revisionsFor = (driver: string) => ({
	'a1.py': revisionFile({revision: 'a1', doc: 'items', upgrade: ['pass']}),
	'b2.py': revisionFile({revision: 'b2', down: 'a1', doc: 'what an item is', upgrade: ["op.add_column('items', sa.Column('note', sa.Text))", "op.execute(\"UPDATE items SET note = 'one'\")"], downgrade: ["op.drop_column('items', 'note')"]}),
	'c3.py': revisionFile({revision: 'c3', down: 'b2', doc: 'find it', upgrade: ['with op.get_context().autocommit_block():', `    op.create_index('items_note', 'items', ['note'], postgresql_concurrently=${driver === 'pg8000' ? 'False' : 'True'})`], downgrade: ["op.drop_index('items_note')"]}),
});
const sql = "CREATE TABLE items (id bigint PRIMARY KEY, name text); INSERT INTO items SELECT g, 'same' FROM generate_series(1, 500) g; CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1')";

let site: Site;
afterEach(async () => site?.close());

/** A room on a project of that Alembic's own template. */
async function open(driver: string, packages: string[]) {
	const folder = await environmentWith(packages);
	const [template] = globSync(path.join(folder, `lib/python3*/site-packages/alembic/templates/${driver === 'asyncpg' ? 'async' : 'generic'}/env.py`));
	site = await openSite({revisions: revisionsFor(driver), sql, envPy: readFileSync(template!, 'utf8'), url: database => database.url.replace('postgresql:', `postgresql+${driver}:`)});
	return site.enter({alembic: {python: [path.join(folder, 'bin/python')], ini: null, section: 'alembic', arguments: [], environment: {}}}, {acts: true});
}

describe.each(Object.entries(environments))('%s', (_, {packages, with: names}) => {
	test.each(names)('%s', async driver => {
		const room = await open(driver, packages);
		const plan = await room.client.ask<Plan>('plan', {action: 'upgrade'});
		expect(plan).toMatchObject({from: ['a1'], to: ['c3'], commitPoints: [{after: 'c3'}], revisions: [{revision: 'b2', sql: true}, {revision: 'c3', sql: true}]});
		const up = await room.client.ask<Outcome>('upgrade', {confirmed: true});
		expect(up).toMatchObject({status: 'done', exit: 0, to: ['c3'], revisions: [{revision: 'b2'}, {revision: 'c3'}], database: {version: ['c3'], verified: true, invalidIndexes: []}});
		expect(up.statements.map(each => [each.revision, each.sql.split(' ').slice(0, 3).join(' ')])).toEqual(expect.arrayContaining([['b2', 'ALTER TABLE items'], ['b2', 'UPDATE items SET'], ['c3', driver === 'pg8000' ? 'CREATE INDEX items_note' : 'CREATE INDEX CONCURRENTLY']]));
		expect(up.statements.find(each => each.sql.startsWith('UPDATE items'))).toMatchObject({rows: 500});
		await site.project.write('d4.py', revisionFile({revision: 'd4', down: 'c3', upgrade: ["op.create_index('ux', 'items', ['name'], unique=True)"]}));
		expect(await room.client.ask<Outcome>('upgrade', {confirmed: true})).toMatchObject({status: 'failed', exit: 4, database: {version: ['c3']}, reason: expect.stringMatching(/could not create unique index "ux"[^]*\(23505\).* in revision d4; the database is as before, at c3 \(read back\)/)});
		expect(await room.client.ask<Outcome>('downgrade', {revision: 'a1', confirmed: true})).toMatchObject({status: 'done', exit: 0, to: ['a1'], database: {version: ['a1']}});
	}, 300_000);

	test(`${names.at(-1)}: a statement that waits for a lock is taken back and tried again`, async () => {
		const room = await open(names.at(-1)!, packages);
		const holder = await site.database.client();
		await holder.query('BEGIN; SELECT count(*) FROM items');
		const outcome = room.client.ask<Outcome>('upgrade', {confirmed: true});
		await expect.poll(() => site.events('attempt-failed').length, {timeout: 60_000}).toBeGreaterThan(1);
		await holder.query('COMMIT');
		expect(await outcome).toMatchObject({status: 'done', exit: 0, to: ['c3']});
		expect(site.events('attempt-failed')[0]).toMatchObject({lockTimeoutMs: 100});
	}, 300_000);
});
