/** The state of a run at any moment is the fold of its events up to then, forwards and backwards, at once. */
import {appendFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {EventData, JournalEvent} from '../../source/journal/events.ts';
import {openJournal, readJournal, readMore} from '../../source/journal/file.ts';
import {fold} from '../../source/journal/fold.ts';
import {createTimeline} from '../../source/journal/timeline.ts';
import {opening, plan, running, startedAt, tell} from '../console/fixtures/story.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-timeline-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const noHashes: string[] = [];
const after = (seconds: number) => startedAt + seconds * 1000;

test('at each moment it is what the fold of the events up to then gives, in any order', () => {
	const events = tell([...opening, ...running]);
	const timeline = createTimeline({events, hashes: noHashes});
	expect(timeline.span()).toEqual({from: after(1), to: after(16)});
	expect([timeline.count(after(0)), timeline.after(0)]).toEqual([0, null]);
	for (const seconds of [16, 3, 9, 10, 1, 15]) {
		const count = timeline.count(after(seconds) + 500);
		expect(count).toBe(seconds);
		expect(timeline.after(count)).toEqual(events.slice(0, count).reduce<ReturnType<typeof fold> | null>((state, event) => fold(state, event, undefined), null));
	}
});

test('a clock that was set back moves nothing before what was written first', () => {
	const events = tell(opening).map((event, index) => (index === 3 ? {...event, at: new Date(after(-100)).toISOString()} : event)) as JournalEvent[];
	const timeline = createTimeline({events, hashes: noHashes});
	expect([timeline.count(after(3)), timeline.count(after(2.5))]).toEqual([4, 2]);
});

test('from event to event', () => {
	const timeline = createTimeline({events: tell([...opening, ...running]), hashes: noHashes});
	const begins = (event: JournalEvent) => event.kind === 'revision-started';
	expect([timeline.find(after(0), begins)?.event.seq, timeline.find(after(12), begins)?.event.seq, timeline.find(after(15), begins)]).toEqual([12, 15, null]);
	expect([timeline.find(after(15), begins, true)?.event.seq, timeline.find(after(12), begins, true)]).toEqual([12, null]);
});

test('with 100,000 events any moment is there in less than a frame of 50 ms', () => {
	const many = Array.from({length: 100_000}, (_, index) => ({kind: 'statement-finished' as const, number: index, statement: {sql: `UPDATE orders SET channel = 1 WHERE id = ${index}`, seconds: 0.01, rows: 1}}));
	const timeline = createTimeline({events: tell([...opening, ...running, ...many]), hashes: noHashes});
	timeline.after(100_000);
	const slowest = Math.max(...[50_000, 99_999, 12, 77_777, 77_700, 33_333].map(count => {
		const begun = performance.now();
		expect(timeline.after(count)!.seq).toBe(count);
		return performance.now() - begun;
	}));
	expect(slowest).toBeLessThan(50);
});

test('what is written since is taken in, a torn line when it is whole', () => {
	const journal = openJournal({folder, scrub: value => value});
	const {kind: _, ...data} = opening[0]!;
	journal.append('run-opened', 'ana', data as EventData<'run-opened'>);
	const file = path.join(folder, 'events.jsonl');
	const known = readJournal(file);
	const timeline = createTimeline(known);
	expect([timeline.count(Infinity), readMore(file, known)]).toEqual([1, false]);
	journal.append('plan-made', 'ana', {plan});
	expect([readMore(file, known), timeline.count(Infinity), timeline.after(2)!.head]).toEqual([true, 2, journal.state!.head]);
	appendFileSync(file, '{"seq":3');
	expect([readMore(file, known), known.torn, known.damage]).toEqual([false, true, null]);
	journal.close();
});

