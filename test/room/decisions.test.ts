/** Decisions in production: what was reviewed is what runs, evidence falls with what it looked at, and only those who may decide do. */
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Item} from '../../source/journal/shapes/item.ts';
import type {Outcome} from '../../source/journal/shapes/outcome.ts';
import type {Plan} from '../../source/journal/shapes/plan.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import {connectRoom} from '../../source/room/client.ts';
import type {Entered} from '../../source/room/enter.ts';
import type {RoomClient} from '../../source/room/protocol.ts';
import {openSite, revisionFile, until, type Site} from './site.ts';

let site: Site;
let room: Entered;
let client: RoomClient;
const b2 = (lines: string[]) => revisionFile({revision: 'b2', down: 'a1', doc: 'add x', upgrade: ["op.add_column('items', sa.Column('x', sa.Integer))", ...lines], downgrade: ["op.drop_column('items', 'x')"]});
const state = async () => (await client.ask<{state: RunState}>('state')).state;
const refusal = (exit: number, words: string | RegExp) => ({exit, message: typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words)});

beforeAll(async () => {
	site = await openSite({revisions: {
		'a1.py': revisionFile({revision: 'a1', doc: 'items', upgrade: ["op.execute('CREATE TABLE items (id bigint)')"], downgrade: ["op.execute('DROP TABLE items')"]}),
		'b2.py': b2(["op.execute('COMMENT ON TABLE items IS %r' % __import__('uuid').uuid4().hex)"]),
	}});
	room = await site.enter({}, {acts: true, flags: {environment: 'production'}});
	({client} = room);
});
afterAll(async () => {
	await site?.close();
});

test('the hold point stands until its items are satisfied; a decision is about the world that its sender saw', async () => {
	await expect(client.ask('attest', {item: 'somebody', note: ' '})).rejects.toMatchObject(refusal(2, 'needs a name and a note'));
	// Given before there was a plan: it is about the plan that there is then.
	expect(await client.ask<Item>('attest', {item: 'somebody', note: 'early', by: 'ana'})).toMatchObject({state: 'attested', context: {plan: expect.stringMatching(/^[0-9a-f]{64}$/)}});
	const {seq} = await state();
	expect(await client.ask<Item>('waive', {item: 'somebody', reason: 'in a hurry', by: 'ben'}, {seen: seq})).toMatchObject({state: 'waived', by: 'ben', note: 'in a hurry'});
	// Who had not seen that decides about another world.
	await expect(client.ask('attest', {item: 'somebody', note: 'looked'}, {seen: seq})).rejects.toMatchObject(refusal(3, /^Meanwhile .*ben/));
	expect(await client.ask<Item>('attest', {item: 'somebody', note: 'looked', by: 'cem'}, {seen: (await state()).seq})).toMatchObject({state: 'attested', by: 'cem', note: 'looked'});
	await expect(client.ask('attest', {item: 'before/nothing', note: 'x'})).rejects.toMatchObject(refusal(2, 'No item of the checklist'));
});

test('a look-only console may look', async () => {
	const looking = (await connectRoom((await client.ask<{socket: string}>('status')).socket, {by: 'eve'}))!;
	await looking.ask('attach', {readOnly: true});
	expect(await looking.ask('status')).toMatchObject({database: site.database.name});
	for (const [command, params] of [['attest', {item: 'somebody', note: 'x'}], ['upgrade', {confirmed: true}], ['guard', {key: 'samples', value: '9'}], ['cancel', {}], ['close', {}], ['stop', {}]] as const) {
		await expect(looking.ask(command, params), command).rejects.toMatchObject(refusal(3, 'may only look'));
	}
	looking.close();
});

test('SQL that comes out differently each time is named, and is no part of the digest', async () => {
	const [first, second] = [await client.ask<Plan>('plan'), await client.ask<Plan>('plan')];
	expect(first.unstable).toEqual(['SQL of revision b2']);
	expect(second.digest).toBe(first.digest);
	expect(first.digestLines.map(line => line.split('\t')[0])).toEqual(expect.arrayContaining(['target', 'from', 'to', 'file of revision a1', 'file of revision b2', 'env.py', 'SQL of revision a1', 'timeouts', 'guard']));
	expect(first.digestLines.join('\n')).not.toContain('SQL of revision b2');
});

