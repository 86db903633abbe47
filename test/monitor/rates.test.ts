/** Rates, waits and lag: small pure things, as tables. */
import {expect, test} from 'vitest';
import {readLag} from '../../source/monitor/lag.ts';
import {baseline, checkpoints, rates, type Counters} from '../../source/monitor/rates.ts';
import type {LockRow} from '../../source/monitor/queries/contested.ts';
import {fillWaits} from '../../source/monitor/waits.ts';
import {secondsText} from '../../source/monitor/words.ts';

const counters = (at: number, more: Partial<Counters> = {}): Counters => ({at, started: 1, reset: 2, commits: at * 10, rollbacks: 0, tuplesWritten: at, walPosition: at * 1000, tuplesRead: null, tempBytes: 0, deadlocks: 0, blocksHit: at * 90, blocksAsked: at * 100, busyMs: at * 25, checkpointsTimed: 1, checkpointsRequested: 2, checkpointMs: 500, ...more});
const unknown = {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null, tuplesRead: null, tempBytes: null, deadlocks: null, cacheHit: null, transactionMs: null};
const others = {tuplesRead: null, tempBytes: 0, deadlocks: 0, cacheHit: 0.9, transactionMs: 2.5};

test.each([
	['two polls', counters(10), counters(14), {commits: 10, rollbacks: 0, tuplesWritten: 1, walBytes: 1000, ...others}],
	['the first poll', null, counters(14), unknown],
	['a restart of the server', counters(10), counters(14, {started: 12}), unknown],
	['a reset of the statistics', counters(10), counters(14, {reset: 13}), unknown],
	['a first reset of the statistics', counters(10, {reset: null}), counters(14), unknown],
	['a counter that went backwards', counters(10), counters(14, {commits: 5}), {commits: null, rollbacks: 0, tuplesWritten: 1, walBytes: 1000, ...others, transactionMs: null}],
	['a counter that is not known', counters(10), counters(14, {walPosition: null}), {commits: 10, rollbacks: 0, tuplesWritten: 1, walBytes: null, ...others}],
	['nothing done, of which there is no share', counters(10), counters(14, {commits: 100, blocksHit: 900, blocksAsked: 1000}), {commits: 0, rollbacks: 0, tuplesWritten: 1, walBytes: 1000, ...others, cacheHit: null, transactionMs: null}],
	['no time between them', counters(10), counters(10), unknown],
])('rates of %s', (_, before, now, expected) => {
	expect(rates(before, now)).toEqual(expected);
});

test.each([
	['the first poll', [], {}, [null, null, null]],
	['none', [counters(110)], {}, [0, 0, null]],
	['one timed and three asked for', [counters(110), counters(112)], {checkpointsTimed: 2, checkpointsRequested: 5, checkpointMs: 4500}, [1, 3, 1]],
	['those of longer ago than 15 minutes', [counters(10, {checkpointsRequested: 0}), counters(200)], {checkpointsRequested: 3}, [0, 1, 0]],
	['counters that were reset meanwhile', [counters(500), counters(502, {checkpointsTimed: 0, checkpointsRequested: 0, checkpointMs: 0})], {checkpointsTimed: 0, checkpointsRequested: 1, checkpointMs: 900}, [0, 1, 0.9]],
	['a restart of the server', [counters(500, {started: 0})], {}, [null, null, null]],
])('checkpoints of the last minutes: %s', (_, earlier, more, [timed, requested, seconds]) => {
	expect(checkpoints(earlier, counters(1000, more))).toEqual({checkpointsTimed: timed, checkpointsRequested: requested, checkpointSeconds: seconds});
});

test('the window of a rate is two seconds or more, where there are so many polls', () => {
	const polls = [5, 6, 7, 8, 9].map(at => counters(at));
	expect(baseline(polls, counters(10))!.at).toBe(8);
	expect(baseline(polls.slice(-1), counters(10))!.at).toBe(9);
	expect(baseline([], counters(10))).toBe(null);
});

test.each([
	['caught up', {lagBytes: 0, reportedSeconds: 7, replayed: 9000}, 0],
	['as the server says, while it replays', {lagBytes: 500, reportedSeconds: 0.3, replayed: 8600}, 0.3],
	['older than the server says, when the replay stands still', {lagBytes: 4000, reportedSeconds: 0.3, replayed: 5000}, 3],
	['at least as old as all that is remembered', {lagBytes: 8500, reportedSeconds: null, replayed: 500}, 4],
	['unknown, when it is behind and nothing says for how long', {lagBytes: 500, reportedSeconds: null, replayed: 8600}, null],
	['unknown, where it is hidden', {lagBytes: null, reportedSeconds: null, replayed: null}, null],
])('lag in seconds: %s', (_, row, expected) => {
	const marks = [5, 6, 7, 8, 9].map(at => ({at, walPosition: at * 1000}));
	expect(readLag({name: 's', state: 'streaming', sync: 'async', client: null, unsentBytes: null, unflushedBytes: null, unreplayedBytes: null, flushSeconds: null, replySeconds: null, ...row}, marks).lagSeconds).toBe(expected);
});

test('a wait without a time is as old as it has been seen', () => {
	const row: LockRow = {pid: 5, granted: false, mode: 'ShareLock', waitSeconds: null, object: 'o', kind: 'relation', relation: 't'};
	const first = fillWaits({rows: [row, {...row, pid: 6, waitSeconds: 4}, {...row, pid: 7, granted: true}], seen: new Map(), nowMs: 1000});
	expect(first.rows.map(each => each.waitSeconds)).toEqual([0, 4, null]);
	const second = fillWaits({rows: [row], seen: first.seen, nowMs: 3500});
	expect(second.rows[0]!.waitSeconds).toBe(2.5);
	const other = fillWaits({rows: [{...row, object: 'p'}], seen: second.seen, nowMs: 4000});
	expect(other.rows[0]!.waitSeconds).toBe(0);
});

test('numbers in words', () => {
	expect([0.04, 9.96, 12.4, 119.6, 185, 7620, null].map(secondsText)).toEqual(['0.0 s', '10.0 s', '12 s', '2 min 0 s', '3 min 5 s', '2 h 7 min', 'unknown']);
});
