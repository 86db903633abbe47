/** Bad input and trouble: each gets one clear sentence and its exit code, and leaves nothing half done. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {startCluster} from '../../source/postgres/cluster.ts';
import {listRunIds} from '../../source/room/run-folder.ts';
import {eventually, freshDatabase, revisionFile, servers, type FreshDatabase} from '../servers.ts';
import {cliProject, inProcess, jsonOf, twoRevisions, type CliProject} from './cli.ts';

let database: FreshDatabase;
const projects: CliProject[] = [];

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await Promise.all(projects.map(async project => project.remove()));
	await database.drop();
});

async function projectWith(options: Parameters<typeof cliProject>[0] = {}): Promise<CliProject> {
	const project = await cliProject({database, ...options});
	projects.push(project);
	return project;
}

/** Runs it, and expects a refusal in one sentence that leaves neither a run nor a version table. */
async function expectRefusal(project: CliProject, {words, exit, says}: {words: string[]; exit: number; says: RegExp}): Promise<void> {
	const answer = await inProcess(words, {cwd: project.directory});
	const sentences = answer.stderr.trim().split('\n').filter(line => line.startsWith('holdpoint: '));
	expect(answer.stderr).toMatch(says);
	expect({exit: answer.exit, stdout: answer.stdout, sentences: sentences.length}).toEqual({exit, stdout: '', sentences: 1});
	expect(listRunIds(project.stateDir)).toEqual([]);
}

const third = (body: Partial<Parameters<typeof revisionFile>[0]>) => revisionFile({revision: 'c3', down: 'b2', upgrade: [], ...body});

test('a broken alembic.ini', async () => {
	const project = await projectWith();
	await writeFile(path.join(project.directory, 'alembic.ini'), '[alembic\nscript_location = migrations\n');
	await expectRefusal(project, {words: ['plan'], exit: 2, says: /alembic\.ini/});
});

test.each([
	['a syntax error in a migration', {'c3_broken.py': `${third({})}\ndef broken(:\n`}, /c3_broken\.py/],
	['two heads, and none named', {'c3_one.py': third({}), 'd4_other.py': third({revision: 'd4'})}, /Multiple head revisions.*name a revision/],
	['a missing down_revision', {'c3_orphan.py': third({down: 'nowhere'})}, /nowhere/],
])('%s', async (_, more, says) => {
	await expectRefusal(await projectWith({revisions: {...twoRevisions, ...more}}), {words: ['plan'], exit: 2, says});
});

test('of two heads a named one can be planned; an unknown revision can\'t', async () => {
	const project = await projectWith({revisions: {...twoRevisions, 'c3_one.py': third({}), 'd4_other.py': third({revision: 'd4'})}});
	await expectRefusal(project, {words: ['plan', 'ffff'], exit: 2, says: /ffff/});
	expect(jsonOf(await inProcess(['plan', 'd4', '--json'], {cwd: project.directory})).to).toEqual(['d4']);
});

test('a revision in the database that no file knows', async () => {
	const stamped = await freshDatabase();
	const client = await stamped.client();
	await client.query("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('feed')");
	const project = await projectWith({database: stamped});
	const answer = await inProcess(['plan'], {cwd: project.directory});
	expect(answer.stderr).toMatch(/feed/);
	expect([answer.exit, answer.stdout]).toEqual([2, '']);
	await stamped.drop();
});

test('a database that can\'t be reached, that is not there, and a wrong password, which is not shown', async () => {
	const at = new URL(database.url);
	const url = (change: (url: URL) => void) => {
		const changed = new URL(at);
		change(changed);
		return changed.href;
	};
	await expectRefusal(await projectWith({url: url(changed => void (changed.port = '1'))}), {words: ['items'], exit: 2, says: /127\.0\.0\.1:1\b.*nothing listens there/});
	await expectRefusal(await projectWith({url: url(changed => void (changed.pathname = '/no_such_database'))}), {words: ['items'], exit: 2, says: /"no_such_database" does not exist/});
	const wrong = await projectWith({url: url(changed => void (changed.password = 'hunter2hunter2'))});
	await expectRefusal(wrong, {words: ['items'], exit: 2, says: /password/});
	expect((await inProcess(['items'], {cwd: wrong.directory})).stderr).not.toContain('hunter2');
});

