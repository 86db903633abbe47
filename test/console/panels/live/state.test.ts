/** The live pane's order stays under the cursor, its trees are bounded, and unknown is never zero. */
import {expect, test} from 'vitest';
import {blockingRows, lagSeries, pidOrder} from '../../../../source/console/panels/live/state.ts';
import {livePanel} from '../../../../source/console/panels/live/view.ts';
import {textOf} from '../../../../source/console/parts/line.ts';
import {initialState} from '../../../../source/console/state.ts';
import {opening, sample, stateAfter} from '../../fixtures/story.ts';

const shown = (given: ReturnType<typeof sample>) => livePanel.content(initialState({run: stateAfter(opening), attached: true, view: 'live', samples: [given], pidOrder: pidOrder(given.active, {before: [], keep: false})}), {width: 120, height: 40, focused: true}).lines.map(textOf).join('\n');

test('the migration comes first, then the longest, idle transactions by their transaction', () => {
	expect(pidOrder(sample(0).active, {before: [], keep: false})).toEqual([812, 900, 901, 902]);
});

test('while somebody chooses, rows keep their place: who is gone leaves, who is new comes last', () => {
	const later = sample(50);
	const active = [...later.active.filter(({pid}) => pid !== 901), {...later.active[3]!, pid: 950, seconds: 9000}];
	expect(pidOrder(active, {before: [902, 901, 900, 812], keep: true})).toEqual([902, 900, 812, 950]);
	expect(pidOrder(active, {before: [902, 901, 900, 812], keep: false})[0]).toBe(812);
});

test('the blocking tree names root, depth and everyone below, and says how many it leaves out', () => {
	const {rows, hidden} = blockingRows(sample(0), 2);
	expect(rows.map(({pid, depth, total}) => [pid, depth, total])).toEqual([[900, 0, 2], [812, 1, 1]]);
	expect(hidden).toBe(1);
});

test('lag is a series with gaps where it was not known', () => {
	expect(lagSeries([sample(0), sample(1, {replication: []})], 'replica1')).toEqual([0.4, null]);
});

test('what this role may not see is said to be unknown', () => {
	const text = shown(sample(0, {connections: {total: null, max: null, active: null, idle: null, idleInTransaction: null, waiting: null}, rates: {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null}, hidden: ['queries of other roles: GRANT pg_read_all_stats TO deploy']}));
	expect(text).toContain('connections unknown of unknown');
	expect(text).toContain('unknown commits/s');
	expect(text).toContain('not seen: queries of other roles: GRANT pg_read_all_stats TO deploy');
});

test('figures carry their units, the migration is pinned, the tree says who waits for what', () => {
	const text = shown(sample(0));
	for (const words of ['connections 34 of 100', '812 commits/s', 'WAL 2.1 MB/s', 'pid 900 blocks 2', 'pid 812 MIGRATION waits 8.0 s for ShareLock on orders, blocks 1', 'pid 901 waits 4.2 s for RowExclusiveLock on orders', 'lag 0.4 s, 1.4 MB', 'building index: scanning table, 4,200 of 17,000 blocks', '24 %']) expect(text).toContain(words);
});
