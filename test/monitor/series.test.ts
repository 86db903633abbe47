/** What charts are drawn from: columns with their peaks, and gaps where nothing was read. */
import {expect, test} from 'vitest';
import {columnsOf, joinPoints, pointOf, thinPoints, type Point} from '../../source/monitor/series.ts';
import {sample, startedAt} from '../console/fixtures/story.ts';

const point = (at: number, commits: number): Point => ({at, lasts: 0, low: {commits}, high: {commits}});
const drawn = (points: Point[], options: {from?: number; to?: number; columns: number; reach?: number}) => columnsOf(points, {series: 'commits', from: 0, to: 100, reach: 0, ...options}).map(column => column && (column.low === column.high ? column.high : [column.low, column.high]));

test('a point has the known figures of its sample, the lag of each standby among them', () => {
	const {at, high} = pointOf(sample(3, {behind: {sessions: 4, longestSeconds: 1, sessionSeconds: 2, relations: []}, rates: {commits: 812.3456, rollbacks: null, tuplesWritten: 0, walBytes: null}}));
	expect({at, high}).toEqual({at: startedAt + 3000, high: {commits: 812.3, tuplesWritten: 0, connections: 34, active: 4, waiting: 2, behind: 4, 'lag:replica1': 1.4, 'lagBytes:replica1': 1_503_000}});
});

test('a column shows the lowest and the highest of its time', () => {
	expect(drawn([point(0, 1), point(10, 9), point(20, 5), point(60, 2)], {columns: 2})).toEqual([[1, 9], 2]);
});

test('between two samples there is no gap, without samples there is one, and what was before counts only so long', () => {
	expect(drawn([point(0, 1), point(20, 2), point(80, 3)], {columns: 10, reach: 20})).toEqual([1, 1, 2, 2, 2, null, null, null, 3, 3]);
	expect(drawn([point(-10, 7), point(50, 3)], {columns: 10, reach: 20})).toEqual([7, 7, null, null, null, 3, 3, 3, null, null]);
	expect(drawn([], {columns: 2})).toEqual([null, null]);
});

test('points put together keep peak, low and time; thinned, no peak is lost and no gap filled', () => {
	expect(joinPoints([point(10, 4), point(12, 9), {at: 14, lasts: 6, low: {commits: 1, waiting: 3}, high: {commits: 2, waiting: 5}}])).toEqual({at: 10, lasts: 10, low: {commits: 1, waiting: 3}, high: {commits: 9, waiting: 5}});
	const many = [...Array.from({length: 1000}, (_, index) => point(index, index === 333 ? 99 : 1)), ...Array.from({length: 1000}, (_, index) => point(5000 + index, 2))];
	const thin = thinPoints(many, {from: 0, to: 5999, most: 60});
	expect(thin.length).toBeLessThanOrEqual(60);
	expect(Math.max(...thin.map(({high}) => high['commits']!))).toBe(99);
	expect(thin.some(({at, lasts}) => at > 1000 && at < 5000 || at + lasts > 1000 && at < 1000)).toBe(false);
});