test('a standby as target: looking is allowed, deciding is not', async () => {
	const {standby} = await servers();
	const there = await standby.connect('postgres');
	await eventually('the standby has the database', async () => (await there.query('SELECT 1 FROM pg_database WHERE datname = $1', [database.name])).rowCount);
	await there.end();
	const project = await projectWith({url: standby.url(database.name)});
	await expectRefusal(project, {words: ['plan'], exit: 3, says: /standby/});
	await expectRefusal(project, {words: ['attest', 'compat.api', '--note', 'x'], exit: 3, says: /standby/});
	expect((await inProcess(['items'], {cwd: project.directory})).exit).toBe(0);
});

test('--database leads to another database, or to a clone with the same identity: everything but reading is refused', async () => {
	const project = await projectWith();
	const other = await freshDatabase();
	await expectRefusal(project, {words: ['plan', '--database', other.url], exit: 3, says: new RegExp(`${database.name}.*${other.name}`)});
	await expectRefusal(project, {words: ['waive', 'compat.api', '--reason', 'x', '--database', other.url], exit: 3, says: /Only reading is allowed/});
	await other.drop();
	const from = await readCachedDataDirectory({programs: database.server.programs, user: await findServerUser(), cache: path.resolve(import.meta.dirname, '../../.cache')});
	const clone = await startCluster({directory: path.join(inject('testRun').folder, 'clone'), purpose: 'clone', from, durable: false, owner: inject('testRun').owner});
	try {
		const client = await clone.connect();
		await client.query(`CREATE DATABASE "${database.name}"`);
		await client.end();
		await expectRefusal(project, {words: ['plan', '--database', clone.url(database.name)], exit: 3, says: /not the live database/});
	} finally {
		await clone.remove();
	}
});

test('a configuration with an unknown key names line and column; a checklist without items is refused', async () => {
	const project = await projectWith();
	await project.configure('gaurd: {samples: 3}');
	await expectRefusal(project, {words: ['items'], exit: 2, says: /holdpoint\.yaml:3:1: unknown key `gaurd`; did you mean `guard`\?/});
	await writeFile(path.join(project.directory, 'empty.md'), '# Nothing to do\n');
	await project.configure('checklist: empty.md');
	await expectRefusal(project, {words: ['items'], exit: 2, says: /empty\.md has no checklist items/});
});

test('too few privileges: the upgrade fails, the database is as before, exit 4', async () => {
	const client = await database.client();
	const role = {name: `weak_${Date.now().toString(36)}`, password: 'weak-password'};
	await client.query(`CREATE ROLE ${role.name} LOGIN PASSWORD '${role.password}'; GRANT CREATE ON SCHEMA public TO ${role.name}; CREATE TABLE items_owned (id int)`);
	const project = await projectWith({url: database.urlAs(role), revisions: {'a1.py': revisionFile({revision: 'a1', upgrade: ["op.add_column('items_owned', sa.Column('x', sa.Integer))"], downgrade: []})}});
	const answer = await inProcess(['upgrade', '--yes', '--json'], {cwd: project.directory});
	expect(jsonOf(answer)).toMatchObject({status: 'failed', exit: 4, database: {version: [], verified: true}, reason: expect.stringMatching(/must be owner/)});
	expect(answer.exit).toBe(4);
	expect(answer.stdout + answer.stderr).not.toContain(role.password);
	expect((await client.query("SELECT count(*)::int AS n FROM pg_attribute WHERE attrelid = 'items_owned'::regclass AND attname = 'x'")).rows).toEqual([{n: 0}]);
});
