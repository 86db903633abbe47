/** A pooler between the migration and its server: fiction in transaction mode, fine in session mode. */
import {afterEach, beforeEach, expect, test} from 'vitest';
import {alembicProject, freshDatabase, type AlembicProject, type FreshDatabase} from '../servers.ts';
import {migrating, projectIn} from './migrating.ts';
import {smallPooler, type SmallPooler} from './small-pooler.ts';

let database: FreshDatabase;
let pooler: SmallPooler;
let files: AlembicProject;

beforeEach(async () => {
	database = await freshDatabase();
	await (await database.client()).query('SELECT pg_advisory_lock(77)');
});
afterEach(async () => {
	await files.remove();
	await pooler.close();
	await database.drop();
});

async function throughPooler(mode: 'transaction' | 'session') {
	pooler = await smallPooler({server: `${database.server.socketDirectory}/.s.PGSQL.${database.server.port}`, mode});
	const url = new URL(database.url);
	url.port = String(pooler.port);
	files = await alembicProject({url: url.href});
	return migrating({project: projectIn(files.directory), proofKey: '77', ownKey: '-5'});
}

test('a transaction pooler is refused by name, before anything', async () => {
	const run = await throughPooler('transaction');
	expect(await run.ended).toMatchObject({code: 3});
	expect(run.all('refused')).toMatchObject([{why: 'pooler', text: expect.stringContaining('transaction pooler')}]);
	expect(run.all('statement')).toEqual([]);
});

test('a session pooler is gone through, and said', async () => {
	const run = await throughPooler('session');
	expect(await run.ended).toMatchObject({code: 0});
	expect(run.all('connected')).toMatchObject([{behindProxy: true, proven: true, ownLock: 'held'}]);
	expect(run.all('commit')).toMatchObject([{revisions: ['a1']}]);
});
