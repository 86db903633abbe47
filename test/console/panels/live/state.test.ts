/** The live pane's rows: their order stays under the cursor, filters and sorts, trees to their root, a queue that grows. */
import {expect, test} from 'vitest';
import {move} from '../../../../source/console/move.ts';
import {ordered} from '../../../../source/console/panels/live/cursor.ts';
import {blockingRows, fitsFilter, lockWords, queueGrowth, rootOf, sortedPids} from '../../../../source/console/panels/live/state.ts';
import {pointOf} from '../../../../source/monitor/series.ts';
import {sample} from '../../fixtures/story.ts';
import {looking} from './look.ts';

const {active} = sample(0);

test.each([
	['time', [812, 900, 901, 902]],
	['state', [812, 901, 900, 902]],
	['user', [812, 900, 901, 902]],
	['waits', [812, 901, 900, 902]],
] as const)('by %s, the migration always first', (sort, expected) => {
	expect(sortedPids(active, sort)).toEqual(expected);
});

test('while somebody chooses, rows keep their place: who is gone leaves, who is new comes last', () => {
	const chosen = {...looking(sample(0)), pid: 900};
	const later = [...active.filter(({pid}) => pid !== 901), {...active[3]!, pid: 950, seconds: 9000}];
	const after = ordered({...chosen, samples: [sample(50, {active: later})]});
	expect(after.pidOrder).toEqual([812, 900, 902, 950]);
	expect(ordered({...after, pid: null}).pidOrder).toEqual([812, 950, 900, 902]);
});

test('a frozen screen keeps its rows, whatever comes', () => {
	const frozen = looking(sample(0), {frozen: sample(0)});
	expect(ordered({...frozen, samples: [sample(1, {active: []})]}).pidOrder).toEqual([812, 900, 901, 902]);
});

test.each([
	['901', true], ['SHOP-WEB', true], ['insert into orders', true], ['lock:relation', true], ['10.0.0.7', true], ['idle', false], ['!idle', true], ['!app', false], ['!', true], ['', true],
])('/%s finds the session: %s', (filter, found) => {
	expect(fitsFilter(active[2]!, filter)).toBe(found);
});

test('the tree names root, depth and everyone below; branches keep their order while somebody chooses', () => {
	expect(blockingRows(sample(0)).map(({pid, depth, total}) => [pid, depth, total])).toEqual([[900, 0, 2], [812, 1, 1], [901, 2, 0]]);
	const wait = (pid: number) => ({pid, seconds: 1, mode: 'ShareLock', relation: 'orders', waiting: []});
	const forest = sample(0, {blockers: [{pid: 5, total: 3, waiting: [wait(7), wait(6), wait(8)]}, {pid: 4, total: 1, waiting: [wait(9)]}]});
	expect(blockingRows(forest).map(({pid}) => pid)).toEqual([5, 7, 6, 8, 4, 9]);
	expect(blockingRows(forest, {before: [4, 9, 5, 6, 7]}).map(({pid}) => pid)).toEqual([4, 9, 5, 6, 7, 8]);
});

test('the root of whoever waits', () => {
	expect([901, 812, 900, 902].map(pid => rootOf(sample(0), pid))).toEqual([900, 900, 900, null]);
});

test('how fast the queue grows is told over five seconds, and not over a gap', () => {
	const behind = (at: number, sessions: number) => pointOf(sample(at, {behind: {sessions, longestSeconds: 1, sessionSeconds: 1, relations: []}}));
	expect(queueGrowth([behind(0, 2), behind(2, 4), behind(4, 6), behind(6, 14)])).toBe(2);
	expect(queueGrowth([behind(0, 2), behind(2, 3)])).toBe(null);
	expect(queueGrowth([behind(0, 2), behind(60, 3)])).toBe(null);
	expect(queueGrowth([behind(0, 2), pointOf(sample(6))])).toBe(null);
});

test('the cursor of the figures moves through them and not through sessions', () => {
	const at = move(move(looking(sample(0), {view: 'rates'}), 'down'), 'down');
	expect([at.live.series, at.pid]).toEqual(['rollbacks', null]);
});

test.each([
	[{mode: 'ShareLock', relation: 'orders', kind: 'relation'}, 'ShareLock on orders'],
	[{mode: 'ShareLock', relation: null, kind: 'virtualxid'}, 'the end of its transaction'],
	[{mode: 'ShareLock', relation: null, kind: 'transactionid'}, 'the end of its transaction'],
	[{mode: 'ExclusiveLock', relation: null, kind: 'advisory'}, 'ExclusiveLock on advisory'],
])('%o is waited for as %s', (lock, words) => {
	expect(lockWords(lock)).toBe(words);
});
