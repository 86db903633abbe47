/** A recording is not the record: one that can't be read keeps no room from its run. */
import {readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterEach, expect, test} from 'vitest';
import {openRecording} from '../../source/monitor/recording.ts';
import {makeSample} from '../monitor/made-sample.ts';
import {openSite, type Site} from './site.ts';

let site: Site;
afterEach(async () => site.close());

const otherVersion = (file: string): void => {
	const database = new DatabaseSync(file);
	database.exec('PRAGMA user_version = 7');
	database.close();
};

test.each<[string, (file: string) => void, RegExp]>([
	['damaged', file => writeFileSync(file, 'no database '.repeat(100)), /is damaged \(.*\)/],
	['of another version', otherVersion, /was written by another version of holdpoint \(its format is 7, this one's 1\)/],
])('one that is %s is kept under another name, a new one is begun, and the journal and every console say so', async (_, spoil, words) => {
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
	spoil(file);

	const room = await site.enter({}, {acts: true});
	const said = new RegExp(`^The recording .*recording\\.db ${words.source}; it is kept as .*recording-put-aside-\\d{8}T\\d{6}Z\\.db, and a new one is begun`);
	const warned: string[] = [];
	room.client.listen(push => void (push.push === 'attached' && warned.push(...push.room.warnings)));
	await room.client.ask('attach');
	expect(warned.filter(each => said.test(each))).toHaveLength(1);
	await room.client.ask('attest', {item: 'somebody', note: 'looked again'});
	expect(site.events('room-recovered')).toMatchObject([{found: expect.stringMatching(said)}]);
	expect(readdirSync(folder).filter(name => /^recording.*\.db$/.test(name))).toHaveLength(2);
	expect([...openRecording(file, {readOnly: true}).samples()].every(sample => sample.at !== makeSample(0).at)).toBe(true);
});
