/** What a room tells and does about other people's sessions: their whole query, its plan, signals to exactly those seen, figures of the past. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {PastAnswer} from '../../source/room/protocol.ts';
import {backendOf} from '../monitor/sessions.ts';
import {eventually} from '../servers.ts';
import {openSite, type Site} from './site.ts';

let site: Site;
let ask: Awaited<ReturnType<Site['enter']>>['client']['ask'];

beforeAll(async () => {
	site = await openSite({sql: 'CREATE TABLE orders (id int PRIMARY KEY, note text)'});
	const {client} = await site.enter({}, {flags: {environment: 'production'}});
	ask = (...given) => client.ask(...given);
});
afterAll(async () => site.close());

/** A session that has run this, and how it is asked for. */
async function ran(text: string, values?: unknown[]) {
	const client = await site.database.client();
	await client.query(text, values).catch(() => {});
	return {client, backend: await backendOf(client), async again() {
		await client.query(text, values).catch(() => {});
		return this.backend;
	}};
}

test('a query is told in full, and said to be cut off when it is', async () => {
	const long = await ran(`SELECT '${'ä'.repeat(300)}'`);
	expect(await ask('session', {...await long.again()})).toMatchObject({query: `SELECT '${'ä'.repeat(300)}'`, complete: true, limitBytes: 1024});
	const longer = await ran(`SELECT '${'ä'.repeat(3000)}'`);
	expect(await ask('session', {...await longer.again()})).toMatchObject({complete: false});
	await expect(ask('explain', {...longer.backend})).rejects.toThrow('cut off at 1024 bytes (track_activity_query_size)');
	await expect(ask('session', {...longer.backend, backendStart: '2001-01-01 00:00:00+00'})).rejects.toThrow('is not there any more');
});

test.each([
	['a SELECT', 'SELECT * FROM orders WHERE id = 7', undefined, {plan: expect.stringContaining('orders'), parameters: 0}],
	['one with parameters, as a generic plan', 'SELECT * FROM orders WHERE id = $1 AND note = $2', [7, 'x'], {plan: expect.stringMatching(/id = \$1/), parameters: 2}],
	['a DELETE, which deletes nothing', 'DELETE FROM orders', undefined, {plan: expect.stringContaining('Delete on orders'), parameters: 0}],
])('explain: %s', async (_, text, values, expected) => {
	const session = await ran(text, values);
	await session.client.query("INSERT INTO orders VALUES (7, 'kept') ON CONFLICT DO NOTHING");
	const {plan, ...others} = await ask<{plan: string[]; parameters: number}>('explain', {...await session.again()});
	expect({plan: plan.join('\n'), ...others}).toMatchObject(expected);
});

test.each([
	['VACUUM orders', 'only SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES have one'],
	["SELECT 1; CREATE TABLE harm (id int)", 'it is several statements in one text'],
	['SELECT * FROM nowhere', 'relation "nowhere" does not exist (planned as our own role'],
])('explain says why not: %s', async (text, reason) => {
	const session = await ran(text);
	await session.client.query('DROP TABLE IF EXISTS harm');
	await expect(ask('explain', {...await session.again()})).rejects.toThrow(`No plan: ${reason}`);
});

test('explain does not wait for a locked table', async () => {
	const session = await ran('SELECT count(*) FROM orders');
	const [locker, backend] = [await site.database.client(), await session.again()];
	await locker.query('BEGIN; LOCK TABLE orders');
	await expect(ask('explain', {...backend})).rejects.toThrow('a table of it is locked just now');
	await locker.query('ROLLBACK');
});

test('several are ended at once: exactly those that were seen, never holdpoint\'s own', async () => {
	const [one, two, reused] = await Promise.all([ran('SELECT 1'), ran('SELECT 1'), ran('SELECT 1')]);
	for (const {client} of [one, two]) client.on('error', () => {});
	const [own] = (await one.client.query(`SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' AS "backendStart" FROM pg_stat_activity WHERE application_name = 'holdpoint' AND datname = current_database()`)).rows;
	const sessions = [one.backend, two.backend, {...reused.backend, backendStart: '2001-01-01 00:00:00+00'}, own];
	await expect(ask('signal-all', {sessions, terminate: true})).rejects.toThrow('needs the database\'s name to be typed');
	expect(await ask('signal-all', {sessions, terminate: true, confirm: site.database.name})).toMatchObject({
		done: true, reason: expect.stringContaining('2 of 4 terminated'),
		told: [{pid: one.backend.pid, result: 'accepted'}, {pid: two.backend.pid, result: 'accepted'}, {pid: reused.backend.pid, result: 'not-found'}, {pid: own.pid, result: 'refused', reason: `pid ${own.pid} is holdpoint's own (holdpoint).`}],
	});
	expect((await reused.client.query('SELECT 1')).rowCount).toBe(1);
	expect(site.events('backend-cancelled').map(({pid}) => pid)).toEqual([one.backend.pid, two.backend.pid, reused.backend.pid]);
});

test('what was recorded is told as points of a chart, as many as it has columns', async () => {
	await ask('attach', {});
	const past = await eventually('two figures', async () => {
		const answer = await ask<PastAnswer>('history', {from: Date.now() - 60_000, to: Date.now(), most: 50});
		return answer.points.length > 0 && answer.points.some(({high}) => high['commits'] !== undefined) ? answer : null;
	});
	expect(past).toMatchObject({marks: [], begins: expect.any(Number)});
	expect(past.points.at(-1)!.high).toMatchObject({connections: expect.any(Number)});
	await expect(ask('history', {from: 0, to: 1, most: 5000})).rejects.toThrow('history');
});
