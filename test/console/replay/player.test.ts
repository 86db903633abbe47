/** A replay shows each moment as it was: played by the clock, sought at once, gaps as gaps, and on with what a room still writes. */
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {createTimeline} from '../../../source/journal/timeline.ts';
import {openHistory} from '../../../source/monitor/history.ts';
import {openRecording} from '../../../source/monitor/recording.ts';
import {tapeClient} from '../../../source/console/replay/client.ts';
import {startPlayer} from '../../../source/console/replay/player.ts';
import {positionWords} from '../../../source/console/replay/state.ts';
import {spanOf, type Tape} from '../../../source/console/replay/tape.ts';
import {initialState} from '../../../source/console/state.ts';
import {createStore} from '../../../source/console/store.ts';
import {failure, opening, running, sample, startedAt, tell} from '../fixtures/story.ts';

let folder: string;
let ends: (() => void)[] = [];

beforeEach(() => {
	vi.useFakeTimers();
	folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-player-'));
});
afterEach(() => {
	for (const end of ends) end();
	ends = [];
	vi.useRealTimers();
	rmSync(folder, {recursive: true, force: true});
});

/** Opening and migration in the first 16 s; samples in each second up to the 20th and from the 60th to the 90th; it fails in the 80th. */
async function replayed({playing = false, from = 0} = {}) {
	const file = path.join(folder, 'recording.db');
	const recording = openRecording(file);
	const figures = openHistory(file);
	const record = (second: number) => {
		recording.append(sample(second));
		figures.append(sample(second));
	};
	for (let second = 1; second <= 90; second++) if (second <= 20 || second >= 60) record(second);
	const events = [...tell([...opening, ...running]), ...tell([{kind: 'guard-acted', act: failure.guard[0]!}, {kind: 'action-finished', outcome: failure}], 17).map((event, index) => ({...event, at: new Date(startedAt + (79 + index) * 1000).toISOString()}))];
	const tape: Tape = {timeline: createTimeline({events, hashes: []}), samples: recording, figures, contacts: [], review: () => null, grow() {}, close() {}};
	const span = spanOf(tape);
	const store = createStore(initialState({attached: true, replay: {...span, at: startedAt + from * 1000, playing, speed: 1, gap: null}}));
	const player = await startPlayer({store, tape});
	ends.push(player.stop, recording.close, figures.close);
	/** What the screen stands on: second of the story, events folded, second of the sample. */
	const shown = () => {
		const {replay, run, samples} = store.state();
		const last = samples.at(-1);
		return [(replay!.at - startedAt) / 1000, run?.seq ?? 0, last ? (Date.parse(last.at) - startedAt) / 1000 : null];
	};
	const press = async (work: () => void) => {
		work();
		await vi.advanceTimersByTimeAsync(0);
		return shown();
	};
	return {store, tape, player, shown, press, record, events};
}

test('it plays by the clock, as fast as is wished, and stands when it is told to', async () => {
	const {player, shown, store} = await replayed({playing: true, from: 3});
	expect(shown()).toEqual([3, 3, 3]);
	await vi.advanceTimersByTimeAsync(2000);
	expect(shown()).toEqual([5, 5, 5]);
	for (let times = 0; times < 3; times++) player.faster(1);
	await vi.advanceTimersByTimeAsync(1000);
	expect([shown(), store.state().replay!.speed]).toEqual([[13, 13, 13], 8]);
	player.toggle();
	await vi.advanceTimersByTimeAsync(5000);
	expect(shown()).toEqual([13, 13, 13]);
	expect(positionWords(store.state().replay!)).toBe('02:00:13 UTC, paused, 12 s of 1 min 29 s');
	expect(store.state().now).toBe(startedAt + 13_000);
});

test('seeking shows journal, sample and charts of that moment and nothing later, backwards too', async () => {
	const {player, store, press} = await replayed({from: 90});
	const points = () => store.state().points.map(({at}) => (at - startedAt) / 1000);
	expect([store.state().run!.running, store.state().marks.map(({label}) => label)]).toEqual([null, ['start', '3', 'guard', 'end']]);
	expect(await press(() => player.ends('from'))).toEqual([1, 1, 1]);
	expect(points()).toEqual([1]);
	expect(await press(() => player.seek(10_000))).toEqual([11, 11, 11]);
	expect(store.state().run!.running).toMatchObject({action: 'upgrade', backend: {pid: 812}});
	// Pressed faster than it is read.
	expect(await press(() => [1, 2, 3].forEach(() => player.seek(-2000)))).toEqual([5, 5, 5]);
	expect([points().at(-1), store.state().run!.running]).toEqual([5, null]);
});

