/** The death of rooms, of clients and of consoles: the migration goes on, or what it left is settled from the database, and nothing is done twice. */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {verifyRun} from '../../source/journal/verify.ts';
import type {Entered} from '../../source/room/enter.ts';
import {eventually} from '../servers.ts';
import {gate, openGate, openSite, revisionFile, until, type Site} from '../room/site.ts';

let site: Site;
afterEach(async () => {
	await site?.close();
});

const revisions = {
	'a1.py': revisionFile({revision: 'a1', doc: 'items', upgrade: ["op.execute('CREATE TABLE items (id bigint)')", `op.execute("${gate}")`, "op.execute('ALTER TABLE items ADD COLUMN x int')"]}),
};

/** A detached room with the upgrade at the gate. */
async function waiting(): Promise<{room: Entered; pid: number; backend: number}> {
	const room = await site.enter({}, {mode: 'detached'});
	const {pid} = await room.client.ask<{pid: number}>('status');
	room.client.ask('upgrade', {confirmed: true}).catch(() => {});
	const {running} = await until(room, state => Boolean(state.running?.statement?.sql === gate && state.running.backend));
	return {room, pid, backend: running!.backend!.pid};
}

async function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL') {
	process.kill(pid, signal);
	await eventually(`process ${pid} has ended`, () => !isAlive(pid));
}

function isAlive(pid: number): boolean {
	try {
		return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return false;
	}
}

test('a room killed in the middle: the migration goes on, the next room takes it up and settles it, once', async () => {
	const secret = 'sw0rd-f1sh-distinct';
	site = await openSite({revisions, sql: `DO $$ BEGIN CREATE ROLE keeper LOGIN SUPERUSER PASSWORD '${secret}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`, url: database => database.urlAs({name: 'keeper', password: secret})});
	const {room, pid, backend} = await waiting();
	expect(argumentsOfAll()).not.toContain(secret);
	await kill(pid);
	await room.client.gone;
	const {rows} = await (await site.database.client()).query('SELECT state, query FROM pg_stat_activity WHERE pid = $1', [backend]);
	expect(rows).toMatchObject([{state: 'active', query: gate}]);

	const next = await site.enter({}, {mode: 'detached'});
	expect((await next.client.ask<{pid: number}>('status')).pid).not.toBe(pid);
	await expect(next.client.ask('upgrade', {confirmed: true})).rejects.toMatchObject({exit: 3});
	await openGate(site);
	const {actions} = await until(next, state => state.actions.length > 0);
	expect(actions).toMatchObject([{status: 'done', exit: 0, to: ['a1'], database: {version: ['a1'], verified: true}, attempts: 1}]);
	const {events, folder, ...journal} = site.run();
	const counts = Object.fromEntries(['session-proved', 'revision-started', 'revision-committed', 'action-started', 'action-finished', 'room-recovered', 'room-started'].map(kind => [kind, events.filter(event => event.kind === kind).length]));
	expect(counts).toEqual({'session-proved': 1, 'revision-started': 1, 'revision-committed': 1, 'action-started': 1, 'action-finished': 1, 'room-recovered': 1, 'room-started': 2});
	const statements = events.flatMap(event => (event.kind === 'statement-finished' && event.statement.revision === 'a1' ? [event.statement.sql.slice(0, 13)] : []));
	expect(statements).toEqual(['CREATE TABLE ', 'DO $$ BEGIN W', 'ALTER TABLE i', 'INSERT INTO a']);
	expect(await verifyRun({events, ...journal} as never, {folder})).toMatchObject({ok: true, problems: []});
	expect(filesWith(secret, site.stateDir)).toEqual([]);
});

/** The arguments of every process there is. */
function argumentsOfAll(): string {
	return readdirSync('/proc').filter(name => /^\d+$/.test(name)).map(pid => {
		try {
			return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
		} catch {
			return '';
		}
	}).join('\n');
}

function filesWith(text: string, folder: string): string[] {
	const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).map(file => path.join(folder, file)).filter(file => statSync(file).isFile());
	expect(files.length).toBeGreaterThan(8);
	return files.filter(file => readFileSync(file).includes(text));
}

test('room and client killed, the backend goes on: no second migration starts, and the end is read from the database', async () => {
	site = await openSite({revisions});
	const {room, pid, backend} = await waiting();
	const child = readdirSync(path.join(site.run().folder, 'children')).at(-1)!;
	const {pid: leader} = JSON.parse(readFileSync(path.join(site.run().folder, 'children', child, 'child.json'), 'utf8')) as {pid: number};
	process.kill(-leader, 'SIGKILL');
	await kill(pid);
	await room.client.gone;
	// A room in a command's own process settles it too, before the command's own work.
	const next = await site.enter({}, {acts: true});
	const {actions} = await until(next, state => state.actions.length > 0);
	expect(actions).toMatchObject([{status: 'interrupted', exit: 5, reason: expect.stringMatching(/the client vanished.*database is as before, at base/), database: {version: [], verified: true}, attempts: 1}]);
	const {rows} = await (await site.database.client()).query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [backend]);
	expect(rows).toEqual([]);
	expect(site.events('action-started')).toHaveLength(1);
});

test('a room killed in other work: that has ended with it, and the run is free again', async () => {
	site = await openSite({sql: 'CREATE TABLE items (id bigint)'});
	const blocker = await site.database.client();
	await blocker.query('BEGIN; LOCK TABLE items IN SHARE UPDATE EXCLUSIVE MODE');
	const room = await site.enter({}, {mode: 'detached'});
	room.client.ask('maintain', {tables: ['items'], confirmed: true}).catch(() => {});
	await until(room, state => state.running?.action === 'maintain');
	await expect(room.client.ask('stop')).rejects.toMatchObject({exit: 3, message: expect.stringContaining('would go on without its guard')});
	await kill((await room.client.ask<{pid: number}>('status')).pid);
	await blocker.query('ROLLBACK');
	const next = await site.enter({}, {acts: true});
	const {running, actions} = await until(next, state => state.actions.length > 0);
	expect({running, actions}).toMatchObject({running: null, actions: [{action: 'maintain', status: 'interrupted', exit: 5, reason: expect.stringContaining('ended with the room that ran it')}]});
	expect(await next.client.ask('close')).toMatchObject({state: 'closed'});
});
