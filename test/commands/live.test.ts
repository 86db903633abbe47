/** Rooms at work as other shells see them: started, found, steered, stopped; nothing is left behind. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {outcomeSchema} from '../../source/journal/shapes/outcome.ts';
import {eventually, revisionFile} from '../servers.ts';
import {cliProject, inProcess, jsonOf, startCli, twoRevisions, type CliProject} from './cli.ts';

let project: CliProject;
const run = (words: string[]) => inProcess(words, {cwd: project.directory});

beforeAll(async () => {
	project = await cliProject({revisions: {...twoRevisions, 'c3_slow.py': revisionFile({revision: 'c3', down: 'b2', upgrade: ["op.execute('SELECT pg_sleep(300)')"]})}});
	// Only actions are steered here; what stands before them is told elsewhere.
	await project.configure('environment: development');
});
afterAll(async () => {
	await run(['room', 'stop']);
	await project.remove();
	await project.database.drop();
});

/** A client on the database, once the migration's last statement runs there. */
async function slowStatement() {
	const client = await project.database.client();
	const running = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(300)%' AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()";
	await eventually('the slow statement runs', async () => (await client.query(running)).rowCount, 50_000);
	return client;
}

test('an upgrade without a terminal is found and cancelled from another shell: exit 4, the database as before', async () => {
	const upgrade = startCli(['upgrade', '--yes', '--json'], {cwd: project.directory});
	const client = await slowStatement();
	const status = await run(['room', 'status', '--json']);
	expect(jsonOf(status)).toEqual({pid: upgrade.pid, socket: expect.stringMatching(/\.sock$/), run: expect.any(String), consoles: expect.any(Number), idleSeconds: 0});
	expect((await run(['room', 'stop'])).exit).toBe(3);
	expect((await run(['guard', 'max_blocked_seconds', '30', '--json'])).exit).toBe(0);
	const cancelled = await run(['cancel', '--json']);
	expect([cancelled.exit, jsonOf(cancelled)]).toMatchObject([0, {done: true}]);
	const {exitCode, stdout} = await upgrade;
	expect(exitCode).toBe(4);
	expect(outcomeSchema.parse(jsonOf({stdout}))).toMatchObject({status: 'cancelled', exit: 4, database: {version: [], verified: true, left: []}});
	expect((await client.query("SELECT to_regclass('items') AS items")).rows).toEqual([{items: null}]);
	expect(jsonOf(await run(['room', 'status', '--json'])).pid).toBeNull();
}, 120_000);

test('SIGTERM to an upgrade without a terminal cancels its backend, and the outcome is read back', async () => {
	const upgrade = startCli(['upgrade', '--yes', '--json'], {cwd: project.directory});
	await slowStatement();
	upgrade.kill('SIGTERM');
	const {exitCode, stdout} = await upgrade;
	expect(exitCode).toBe(4);
	expect(jsonOf({stdout})).toMatchObject({status: 'cancelled', reason: expect.stringContaining('SIGTERM'), database: {version: [], verified: true}});
}, 120_000);

test('a detached room is started, serves the commands of other shells, and stops', async () => {
	// From a process of its own: the room is started as that program was.
	const started = await project.run(['room', 'start', '--json']);
	const {pid, socket} = jsonOf(started);
	expect([started.exit, pid, socket]).toEqual([0, expect.any(Number), expect.stringMatching(/\.sock$/)]);
	expect(jsonOf(await run(['items', '--json'])).run).toBe(jsonOf(await run(['room', 'status', '--json'])).run);
	expect(await run(['cancel'])).toMatchObject({exit: 3, stdout: 'No action is running.\n'});
	const stopped = await run(['room', 'stop', '--json']);
	expect([stopped.exit, jsonOf(stopped).pid]).toEqual([0, null]);
	await eventually('its process is gone', () => {
		try {
			process.kill(pid, 0);
			return false;
		} catch {
			return true;
		}
	});
});
