/** A recording is not the record: one that can't be read keeps no room from its run. */
import {mkdtempSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, expect, inject, test} from 'vitest';
import {takeRecording} from '../../source/monitor/put-aside.ts';
import {openRecording} from '../../source/monitor/recording.ts';
import {makeSample} from '../monitor/made-sample.ts';
import {openSite, type Site} from './site.ts';

let site: Site;
afterAll(async () => site.close());

test('a damaged one is kept under another name, a new one is begun, and the journal and every console say so', async () => {
	site = await openSite();
	const first = await site.enter({}, {acts: true});
	await first.client.ask('attest', {item: 'somebody', note: 'looked'});
	first.client.close();
	await first.leave();
	const {folder} = site.run();
	const file = path.join(folder, 'recording.db');
	const recording = openRecording(file);
	recording.append(makeSample(0));
	recording.close();
	writeFileSync(file, 'no database '.repeat(100));

	const room = await site.enter({}, {acts: true});
	const said = new RegExp(`^The recording .*recording\\.db is damaged \\(.*\\); it is kept as .*recording-put-aside-\\d{8}T\\d{6}Z\\.db, and a new one is begun`);
	const warned: string[] = [];
	room.client.listen(push => void (push.push === 'attached' && warned.push(...push.room.warnings)));
	await room.client.ask('attach');
	expect(warned.filter(each => said.test(each))).toHaveLength(1);
	await room.client.ask('attest', {item: 'somebody', note: 'looked again'});
	expect(site.events('room-recovered')).toMatchObject([{found: expect.stringMatching(said)}]);
	expect(readdirSync(folder).filter(name => /^recording.*\.db$/.test(name))).toHaveLength(2);
	expect([...openRecording(file, {readOnly: true}).samples()].every(sample => sample.at !== makeSample(0).at)).toBe(true);
});

test('one of another version is put aside once the run is won, and a damaged one only where no room can be at work', () => {
	const folder = mkdtempSync(path.join(inject('testRun').folder, 'aside-'));
	const file = path.join(folder, 'recording.db');
	const recording = openRecording(file);
	recording.append(makeSample(0));
	recording.close();
	const database = new DatabaseSync(file);
	database.exec('PRAGMA user_version = 7');
	database.close();
	const put = takeRecording(file, {mayMove: () => false, now: new Date('2026-01-02T03:04:05Z')});
	expect(put).toMatchObject({taken: {won: true}, aside: `The recording ${file} was written by another version of holdpoint (its format is 7, this one's 1); it is kept as ${path.join(folder, 'recording-put-aside-20260102T030405Z.db')}, and a new one is begun`});
	expect(takeRecording(file, {mayMove: () => true, now: new Date()})).toMatchObject({taken: {won: false}, aside: null});
	writeFileSync(file, 'no database '.repeat(100));
	expect(() => takeRecording(file, {mayMove: () => false, now: new Date()})).toThrow(/is damaged .*: move it away/);
});
