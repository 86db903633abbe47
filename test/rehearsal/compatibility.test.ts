/** Both versions of an application, its API and the users' statements, on both schemas of a real copy. */
import path from 'node:path';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {type Cluster, startCluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {queryStatements} from '../../source/postgres/figures.ts';
import {connect} from '../../source/postgres/session.ts';
import {compareAnswers, environmentOf} from '../../source/rehearsal/applications.ts';
import {primaryServer, revisionFile} from '../servers.ts';
import {openSite, type Site} from './site.ts';

let server: Cluster;
let site: Site;
/** Why the users' statements can't be had here; null: they can. */
let missing: string | null;
beforeAll(async () => {
	const {programs} = await primaryServer();
	const start = async (settings: Record<string, string>) => startCluster({directory: path.join(inject('testRun').folder, `statements-${process.pid}-${Object.keys(settings).length}`), purpose: 'statements', programs, durable: false, settings, from: await readCachedDataDirectory({programs, user: await findServerUser(), cache: path.resolve(import.meta.dirname, '../../.cache')}), owner: inject('testRun').owner});
	server = await start({shared_preload_libraries: 'pg_stat_statements'}).catch(async () => start({}));
	site = await openSite('compatible', server);
	missing = await (await site.database.client()).query('CREATE EXTENSION pg_stat_statements').then(() => null, (error: Error) => error.message);
});
afterAll(async () => {
	await site?.close();
	await server?.remove();
});

const renamed = revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.alter_column('items', 'name', new_column_name='title')`], downgrade: [`op.alter_column('items', 'title', new_column_name='name')`]});
const added = revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN note text")`], downgrade: [`op.drop_column('items', 'note')`]});
const psql = (sql: string): string[] => ['psql', '--no-psqlrc', '-v', 'ON_ERROR_STOP=1', '-Atc', sql];

test('an application that knows only one schema fails on the other, the API shows the new name, and a statement of the users that is refused is named', async context => {
	const client = await site.database.client();
	for (let calls = 0; calls < 3; calls++) await client.query('SELECT name FROM items WHERE id = $1', [calls]);
	await client.query(`UPDATE items SET name = 'name 1' WHERE id = 1`);
	await client.query('SELECT count(*) FROM items');
	const session = await connect(parseConninfo(site.database.url, {}, '/tmp'), {application: 'holdpoint-test'});
	const statements = await queryStatements(session, {characters: 10_000});
	await session.close();
	const commands = {old: psql('SELECT count(name) FROM items'), new: psql('SELECT count(title) FROM items'), api: psql(`SELECT to_jsonb(i) FROM items i WHERE id < 3`)};
	const {rehearsal} = await site.play({'b2.py': renamed}, 'b2', {place: site.named(), applications: {commands, directory: site.directory, environment: process.env}, statements: {...statements, rows: [...statements.rows ?? [], {query: 'SELECT gone FROM items', calls: 1}]}});
	expect(rehearsal).toMatchObject({ok: true, problems: []});
	expect(rehearsal.compatibility!.applications.map(({which, schema, exit, output}) => [which, schema, exit, output.split('\n')[0]])).toEqual([
		['api', 'old', 0, '{"id": 1, "name": "name 1"}'],
		['api', 'new', 0, '{"id": 1, "title": "name 1"}'],
		['old', 'new', 1, 'ERROR:  column "name" does not exist'],
		['new', 'old', 1, 'ERROR:  column "title" does not exist'],
		['old', 'old', 0, '5000'],
	]);
	expect(rehearsal.compatibility!.api).toEqual(['- {"id": 1, "name": "name 1"}', '- {"id": 2, "name": "name 2"}', '+ {"id": 1, "title": "name 1"}', '+ {"id": 2, "title": "name 2"}']);
	const found = rehearsal.compatibility!.statements!;
	expect(found.unclear).toContainEqual({query: 'SELECT gone FROM items', calls: 1, problem: 'column "gone" does not exist (42703)'});
	if (missing !== null) context.skip(`pg_stat_statements is not on this machine (${missing}): the users' own statements were not tried`);
	expect(found.planned).toBeGreaterThanOrEqual(3);
	expect(found.broken.filter(({query}) => /^(SELECT name|UPDATE)/.test(query))).toEqual(expect.arrayContaining([
		{query: 'SELECT name FROM items WHERE id = $1', calls: 3, problem: 'column "name" does not exist (42703)'},
		{query: 'UPDATE items SET name = $1 WHERE id = $2', calls: expect.any(Number), problem: expect.stringMatching(/column "name" of relation "items" does not exist/)},
	]));
	expect(found.broken.some(({query}) => /^SELECT count/.test(query))).toBe(false);
});

