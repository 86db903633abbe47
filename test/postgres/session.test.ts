import {createServer, connect as connectSocket, type Socket} from 'node:net';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {backupKey, holdKey, holdProof, ownKey, queryHolder} from '../../source/postgres/advisory.ts';
import type {ConnectError} from '../../source/postgres/connect-error.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {queryIdentity} from '../../source/postgres/identity.ts';
import {queryPooler} from '../../source/postgres/pooler.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {cancelBackend, queryBackend} from '../../source/postgres/signal.ts';
import {eventually, freshDatabase, servers, type FreshDatabase, type Servers} from '../servers.ts';

let pair: Servers;
let database: FreshDatabase;
const open: Session[] = [];

async function session(text = database.url, options: Partial<Parameters<typeof connect>[1]> = {}): Promise<Session> {
	const one = await connect(parseConninfo(text, {}, '/nonexistent'), {application: 'holdpoint-test', ...options});
	open.push(one);
	return one;
}

async function failure(text: string): Promise<ConnectError> {
	return session(text).then(() => {
		throw new Error('connected, but should not have');
	}, (error: ConnectError) => error);
}

beforeAll(async () => {
	pair = await servers();
	database = await freshDatabase();
});
afterAll(async () => {
	await Promise.all(open.map(async one => one.close()));
	await database.drop();
});

