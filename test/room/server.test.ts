/** The room's socket: words typed by hand, lines that are none, limits, slow readers, who may listen where. */
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, statSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {JournalEvent} from '../../source/journal/events.ts';
import {Refusal} from '../../source/journal/refusal.ts';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {connectRoom} from '../../source/room/client.ts';
import {maxLineBytes, type Push} from '../../source/room/protocol.ts';
import {serve, type Peer} from '../../source/room/server.ts';
import {socketPath} from '../../source/room/socket-path.ts';
import {eventually} from '../servers.ts';

let folder: string;
let socketFile: string;
let peers: Peer[];
const open: (() => unknown)[] = [];

beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), 'hp-sock-'));
	socketFile = path.join(folder, 'r.sock');
	peers = [];
	const server = await serve({
		socketFile, onGone: peer => peers.splice(peers.indexOf(peer), 1),
		async handle({command, params}, peer) {
			if (!peers.includes(peer)) peers.push(peer);
			if (command === 'no') throw new Refusal(3, 'no, and why');
			if (command === 'bug') throw new TypeError('of ours');
			return {command, params, by: peer.by};
		},
	});
	open.push(() => server.close());
});
afterEach(async () => {
	for (const end of open.splice(0).reverse()) await end();
	rmSync(folder, {recursive: true, force: true});
});

/** As somebody with `nc -U`. */
async function byHand(): Promise<{socket: Socket; say(text: string): Promise<unknown>}> {
	const socket = connect(socketFile);
	await once(socket, 'connect');
	open.push(() => socket.destroy());
	const lines = createInterface({input: socket})[Symbol.asyncIterator]();
	return {socket, async say(text) {
		socket.write(text);
		return JSON.parse((await lines.next()).value as string);
	}};
}

test('words typed by hand, requests, answers, and what is none of these', async () => {
	const {say} = await byHand();
	const cases: [line: string, answer: object][] = [
		['status\n', {id: 0, ok: true, result: {command: 'status', by: 'somebody'}}],
		['  help  \n', {ok: true, result: {command: 'help'}}],
		['{"id": 7, "command": "x", "by": "ana", "params": {"a": 1}}\n', {id: 7, ok: true, result: {command: 'x', params: {a: 1}, by: 'ana'}}],
		['{"id": 8, "command": "no"}\n', {id: 8, ok: false, exit: 3, reason: 'no, and why'}],
		['{"id": 9, "command": "bug"}\n', {id: 9, ok: false, exit: 5, reason: 'of ours'}],
		['{"id": 1}\n', {ok: false, exit: 2, reason: expect.stringContaining('not a request')}],
		['rm -rf\n', {ok: false, exit: 2, reason: expect.stringContaining('ask `help`')}],
		['{"command": 5}\n', {ok: false, exit: 2}],
		['[]\n', {ok: false, exit: 2}],
		['\n\nstatus\n', {ok: true}],
	];
	for (const [line, answer] of cases) expect(await say(line), line).toMatchObject(answer);
});

test('a line over the limit is answered and ends that connection, nobody else\'s', async () => {
	const [one, other] = [await byHand(), await byHand()];
	// Its own last write may come too late.
	one.socket.on('error', () => {});
	const gone = new Promise(resolve => one.socket.on('close', resolve));
	expect(await one.say('x'.repeat(maxLineBytes + 2))).toMatchObject({ok: false, exit: 2, reason: `A line of over ${maxLineBytes} bytes is not taken.`});
	await gone;
	expect(await other.say('status\n')).toMatchObject({ok: true});
});

test('only its owner may connect, and a second room finds the first', async () => {
	expect((statSync(socketFile).mode & 0o777).toString(8)).toBe('600');
	await expect(serve({socketFile, handle: async () => null, onGone() {}})).rejects.toMatchObject({exit: 3, message: expect.stringContaining('already at work')});
	const client = (await connectRoom(socketFile, {by: 'ana'}))!;
	expect(await client.ask('status')).toMatchObject({by: 'ana'});
	client.close();
	expect(await connectRoom(path.join(folder, 'none.sock'), {by: 'ana'})).toBeNull();
	const begun = await Promise.allSettled([1, 2].map(async () => serve({socketFile: path.join(folder, 'both.sock'), handle: async () => null, onGone() {}})));
	open.push(...begun.flatMap(each => each.status === 'fulfilled' ? [() => each.value.close()] : []));
	expect(begun.map(each => each.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('what a dead room left is no room: the next one listens there', async () => {
	const {server, again} = await import('node:net').then(({createServer}) => ({server: createServer(), again: path.join(folder, 'dead.sock')}));
	server.listen(again);
	await once(server, 'listening');
	// As after a SIGKILL: the file is there, nobody listens.
	(server as unknown as {_handle: {close(): void}; _pipeName?: string})._handle.close();
	const next = await serve({socketFile: again, handle: async () => 'new', onGone() {}});
	open.push(() => next.close(), () => client?.close());
	const client = await connectRoom(again, {by: 'ana'});
	expect(await client!.ask('x')).toBe('new');
});

test('a reader that stalls gets every event and only the newest sample', async () => {
	const {socket, say} = await byHand();
	await say('status\n');
	const [peer] = peers as [Peer];
	socket.pause();
	const padding = 'x'.repeat(20_000);
	for (let number = 1; number <= 300; number++) {
		peer.send({push: 'event', event: {seq: number, padding} as unknown as JournalEvent, head: ''});
		peer.send({push: 'sample', sample: {at: String(number), padding} as unknown as Sample});
		peer.send({push: 'beat', at: String(number)});
	}
	const got: Push[] = [];
	let rest = '';
	socket.setEncoding('utf8').on('data', (chunk: string) => {
		const lines = (rest + chunk).split('\n');
		rest = lines.pop()!;
		got.push(...lines.map(line => JSON.parse(line) as Push));
	});
	socket.resume();
	await eventually('the newest sample', () => got.some(push => push.push === 'sample' && push.sample.at === '300'));
	expect(got.flatMap(push => (push.push === 'event' ? [push.event.seq] : []))).toEqual(Array.from({length: 300}, (_, index) => index + 1));
	const samples = got.flatMap(push => (push.push === 'sample' ? [Number(push.sample.at)] : []));
	expect(samples.length).toBeLessThan(100);
	expect(samples).toEqual(samples.toSorted((a, b) => a - b));
});

test('the socket\'s folder is closed to others; a path that is too long goes to a checked folder of ours', () => {
	const target = {host: 'db', port: 5432, database: 'shop'};
	const short = socketPath({stateDir: folder, project: '/p'}, target);
	expect(short).toMatch(new RegExp(`^${folder}/s/[0-9a-f]{8}\\.sock$`));
	expect((statSync(path.dirname(short)).mode & 0o777).toString(8)).toBe('700');
	expect(socketPath({stateDir: folder, project: '/p'}, {...target, port: 5433})).not.toBe(short);
	const deep = path.join(folder, 'd'.repeat(90));
	mkdirSync(deep);
	const long = socketPath({stateDir: deep, project: '/p'}, target);
	expect(long).toMatch(new RegExp(`^${tmpdir()}/holdpoint-${userInfo().uid}/[0-9a-f]{8}\\.sock$`));
	expect((statSync(path.dirname(long)).mode & 0o777).toString(8)).toBe('700');
});
