/** Evidence falls with what it looked at: within two seconds, in every console, and it is said why. */
import {readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {findCheck} from '../../source/checks/index.ts';
import {satisfiedStates} from '../../source/journal/shapes/item.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';
import {connectRoom} from '../../source/room/client.ts';
import type {Entered} from '../../source/room/enter.ts';
import type {Activity, RoomClient} from '../../source/room/protocol.ts';
import {staleReason} from '../../source/room/staleness.ts';
import {runAlembic} from '../servers.ts';
import {openSite, revisionFile, until, type Site} from './site.ts';

let site: Site;
let room: Entered;
let consoles: [RoomClient, RoomClient];
const models = 'import sqlalchemy as sa\nmetadata = sa.MetaData()\nsa.Table("items", metadata, sa.Column("id", sa.BigInteger))\n';
const b2 = (column: string) => revisionFile({revision: 'b2', down: 'a1', doc: 'add x', upgrade: [`op.add_column('items', sa.Column('${column}', sa.Integer))`], downgrade: [`op.drop_column('items', '${column}')`]});

beforeAll(async () => {
	site = await openSite({
		models,
		revisions: {'a1.py': revisionFile({revision: 'a1', doc: 'items', upgrade: ["op.execute('CREATE TABLE items (id bigint)')"], downgrade: ["op.execute('DROP TABLE items')"]}), 'b2.py': b2('x')},
		checklist: '# Small\n\n## Before\n\n<!-- hold: upgrade -->\n\n- [ ] Revisions <!-- check: code.revisions -->\n- [ ] Backup <!-- check: backup.completed -->\n- [ ] Current <!-- check: alembic.current -->\n- [ ] Rollback plan <!-- check: preflight.rollback-plan -->\n',
		yaml: ['rollback_plan: rollback.md'],
	});
	await runAlembic(site.project, 'upgrade', 'a1');
	room = await site.enter({}, {acts: true});
	const other = (await connectRoom((await room.client.ask<{socket: string}>('status')).socket, {by: 'ben'}))!;
	await other.ask('attach');
	consoles = [room.client, other];
	await room.client.ask('attach');
});
afterAll(async () => {
	consoles?.[1].close();
	await site?.close();
});

/** What each console heard of an item that went stale, and how long after the deed. */
async function hear(check: string, deed: () => unknown): Promise<{reasons: string[]; milliseconds: number}> {
	if (check === 'preflight.rollback-plan') await room.client.ask('attest', {item: check, note: 'read it', by: 'ana'});
	else await room.client.ask('check', {items: [check]});
	const item = (await until(room, state => state.items.some(each => each.check === check && satisfiedStates.has(each.state)))).items.find(each => each.check === check)!;
	const heard = consoles.map(async client => new Promise<string>(resolve => {
		const stop = client.listen(push => {
			if (push.push !== 'event' || push.event.kind !== 'item-went-stale' || push.event.item !== item.id) return;
			stop();
			resolve(push.event.reason);
		});
	}));
	const began = performance.now();
	await deed();
	const reasons = await Promise.all(heard);
	return {reasons, milliseconds: performance.now() - began};
}

const twice = (reason: unknown) => ({reasons: [reason, reason], milliseconds: expect.toSatisfy((value: number) => value < 2000, 'within two seconds')});

test('a module that env.py imports, and a migration on the path, are named when they are edited or gone', async () => {
	const file = path.join(site.project.directory, 'models.py');
	expect(await hear('code.revisions', () => writeFileSync(file, `${models}# edited\n`))).toEqual(twice('models.py was edited'));
	writeFileSync(file, models);
	expect(await hear('code.revisions', async () => site.project.write('b2.py', b2('y')))).toEqual(twice('migrations/versions/b2.py was edited'));
	await site.project.write('b2.py', b2('x'));
	expect(await hear('code.revisions', () => rmSync(path.join(site.project.versions, 'b2.py')))).toEqual(twice('migrations/versions/b2.py is gone'));
	await site.project.write('b2.py', b2('x'));
});

test('a backup that is deleted takes its evidence with it', async () => {
	const {path: place} = await room.client.ask<Backup>('backup', {verify: 'list'});
	expect(await hear('backup.completed', () => rmSync(place, {recursive: true}))).toEqual(twice(`the backup ${place} is gone`));
});

test('who attested the rollback plan put their name to exactly that text', async () => {
	const file = path.join(site.project.directory, 'rollback.md');
	writeFileSync(file, 'Ana decides, until ten at night.\n');
	expect(await hear('preflight.rollback-plan', () => writeFileSync(file, 'Ben decides, until ten at night.\n'))).toEqual(twice('the rollback plan, or what was measured for it, is another one'));
});

test('an edited checklist is told to every console, and the run keeps the one it began with', async () => {
	const file = (await site.settings()).checklist!;
	const before = readFileSync(file, 'utf8');
	const hears = async () => Promise.all(consoles.map(async client => new Promise<Activity>(resolve => {
		const stop = client.listen(push => {
			if (push.push !== 'activity' || push.activity.work !== 'checklist') return;
			stop();
			resolve(push.activity);
		});
	})));
	const told = hears();
	writeFileSync(file, `${before}- [ ] One more\n`);
	expect(await told).toEqual(Array.from({length: 2}, () => ({work: 'checklist', done: false, text: expect.stringMatching(/was edited: this run keeps the version that it began with, the next run takes the new one\.$/)})));
	expect(site.run().state.items).toHaveLength(4);
	const back = hears();
	writeFileSync(file, before);
	expect((await back).map(({done}) => done)).toEqual([true, true]);
});

test('what somebody else migrates is told with where it was and where it is', async () => {
	const {reasons} = await hear('alembic.current', async () => runAlembic(site.project, 'upgrade', 'b2'));
	expect(reasons).toEqual(Array.from({length: 2}, () => 'the database has moved from a1 to b2'));
	await runAlembic(site.project, 'downgrade', 'a1');
});

test('what moves by itself is too old after its time, and asked again right before the start', async () => {
	const check = findCheck('alembic.current')!;
	const {ttlMs} = check;
	try {
		expect(await hear('alembic.current', () => Object.assign(check, {ttlMs: 100}))).toEqual(twice(expect.stringMatching(/^it is older than .* and what it looked at moves by itself$/)));
		const before = site.events('check-finished').length;
		await expect(room.client.ask('upgrade', {})).rejects.toMatchObject({message: expect.stringContaining('was not confirmed')});
		expect(site.events('check-finished').slice(before)).toMatchObject([{check: 'alembic.current', verdict: {status: 'passed'}}]);
	} finally {
		Object.assign(check, {ttlMs});
	}
});

test('a window that closes, or opens, is a reason of its own', () => {
	const item = {context: {window: 'open until 2026-03-01T22:00:00.000Z', plan: 'p1'}, at: '2026-03-01T21:00:00.000Z'};
	const at = Date.parse('2026-03-01T21:10:00.000Z');
	expect(staleReason(item, {context: {window: 'closed', plan: 'p1'}, files: [], at})).toBe('the maintenance window has closed');
	expect(staleReason({...item, context: {window: 'closed'}}, {context: {window: 'open until x'}, files: [], at})).toBe('the maintenance window has opened');
	expect(staleReason(item, {context: {}, files: [], at}), 'what can\'t be told is no change').toBeNull();
	expect(staleReason(item, {context: item.context, files: [], ttlMs: 300_000, at})).toBe('it is older than 5 min, and what it looked at moves by itself');
});