describe('connecting', () => {
	test('our settings hold, and other variables of this process do not leak in', async () => {
		const one = await session(database.url, {statementTimeoutMs: 1234, lockTimeoutMs: 99});
		const [row] = await one.query(`SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock, current_setting('jit') AS jit, current_setting('application_name') AS name, pg_backend_pid() AS pid`);
		expect(row).toEqual({statement: '1234ms', lock: '99ms', jit: 'off', name: 'holdpoint-test', pid: one.pid});
	});

	test.each([
		['password', (url: string) => url.replace(/:[^:@]*@/, ':hunter2@'), /password for postgres was rejected by 127.0.0.1:/],
		['no-password', (url: string) => url.replace(/:[^:@]*@/, '@'), /asks for a password of postgres and none is given/],
		['database', (url: string) => url.replace(/\/[^/]*$/, '/nowhere'), /database "nowhere" does not exist/],
		['unreachable', (url: string) => url.replace(/:\d+\//, ':1/'), /nothing listens there/],
		['unreachable', () => 'postgresql://ann@no-such-host.invalid/shop', /No connection to no-such-host.invalid:5432/],
		['ssl', (url: string) => `${url}?sslmode=require`, /sslmode=require/],
	])('%s is told in one sentence', async (kind, change, sentence) => {
		const error = await failure(change(database.url));
		expect({kind: error.kind, exit: error.exit}).toEqual({kind, exit: 2});
		expect(error.message).toMatch(sentence);
		expect(error.message).not.toContain('hunter2');
	});

	test('a role without the right to connect, and one that is out of connections', async () => {
		const one = await session();
		await one.multi(`DROP ROLE IF EXISTS lone; CREATE ROLE lone LOGIN PASSWORD 'x' CONNECTION LIMIT 1; REVOKE CONNECT ON DATABASE "${database.name}" FROM public`);
		const url = database.urlAs({name: 'lone', password: 'x'});
		expect((await failure(url)).kind).toBe('privileges');
		await one.query(`GRANT CONNECT ON DATABASE "${database.name}" TO lone`);
		await session(url);
		expect((await failure(url)).kind).toBe('connections');
		await one.query(`GRANT CONNECT ON DATABASE "${database.name}" TO public`);
	});

	test('of several hosts the one with the wanted attributes answers', async () => {
		const {port: primary} = pair.primary;
		const {port: standby} = pair.standby;
		const password = pair.primary.superuser.password;
		const url = (attributes: string) => `host=127.0.0.1,127.0.0.1,127.0.0.1 port=1,${standby},${primary} user=postgres password=${password} dbname=postgres target_session_attrs=${attributes}`;
		const ports = await Promise.all(['any', 'read-write', 'primary', 'standby', 'prefer-standby'].map(async attributes => (await session(url(attributes))).host.port));
		expect(ports).toEqual([standby, primary, primary, standby, standby]);
		const none = await failure(`host=127.0.0.1 port=${standby} user=postgres password=${password} dbname=postgres target_session_attrs=read-write`);
		expect(none.kind).toBe('attributes');
	});
});

describe('a session', () => {
	test('several statements in one round trip', async () => {
		expect(await (await session()).multi('SELECT 1 AS a; SELECT 2 AS b; SELECT 3 AS c WHERE false')).toEqual([[{a: 1}], [{b: 2}], []]);
	});

	test('a network that falls silent rejects the query in time and ends the session', async () => {
		const sockets: Socket[] = [];
		let silent = false;
		const proxy = createServer(client => {
			const server = connectSocket(pair.primary.port, '127.0.0.1');
			sockets.push(client, server);
			client.on('data', chunk => silent || server.write(chunk));
			server.on('data', chunk => silent || client.write(chunk));
			for (const socket of [client, server]) socket.on('error', () => undefined);
		});
		await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
		const {port} = proxy.address() as {port: number};
		const one = await session(database.url.replace(/:\d+\//, `:${port}/`));
		silent = true;
		await expect(one.query('SELECT 1', [], {timeoutMs: 150})).rejects.toThrow(/did not answer within 150 ms/);
		expect(await one.ended).toMatch(/no answer/);
		await expect(one.query('SELECT 1')).rejects.toThrow(/session is over/);
		for (const socket of sockets) socket.destroy();
		proxy.close();
	});

	test('closing does not wait for a query that does not end', async () => {
		const one = await session();
		const sleeping = one.query('SELECT pg_sleep(60)').catch((error: Error) => error.message);
		await one.close();
		expect(await sleeping).toMatch(/lost: closed while a query was running/);
	});

	test('terminated by the server: the running query rejects and ended says why', async () => {
		const [victim, other] = [await session(), await session()];
		const sleeping = victim.query('SELECT pg_sleep(60)').catch((error: Error & {code?: string}) => error);
		await eventually('the victim sleeps', async () => (await queryBackend(other, victim))?.state === 'active');
		expect(await cancelBackend(other, {...victim, terminate: true})).toMatchObject({result: 'accepted'});
		expect(await sleeping).toMatchObject({code: '57P01'});
		expect(await victim.ended).toBeTruthy();
		await eventually('it is gone', async () => await queryBackend(other, victim) === null);
	});

	test('a signal goes only to the backend that was meant', async () => {
		const [victim, other] = [await session(), await session()];
		expect(await cancelBackend(other, {pid: victim.pid, backendStart: '2001-01-01 00:00:00+00', terminate: true})).toMatchObject({result: 'not-found'});
		expect(await victim.query('SELECT 1 AS still')).toEqual([{still: 1}]);
		const sleeping = victim.query('SELECT pg_sleep(60)').catch((error: Error & {code?: string}) => error);
		await eventually('the victim sleeps', async () => (await queryBackend(other, victim))?.state === 'active');
		expect(await cancelBackend(other, victim)).toMatchObject({result: 'accepted'});
		expect(await sleeping).toMatchObject({code: '57014'});
	});
});

test('identity: the pair shares its identifier and differs in being a standby', async () => {
	const [primary, standby] = await Promise.all([pair.primary, pair.standby].map(async server => queryIdentity(await session(server.url('postgres')))));
	expect(primary).toMatchObject({database: 'postgres', role: 'postgres', inRecovery: false, timeline: 1, port: pair.primary.port, superuser: true, seesAll: true, encoding: 'UTF8'});
	expect(standby).toMatchObject({inRecovery: true, timeline: 1, port: pair.standby.port});
	expect(primary!.systemIdentifier).toMatch(/^\d{19}$/);
	expect(standby!.systemIdentifier).toBe(primary!.systemIdentifier);
});

test('the proof lock is seen on the same live database only', async () => {
	const [room, migration, elsewhere, standby] = [await session(), await session(), await session(pair.primary.url('postgres')), await session(pair.standby.url('postgres'))];
	const proof = await holdProof(room);
	expect(await queryHolder(migration, proof.key)).toMatchObject({pid: room.pid, application: 'holdpoint-test', client: '127.0.0.1', since: room.backendStart});
	expect(await queryHolder(elsewhere, proof.key)).toBeNull();
	expect(await queryHolder(standby, proof.key)).toBeNull();
	await proof.release();
	expect(await queryHolder(migration, proof.key)).toBeNull();

	const own = await holdKey(room, ownKey(database.name));
	expect(own).not.toBeNull();
	expect(await holdKey(migration, ownKey(database.name))).toBeNull();
	expect(await holdKey(migration, backupKey(database.name))).not.toBeNull();
	await room.close();
	await eventually('the lock went with its session', async () => holdKey(migration, ownKey(database.name)));
});

test('a direct connection is no pooler', async () => {
	expect(await queryPooler(await session())).toMatchObject({kind: 'none'});
});