test('a migration file or env.py that was edited makes evidence stale and the plan another one', async () => {
	const looked = await client.ask<Plan>('plan');
	await client.ask('attest', {item: 'somebody', note: 'looked at this plan'});
	await client.ask('check', {items: ['code.revisions']});
	// To have looked at the way back changes nothing of the way there.
	await client.ask('plan', {action: 'downgrade', revision: 'base'});
	await client.ask('state', {refresh: true});
	expect((await state()).items.map(item => item.state)).toEqual(['attested', 'passed']);
	await site.project.write('b2.py', b2([]));
	const {items} = await until(room, now => now.items.some(item => item.state === 'stale'));
	expect(items.find(item => item.check === 'code.revisions')).toMatchObject({state: 'stale', stale: 'migrations/versions/b2.py was edited'});
	// The new plan makes a person's word one about another plan too.
	const change = / What changed: file of revision b2 changed from [0-9a-f]{12} to [0-9a-f]{12}\.$/;
	await expect(client.ask('upgrade', {confirmed: true, expect: looked.digest})).rejects.toMatchObject(refusal(3, new RegExp(`^The hold point before upgrade stands: 1 item is not satisfied: before/somebody-has-looked \\(stale\\).*${change.source}`)));
	const {plan} = await state();
	expect(plan!.digest).not.toBe(looked.digest);
	await client.ask('waive', {item: 'somebody', reason: 'only this test'});
	const environment = path.join(site.project.directory, 'migrations/env.py');
	writeFileSync(environment, `${readFileSync(environment, 'utf8')}\n# edited\n`);
	// What was waived for that plan is not waived for this one.
	await expect(client.ask('upgrade', {confirmed: true, expect: plan!.digest})).rejects.toMatchObject(refusal(3, /somebody-has-looked \(stale\).* What changed: env\.py changed/));
	expect((await state()).items[0]).toMatchObject({state: 'stale', stale: expect.stringContaining('for another plan (only this test)')});
	await client.ask('waive', {item: 'somebody', reason: 'again, for this one'});
	await expect(client.ask('upgrade', {confirmed: true, expect: plan!.digest})).rejects.toMatchObject(refusal(3, /^The plan is no longer the one that was looked at.* What changed: env\.py changed/));
});

test('a plan that is only looked at is nobody\'s aim', async () => {
	await client.ask<Plan>('plan', {revision: 'a1'});
	const before = await state();
	expect(await client.ask<Plan>('plan', {look: true})).toMatchObject({sql: '', to: ['b2'], revisions: [{revision: 'a1'}, {revision: 'b2'}]});
	expect(await state()).toMatchObject({seq: before.seq, aim: ['a1']});
	await client.ask('plan');
});

test('an approval of this very plan lets it run; a downgrade wants the database\'s name', async () => {
	await client.ask('attest', {item: 'somebody', note: 'looked again'});
	await expect(client.ask('upgrade', {confirmed: true})).rejects.toMatchObject(refusal(3, /^In production the upgrade needs --expect [0-9a-f]{16}, or an approval/));
	await expect(client.ask('approve', {digest: '0123456789abcdef'})).rejects.toMatchObject(refusal(3, 'look at it again before you approve it'));
	expect(await client.ask('approve', {by: 'ben'})).toMatchObject({approvals: [{by: 'ben', signed: false}]});
	expect(await client.ask<Outcome>('upgrade', {confirmed: true})).toMatchObject({status: 'done', exit: 0, to: ['b2']});
	const {items} = await state();
	expect(items.find(item => item.state === 'attested')).toMatchObject({sealed: true});
	await expect(client.ask('downgrade', {revision: 'a1', confirmed: true})).rejects.toMatchObject(refusal(3, `--confirm ${site.database.name}`));
	expect(await client.ask<Outcome>('downgrade', {revision: 'a1', confirmed: true, database: site.database.name})).toMatchObject({exit: 0, to: ['a1']});
	expect(await client.ask('close')).toMatchObject({state: 'closed', outcome: expect.stringContaining('downgrade done')});
	await expect(client.ask('attest', {item: 'somebody', note: 'late'})).rejects.toMatchObject(refusal(3, 'is closed'));
});