test('applications that write on the copy, and find only the copy', async () => {
	const where = 'test "$DATABASE_URL" = "$HOLDPOINT_COPY_URL" && test -z "$SHOP_DB" &&';
	const commands = {
		old: ['sh', '-c', `${where} test $HOLDPOINT_SCHEMA = new && psql "$HOLDPOINT_COPY_URL" -qc "INSERT INTO items (id, name) VALUES (9001, 'x')" && echo $HOLDPOINT_COPY_URL`],
		new: ['sh', '-c', `${where} test $HOLDPOINT_SCHEMA = old && psql -Atc 'SELECT current_database()'`],
		api: psql('CREATE TABLE traces (a int)'),
	};
	const {rehearsal} = await site.play({'b2.py': added}, 'b2', {place: site.named(), applications: {commands, directory: site.directory, environment: {...process.env, SHOP_DB: site.database.url, PGSERVICE: 'elsewhere'}}});
	expect(rehearsal).toMatchObject({ok: true, problems: []});
	const [, , old, now] = rehearsal.compatibility!.applications;
	expect(old).toMatchObject({which: 'old', ok: true, output: expect.stringMatching(/^postgresql:\/\/postgres:\*\*\*@127.0.0.1:\d+\/holdpoint_rehearsal_/)});
	expect(now).toMatchObject({which: 'new', ok: true, output: expect.stringMatching(/^holdpoint_rehearsal_/)});
	// The API is asked read-only.
	expect(rehearsal.compatibility!.applications[0]).toMatchObject({which: 'api', ok: false, output: expect.stringMatching(/cannot execute CREATE TABLE in a read-only transaction/)});
	expect((await (await site.database.client()).query('SELECT count(*)::int AS rows FROM items')).rows).toEqual([{rows: 5000}]);
});

test('a one-way migration leaves the new schema, and the released application is tried there', async () => {
	const oneWay = revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN note text")`], downgrade: [`raise NotImplementedError('one-way')`]});
	const {rehearsal} = await site.play({'b2.py': oneWay}, 'b2', {place: site.named(), applications: {commands: {old: psql('SELECT 1'), new: psql('SELECT 2'), api: null}, directory: site.directory, environment: process.env}, statements: {rows: null, missing: 'not asked'}});
	expect(rehearsal.problems.join()).toMatch(/the downgrade failed/);
	expect(rehearsal.compatibility).toMatchObject({applications: [{which: 'old', schema: 'new', ok: true}], statements: {missing: 'not asked'}});
	expect(rehearsal.compatibility!.applications).toHaveLength(1);
});

test('the copy behind a socket', () => {
	const conninfo = parseConninfo(`host=/tmp/s p port=5544 user='a b' dbname=shop`.replace('/tmp/s p', `'/tmp/s p'`), {}, '/tmp');
	expect(environmentOf(conninfo, {PGHOST: 'db', OTHER: 'postgresql+psycopg://db/shop', KEPT: 'yes'}, 'old')).toEqual({
		PGHOST: '/tmp/s p', PGPORT: '5544', PGDATABASE: 'shop', PGUSER: 'a b', PGPASSWORD: undefined, OTHER: undefined, HOLDPOINT_SCHEMA: 'old',
		DATABASE_URL: 'postgresql://a%20b@/shop?host=%2Ftmp%2Fs%20p&port=5544', HOLDPOINT_COPY_URL: 'postgresql://a%20b@/shop?host=%2Ftmp%2Fs%20p&port=5544',
	});
});

test('answers are compared line by line', () => {
	expect(compareAnswers('a\nb\nb', 'a\nb\nc')).toEqual(['- b', '+ c']);
	expect(compareAnswers('a\nb', 'b\na')).toEqual(['the same lines in another order']);
	expect(compareAnswers('a', 'a')).toEqual([]);
});
