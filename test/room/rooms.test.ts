/** Rooms beside each other on one target: one owns the run, the others are told; and what anyone may ask by hand. */
import {once} from 'node:events';
import {statSync} from 'node:fs';
import {connect} from 'node:net';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import type {Entered} from '../../source/room/enter.ts';
import {openRoom} from '../../source/room/open.ts';
import {keepRun} from '../../source/room/run-keeper.ts';
import {openSite, revisionFile, type Site} from './site.ts';

let site: Site;
let room: Entered;
/** Begun at the same moment. */
let later: Entered;
beforeAll(async () => {
	site = await openSite({revisions: {'a1.py': revisionFile({revision: 'a1', doc: 'made', upgrade: ["op.execute('CREATE TABLE made ()')"]})}});
	const both = await Promise.all([1, 2].map(async () => site.enter({}, {acts: true, flags: {environment: 'staging'}})));
	[room, later] = both.toSorted((one, other) => Number(other.inProcess) - Number(one.inProcess)) as [Entered, Entered];
});
afterAll(async () => {
	await site?.close();
});

test('of two that begin at once one is the room, and the other comes into it', async () => {
	expect([room.inProcess, later.inProcess]).toEqual([true, false]);
	const [one, other] = await Promise.all([room, later].map(async ({client}) => client.ask<{socket: string; pid: number}>('status')));
	expect(other).toMatchObject({socket: one!.socket, pid: one!.pid});
});

test('looking opens nothing; the first decision opens the run, closed to others', async () => {
	expect(await room.client.ask('state')).toMatchObject({opened: false});
	expect(() => site.run()).toThrow('There is no run');
	await room.client.ask('waive', {item: 'code.revisions', reason: 'to begin'});
	const {folder, state} = site.run();
	expect(state).toMatchObject({state: 'open', target: {environment: 'staging', source: 'env.py', database: site.database.name}});
	for (const part of ['', 'events.jsonl', 'artifacts', 'children', 'recording.db']) expect((statSync(path.join(folder, part)).mode & 0o77).toString(8), part).toBe('0');
});

test('a second room on the same run is refused, and says who has it', async () => {
	const settings = await site.settings({}, {environment: 'staging'});
	await expect(openRoom({settings, environment: site.environment, inProcess: true})).rejects.toMatchObject({exit: 3, message: expect.stringMatching(/^A room is already at work on this target \(.*\.sock\); attach to it\.$/)});
	expect(() => keepRun({stateDir: site.stateDir, socket: '/s', run: {id: site.run().state.run}, scrub: value => value, onEvent() {}})).toThrow(`belongs to another room, process ${process.pid}; attach to it`);
	// A command of another shell speaks to the one that is there.
	const other = await site.enter({by: 'ben'}, {mode: 'in-process', flags: {environment: 'staging'}});
	expect(other.inProcess).toBe(false);
	expect(await other.client.ask('waive', {item: 'code.revisions', reason: 'again'})).toMatchObject({by: 'ben'});
});

test('another environment than the room at work goes by is refused', async () => {
	await expect(site.enter({}, {mode: 'in-process', flags: {environment: 'development'}})).rejects.toMatchObject({exit: 3, message: expect.stringContaining('counts it as staging, not as development')});
});

test('status and help, typed into nc -U', async () => {
	const socket = connect((await room.client.ask<{socket: string}>('status')).socket);
	const lines = createInterface({input: socket})[Symbol.asyncIterator]();
	await once(socket, 'connect');
	socket.write('status\nhelp\nnonsense\n');
	const next = async () => JSON.parse((await lines.next()).value as string);
	const answers = [await next(), await next(), await next()];
	expect(answers).toContainEqual({id: 0, ok: true, result: expect.objectContaining({run: site.run().state.run, pid: process.pid, running: null, project: site.project.directory})});
	expect(answers).toContainEqual({id: 0, ok: true, result: expect.arrayContaining([{command: 'upgrade', says: 'runs the planned upgrade'}])});
	expect(answers).toContainEqual({id: 0, ok: false, exit: 2, reason: 'The room has no command "nonsense"; ask `help`.'});
	socket.destroy();
});

test('in staging an item that is not satisfied warns, and the confirmation decides', async () => {
	await expect(room.client.ask('upgrade', {})).rejects.toMatchObject({exit: 3, message: expect.stringContaining('was not confirmed')});
	expect(await room.client.ask<Outcome>('upgrade', {confirmed: true})).toMatchObject({status: 'done', exit: 0});
	expect(site.events('action-started')).toMatchObject([{action: 'upgrade', unmet: ['before/somebody-has-looked']}]);
});

test('who came into the room of a command was told that it ends with it, and then is told that it has', async () => {
	const warned: string[] = [];
	later.client.listen(push => void (push.push === 'attached' && warned.push(...push.room.warnings)));
	await later.client.ask('attach');
	expect(warned.filter(each => /^This is the room of a command \(process \d+\), and ends with it; the run stays open, and `holdpoint` goes on with it then\.$/.test(each))).toHaveLength(1);
	room.client.close();
	await room.leave();
	expect(await later.client.gone).toBe('its command has ended');
});

test('a run without a room takes on the environment that a person names, and says so in its record', async () => {
	await room.leave();
	const later = await site.enter({}, {mode: 'in-process', acts: true, flags: {environment: 'development'}});
	expect((await later.client.ask<{state: RunState}>('state')).state.target.environment).toBe('development');
	expect(site.events('environment-named')).toMatchObject([{environment: 'development'}]);
});
