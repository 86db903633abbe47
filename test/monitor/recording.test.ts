/** The recording: what goes in comes out, bounded, small enough for a day. */
import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {openRecording} from '../../source/monitor/recording.ts';
import {startSampler} from '../../source/monitor/sampler.ts';
import {freshDatabase} from '../servers.ts';
import {makeSample} from './made-sample.ts';
import {makeCrowd, openMonitorSession} from './sessions.ts';

let folder: string;
let file: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-recording-'));
	file = path.join(folder, 'recording.db');
});

afterEach(() => rmSync(folder, {recursive: true, force: true}));

test('what was appended is read again, by time, by number, and after opening it anew', () => {
	const samples = Array.from({length: 150}, (_, index) => makeSample(index, index % 5));
	const recording = openRecording(file);
	for (const sample of samples) expect(recording.append(sample)).toBe(null);
	expect([...recording.samples()]).toEqual(samples);
	expect(recording.last(3)).toEqual(samples.slice(-3));
	expect([...recording.samples({from: samples[70]!.at, to: samples[75]!.at})]).toEqual(samples.slice(70, 76));
	expect([...recording.samples({from: samples[140]!.at, limit: 2})]).toEqual(samples.slice(140, 142));
	recording.close();

	const again = openRecording(file);
	again.append(makeSample(150, 200));
	again.append(makeSample(151, 200));
	expect(again.last(2)).toEqual([makeSample(150, 200), makeSample(151, 200)]);
	again.close();
	expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('it is read while it is written, from its own file handle', () => {
	const recording = openRecording(file);
	recording.append(makeSample(0));
	const reader = openRecording(file, {readOnly: true});
	recording.append(makeSample(1));
	expect([...reader.samples()].map(sample => sample.at)).toEqual([makeSample(0).at, makeSample(1).at]);
	reader.close();
	recording.close();
});

test('beyond its size the oldest go, and what is left can be read', () => {
	const recording = openRecording(file, {maxBytes: 400_000});
	for (let index = 0; index < 700; index++) recording.append(makeSample(index, 40));
	expect(recording.bytes()).toBeLessThan(600_000);
	const kept = [...recording.samples()];
	expect(kept.length).toBeGreaterThan(100);
	expect(kept.at(-1)).toEqual(makeSample(699, 40));
	expect(kept[0]!.at > makeSample(0).at).toBe(true);
	recording.close();
});

test('a recording that can\'t be written says so and does not throw', () => {
	const recording = openRecording(file);
	recording.close();
	expect(recording.append(makeSample(0))).toMatch(/^The sample of .* could not be recorded: /);
});

// Measured: 82 MB a day for this crowd of 32 sessions; a server with 200 active ones makes 361, and is cut to the limit.
test('a day of real samples, one a second while 30 sessions wait, stays under 300 MB', async () => {
	const database = await freshDatabase({prefix: 'recording'});
	const crowd = await makeCrowd(database, 30);
	const sampler = startSampler({connect: async () => openMonitorSession(database.url), intervalMs: null, migrationBackend: () => ({pid: crowd.altering, backendStart: crowd.alteringStart}), onSample: () => undefined, onFailure: () => undefined});
	const recording = openRecording(file);
	for (let index = 0; index < 256; index++) recording.append(await sampler.once());
	await crowd.release();
	await sampler.stop();
	await database.drop();
	const aDay = recording.bytes() / 256 * 86_400;
	recording.close();
	expect(aDay).toBeLessThan(300_000_000);
});
