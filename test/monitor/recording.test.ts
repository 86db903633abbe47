/** The recording: what goes in comes out, bounded, small enough for a day. */
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
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
	expect([recording.newestAt(samples[63]!.at), recording.newestAt('2026-11-23T00:01:40.500Z'), recording.newestAt('2026')]).toEqual([samples[63], samples[100], null]);
	expect([recording.nextAfter(samples[70]!.at), recording.nextAfter(samples[149]!.at), recording.span()]).toEqual([samples[71]!.at, null, {from: samples[0]!.at, to: samples[149]!.at}]);
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
	const recording = openRecording(file, {maxBytes: 250_000});
	for (let index = 0; index < 700; index++) recording.append(makeSample(index, 40));
	expect(recording.bytes()).toBeLessThan(350_000);
	const kept = [...recording.samples()];
	expect(kept.length).toBeGreaterThan(100);
	expect(kept.at(-1)).toEqual(makeSample(699, 40));
	expect(kept[0]!.at > makeSample(0).at).toBe(true);
	recording.close();
});

test('durations are kept to a tenth of a second, unknown ones as unknown', () => {
	const sample = makeSample(0, 2);
	Object.assign(sample.active[0]!, {seconds: 12.345678, transactionSeconds: null});
	sample.blockers = [{pid: 1, total: 1, waiting: [{pid: 2, seconds: 0.01, mode: 'ShareLock', relation: null, waiting: []}]}];
	const recording = openRecording(file);
	recording.append(sample);
	const [kept] = recording.last(1);
	expect([kept!.active[0]!.seconds, kept!.active[0]!.transactionSeconds, kept!.blockers[0]!.waiting[0]!.seconds]).toEqual([12.3, null, 0]);
	recording.close();
});

test('a file that somebody else holds costs a sample and no time; the next one can be read', () => {
	const recording = openRecording(file);
	recording.append(makeSample(0));
	const other = new DatabaseSync(file);
	other.exec('BEGIN IMMEDIATE');
	const before = performance.now();
	expect(recording.append(makeSample(1))).toMatch(/^The sample of .* could not be recorded: database is locked\.$/);
	expect(performance.now() - before).toBeLessThan(1000);
	other.exec('ROLLBACK');
	other.close();
	expect(recording.append(makeSample(2))).toBe(null);
	expect([...recording.samples()]).toEqual([makeSample(0), makeSample(2)]);
	recording.close();
});

test('to be read, a recording that nobody writes is left as it is, with nothing beside it', () => {
	const recording = openRecording(file);
	recording.append(makeSample(0));
	recording.close();
	const before = readFileSync(file);
	const reader = openRecording(file, {readOnly: true});
	expect([...reader.samples()]).toEqual([makeSample(0)]);
	expect(readdirSync(folder)).toEqual(['recording.db']);
	reader.close();
	expect(readFileSync(file).equals(before)).toBe(true);
});

test('one of another version, or damaged, is refused in a sentence', () => {
	const recording = openRecording(file);
	for (let index = 0; index < 100; index++) recording.append(makeSample(index, 40));
	recording.close();
	const whole = readFileSync(file);
	writeFileSync(file, Buffer.concat([whole.subarray(0, 4 * 16_384), Buffer.alloc(whole.length - 4 * 16_384, 7)]));
	expect(() => [...openRecording(file, {readOnly: true}).samples()]).toThrow(/^The recording .* is damaged \(.*\): move it away/);
	writeFileSync(file, 'no database');
	expect(() => openRecording(file, {readOnly: true})).toThrow(/^The recording .* is damaged/);
	writeFileSync(file, whole);
	const database = new DatabaseSync(file);
	database.exec('PRAGMA user_version = 7');
	database.close();
	expect(() => openRecording(file, {readOnly: true})).toThrow(/^The recording .* was written by another version of holdpoint \(its format is 7, this one's 1\)/);
});

// Measured over 960 samples of a crowd that works and waits: 1.2 kB each of 60 sessions, 3.0 kB of 200, of which 180 wait: 100 and 260 MB a day.
test('a day of real samples, one a second while 30 sessions wait, stays under 300 MB', async () => {
	const database = await freshDatabase({prefix: 'recording'});
	const crowd = await makeCrowd(database, 30);
	const sampler = startSampler({connect: async () => openMonitorSession(database.url), intervalMs: null, migrationBackend: () => ({pid: crowd.altering, backendStart: crowd.alteringStart}), onSample: () => undefined, onFailure: () => undefined});
	const recording = openRecording(file);
	for (let index = 0; index < 128; index++) recording.append(await sampler.once());
	await crowd.release();
	await sampler.stop();
	await database.drop();
	const aDay = recording.bytes() / 128 * 86_400;
	recording.close();
	expect(aDay).toBeLessThan(300_000_000);
});
