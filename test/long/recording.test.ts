/** A recording that somebody else holds stops no room: its figures go on, it is told once, and told again when samples are kept. */
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openRecording} from '../../source/monitor/recording.ts';
import type {Activity, Push} from '../../source/room/protocol.ts';
import {eventually} from '../servers.ts';
import {openSite, type Site} from '../room/site.ts';

let site: Site;

beforeAll(async () => {
	site = await openSite();
});
afterAll(async () => site.close());

test('a locked recording', async () => {
	const {client} = await site.enter();
	const pushes: Push[] = [];
	client.listen(push => void pushes.push(push));
	const told = () => pushes.flatMap((push): Activity[] => (push.push === 'activity' && push.activity.work === 'recording' ? [push.activity] : []));
	const sampled = () => pushes.filter(push => push.push === 'sample').length;
	await client.ask('attach', {name: 'ana'});
	const [item] = (await client.ask<{state: {items: {id: string}[]}}>('state')).state.items;
	await client.ask('attest', {item: item!.id, note: 'seen', by: 'ana'});
	const file = path.join(site.run().folder, 'recording.db');
	await eventually('a sample in the recording', () => openRecording(file, {readOnly: true}).last(1).length === 1);

	const other = new DatabaseSync(file);
	other.exec('BEGIN IMMEDIATE');
	const before = sampled();
	await eventually('three samples more', () => sampled() >= before + 3);
	expect(told()).toEqual([{work: 'recording', text: expect.stringMatching(/^The sample of .* could not be recorded: database is locked\. The run goes on; this time will be a gap in its replay\.$/)}]);
	other.exec('ROLLBACK');
	other.close();
	await eventually('recording again', () => told().length === 2);
	expect(told()[1]).toEqual({work: 'recording', text: 'samples are recorded again', done: true});
});