test('a gap is a gap: its figures are told as old, a chart has nothing there, and one key goes to its end', async () => {
	const {player, store, press} = await replayed({from: 20});
	expect(await press(() => player.seek(10_000))).toEqual([30, 16, 20]);
	const iso = (second: number) => new Date(startedAt + second * 1000).toISOString();
	expect([store.state().replay!.gap, store.state().blind?.since, store.state().points.at(-1)]).toEqual([{since: iso(20), until: iso(60)}, iso(20), {at: startedAt + 30_000, lasts: 0, low: {}, high: {}}]);
	expect(await press(() => player.moment(1))).toEqual([60, 16, 60]);
	expect([store.state().replay!.gap, store.state().blind, store.state().message?.text]).toEqual([null, null, 'samples begin here again']);
});

test('from event to event that matters, each with its words', async () => {
	const {player, store, press} = await replayed({from: 60});
	expect(await press(() => player.moment(1))).toEqual([79, 17, 79]);
	expect(store.state().message?.text).toContain('guard, max_blocked_seconds: 24 sessions waited');
	expect(await press(() => player.moment(-1))).toEqual([16, 16, 16]);
	expect(store.state().message?.text).toBe('statement 3: CREATE INDEX CONCURRENTLY ix_orders_channel ON orders (channel)');
	for (let times = 0; times < 2; times++) await press(() => player.moment(-1));
	expect(store.state().message?.text).toBe('no event that matters comes before this');
});

test('the failure screen comes when it came, and goes where it was not yet there', async () => {
	const {player, store, press} = await replayed({playing: true, from: 79});
	await vi.advanceTimersByTimeAsync(1000);
	expect(store.state().outcome).toMatchObject({status: 'cancelled'});
	await press(() => player.seek(-5000));
	expect(store.state().outcome).toBeNull();
});

test('at the end it goes on with a room that still writes', async () => {
	const {player, shown, store, press, record, events} = await replayed({from: 5});
	expect(await press(() => player.ends('to'))).toEqual([90, 18, 90]);
	expect(positionWords(store.state().replay!)).toBe('02:01:30 UTC, at its end, 1 min 29 s of 1 min 29 s');
	for (const second of [91, 92, 93]) record(second);
	events.push(...tell([{kind: 'alarm-raised', alarm: {alarm: 'lag', level: 'warning', text: 'replica1 is behind', since: events[0]!.at}}], 19).map(event => ({...event, at: new Date(startedAt + 92_000).toISOString()})));
	await vi.advanceTimersByTimeAsync(5000);
	expect([shown(), store.state().run!.alarms.length]).toEqual([[93, 19, 93], 1]);
});

test('it is asked for the query of a session and for older figures, and does nothing', async () => {
	const {store, tape} = await replayed({from: 12});
	const client = tapeClient({store, tape});
	store.dispatch({type: 'view', view: 'live'});
	store.dispatch({type: 'move', step: 'down'});
	expect(await client.ask('session')).toMatchObject({complete: true, query: store.state().samples.at(-1)!.active.find(({pid}) => pid === store.state().pid)!.query});
	expect(await client.ask('history', {from: startedAt, to: startedAt + 15_000, most: 600})).toMatchObject({begins: expect.any(Number), marks: [{label: 'start'}]});
	await expect(client.ask('upgrade')).rejects.toThrow('No: this is a replay: nothing is decided or done in it.');
});

test('a recording that breaks off stops the replay with its sentence', async () => {
	const {player, store, tape, press} = await replayed({playing: true, from: 5});
	vi.spyOn(tape.samples, 'samples').mockImplementation(() => {
		throw new Error('The recording is damaged');
	});
	await press(() => player.seek(10_000));
	expect([store.state().replay!.playing, store.state().message]).toEqual([false, {text: 'The recording is damaged', level: 'error'}]);
});
