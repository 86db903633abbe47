/** `holdpoint replay` on a run's folder alone, as on another machine: lines of samples, the screen, what it refuses, and that it writes nothing. */
import {cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {keptReviews} from '../../source/commands/replay/kept-review.ts';
import {openTape} from '../../source/commands/replay/tape.ts';
import {spanOf} from '../../source/console/replay/tape.ts';
import {openJournal, readJournal} from '../../source/journal/file.ts';
import type {EventData} from '../../source/journal/events.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import {openHistory} from '../../source/monitor/history.ts';
import {openRecording} from '../../source/monitor/recording.ts';
import {opening, plan, running, sample, startedAt, tell} from '../console/fixtures/story.ts';
import {openConsole} from '../e2e/console.ts';
import {inProcess, jsonOf, programEnvironment} from './cli.ts';

let nowhere: string;
let folder: string;
const run = (words: string[]) => inProcess(['replay', ...words], {cwd: nowhere});
const at = (second: number) => new Date(startedAt + second * 1000).toISOString();

beforeAll(() => {
	nowhere = mkdtempSync(path.join(inject('testRun').folder, 'replay-'));
	folder = path.join(nowhere, 'handed-over');
	mkdirSync(folder);
	let time = startedAt;
	const journal = openJournal({folder, scrub: value => value, now: () => new Date(time += 1000)});
	for (const {kind, by, seq: _, at: __, previous: ___, ...data} of tell([...opening, ...running])) journal.append(kind, by, data as never);
	journal.close();
	record(...Array.from({length: 20}, (_, index) => index + 1));
});
afterAll(() => rmSync(nowhere, {recursive: true, force: true}));

function record(...seconds: number[]): void {
	const file = path.join(folder, 'recording.db');
	const [recording, history] = [openRecording(file), openHistory(file)];
	for (const second of seconds) {
		recording.append(sample(second));
		history.append(sample(second));
	}
	recording.close();
	history.close();
}

/** A copy to be spoiled. */
function copied(): string {
	const copy = mkdtempSync(path.join(nowhere, 'copy-'));
	cpSync(folder, copy, {recursive: true});
	return copy;
}

test('without a terminal, and with --json, it prints the samples; nothing is written beside them', async () => {
	const before = readdirSync(folder);
	const {exit, stdout} = await run([folder, '--json']);
	expect([exit, stdout.trim().split('\n').map(line => JSON.parse(line).at)]).toEqual([0, Array.from({length: 20}, (_, index) => at(index + 1))]);
	expect(jsonOf(await run(['./handed-over', '--json', '--from', at(20)]))).toMatchObject({at: at(20), connections: {total: 34}});
	expect((await run([folder, '--from', '18s'])).stdout).toContain('812');
	expect(readdirSync(folder)).toEqual(before);
});

test('on a terminal it is the control room\'s screen, on which nothing acts', async () => {
	const console = openConsole({project: {directory: nowhere} as never, environment: {...process.env, ...programEnvironment}}, {args: ['replay', 'handed-over/', '--from', '12s', '--speed', '0.25']});
	try {
		await console.see(/PRODUCTION {2}REPLAY 02:00:1\d UTC, 0\.25 ×, 1\d s of 19 s/);
		await console.press('Space');
		await console.see(/REPLAY .* paused/);
		await console.press('u');
		await console.see('this is a replay: nothing is decided or done in it');
		await console.press('2', '\u001B[F');
		const screen = await console.see('at its end, 19 s of 19 s');
		expect(screen).toContain('CREATE INDEX CONCURRENTLY ix_orders_channel');
		await console.press('3');
		await console.see('at this moment of the run there was no plan whose SQL is kept');
		await console.press('5');
		await console.see('Journal  run 4f2a, 16 events');
		await console.press('q');
		expect(await console.ended).toBe(0);
	} finally {
		console.signal('SIGKILL');
	}
});

test('the SQL of the plan as it was known then, with its review once there was one; from a folder that was moved', () => {
	const copy = copied();
	const [sql, review] = [`upgrade-${plan.digest.slice(0, 12)}.sql`, `review-${plan.digest.slice(0, 12)}.json`];
	mkdirSync(path.join(copy, 'artifacts'));
	writeFileSync(path.join(copy, 'artifacts', sql), 'ALTER TABLE orders ADD COLUMN channel text;\n');
	writeFileSync(path.join(copy, 'artifacts', review), JSON.stringify({statements: 1, findings: [], counts: {error: 0, warning: 0, info: 0}, suppressed: 2, looks: [{number: 1, line: 1, endLine: 1, locks: [], rows: 3, bytes: null}]}));
	const read = keptReviews(copy);
	const state = readJournal(path.join(copy, 'events.jsonl')).state;
	const kept = (...names: string[]) => ({...state, plan, artifacts: names.map(name => ({path: `/elsewhere/artifacts/${name}`, sha256: name, what: ''}))} as unknown as RunState);
	expect(read({...state, plan: null} as unknown as RunState)).toBeNull();
	expect(read(kept())).toBeNull();
	const unreviewed = read(kept(sql))!;
	expect(unreviewed).toMatchObject({sql: 'ALTER TABLE orders ADD COLUMN channel text;\n', sha256: plan.sqlSha256, unreviewed: true});
	expect(read(kept(sql))).toBe(unreviewed);
	expect(read(kept(sql, review))).toMatchObject({review: {suppressed: 2}, statements: [{rows: 3}]});
	expect(read(kept(sql, review))).not.toHaveProperty('unreviewed');
	rmSync(path.join(copy, 'artifacts'), {recursive: true});
	expect(keptReviews(copy)(kept(sql))).toBeNull();
});

test('what can\'t be replayed is refused in a sentence', async () => {
	const [missing, old, spoiled, empty] = [copied(), copied(), copied(), copied()];
	rmSync(path.join(missing, 'recording.db'));
	const database = new DatabaseSync(path.join(old, 'recording.db'));
	database.exec('PRAGMA user_version = 9');
	database.close();
	writeFileSync(path.join(spoiled, 'recording.db'), 'spoiled');
	writeFileSync(path.join(empty, 'events.jsonl'), 'spoiled\n');
	for (const [words, exit, sentence] of [
		[[missing], 2, /^holdpoint: Run 4f2a has no recording: .*recording\.db is not there\.$/],
		[[old], 2, /was written by another version of holdpoint \(its format is 9, this one's 1\)/],
		[[spoiled], 2, /^holdpoint: The recording .* is damaged/],
		[[empty], 5, /^holdpoint: The journal .* can't be read: line 1 is not an event\.$/],
		[[nowhere + '/'], 2, /is no folder of a run: it has no events\.jsonl/],
		[[folder, '--from', 'noon'], 2, /--from is a time such as/],
	] as const) {
		const {exit: found, stdout, stderr} = await run([...words]);
		expect([found, stdout]).toEqual([exit, '']);
		expect(stderr.trim()).toMatch(sentence);
	}
});

test('while a room writes it, what comes is taken in, and the reading is in nobody\'s way', () => {
	const live = copied();
	const file = path.join(live, 'recording.db');
	const journal = readJournal(path.join(live, 'events.jsonl'));
	const tape = openTape({...journal, state: journal.state!, folder: live}, file);
	expect([spanOf(tape), tape.samples.span()]).toEqual([{from: startedAt + 1000, to: startedAt + 20_000}, {from: at(1), to: at(20)}]);
	const [recording, writer] = [openRecording(file), openJournal({folder: live, scrub: value => value, now: () => new Date(at(23))})];
	expect(recording.append(sample(22))).toBe(null);
	writer.append('plan-made', 'ana', {plan} as EventData<'plan-made'>);
	tape.grow();
	expect([spanOf(tape).to, tape.samples.newestAt(at(30)), tape.timeline.count(Infinity)]).toEqual([Date.parse(at(23)), {...sample(22), active: expect.anything()}, 17]);
	expect(recording.append(sample(24))).toBe(null);
	expect(tape.samples.nextAfter(at(22))).toBe(at(24));
	for (const each of [tape, recording, writer]) each.close();
	expect(readFileSync(path.join(live, 'events.jsonl'), 'utf8').trim().split('\n')).toHaveLength(17);
});
