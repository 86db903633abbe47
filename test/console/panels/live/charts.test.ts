/** The time that charts show: moved and widened over the whole run, older figures asked for once, statements marked under it. */
import {expect, test} from 'vitest';
import {chartLines, missingPast, periodOf} from '../../../../source/console/panels/live/charts.ts';
import {spans} from '../../../../source/console/panels/live/look.ts';
import {textOf} from '../../../../source/console/parts/line.ts';
import {reduce} from '../../../../source/console/reduce.ts';
import type {ConsoleState} from '../../../../source/console/state.ts';
import type {Point} from '../../../../source/monitor/series.ts';
import {opening, running, sample, startedAt, stateAfter, tell} from '../../fixtures/story.ts';
import {looking} from './look.ts';

const minute = 60_000;
/** Ten minutes of samples, the last at 02:10. */
const state = looking(Array.from({length: 301}, (_, index) => sample(index * 2)));
const after = (from: ConsoleState, ...actions: Parameters<typeof reduce>[1][]) => actions.reduce(reduce, from);
const shownMinutes = (given: ConsoleState) => {
	const {from, to, now} = periodOf(given)!;
	return [(from - startedAt) / minute, (to - startedAt) / minute, now];
};

test('by half of what is shown, not beyond now, nor before the first figure', () => {
	const five = after(state, {type: 'span', by: -1});
	expect(shownMinutes(five)).toEqual([5, 10, true]);
	const back = after(five, {type: 'time', byMs: -2.5 * minute});
	expect(shownMinutes(back)).toEqual([2.5, 7.5, false]);
	expect(shownMinutes(after(back, {type: 'time', byMs: -60 * minute}))).toEqual([0, 5, false]);
	expect(shownMinutes(after(back, {type: 'time', byMs: 60 * minute}))).toEqual([5, 10, true]);
});

test('older figures are asked for once, and drawn before the newer ones', () => {
	const hour = after(state, {type: 'span', by: 1});
	expect(missingPast(state)).toEqual({from: startedAt - 5 * minute, to: startedAt});
	expect(missingPast(hour)).toEqual({from: startedAt - 50 * minute, to: startedAt});
	const old: Point[] = Array.from({length: 300}, (_, index) => ({at: startedAt - 50 * minute + index * 10_000, lasts: 8000, low: {commits: 1}, high: {commits: 77}}));
	const told = after(hour, {type: 'past', answer: {from: startedAt - 50 * minute, to: startedAt, points: old, marks: [], begins: startedAt - 90 * minute}});
	expect(missingPast(told)).toBeNull();
	expect(chartLines(told, {series: 'commits', width: 100, height: 10}).map(textOf)[0]).toBe(' commits  now 812/s  1.0/s to 812/s in 1 h');
	const whole = after(told, ...spans.map(() => ({type: 'span', by: 1}) as const));
	expect(shownMinutes(whole)).toEqual([-90, 10, true]);
	expect(missingPast(whole)).toEqual({from: 0, to: startedAt});
});

test('the migration\'s statements stand under the chart where they began', () => {
	const run = stateAfter(opening);
	const told = after({...looking(sample(0), {span: 0}), run}, ...tell(running, run.seq + 1).map(event => ({type: 'event', event}) as const), {type: 'samples', samples: [sample(40)]});
	expect(told.marks.map(({label}) => label)).toEqual(['start', '3']);
	const rows = chartLines(told, {series: 'commits', width: 80, height: 8}).map(textOf);
	expect(rows.at(-2)).toMatch(/^ +\^start +\^3$/);
	expect(rows.at(-1)).toMatch(/01:59:40 +02:00:40 UTC now$/);
});

test('the screen stands while it is frozen, and says since when; the ring goes on', () => {
	const frozen = after(state, {type: 'freeze'}, {type: 'samples', samples: [sample(700, {active: []})]});
	expect([frozen.live.frozen?.at, frozen.samples.at(-1)?.at, frozen.points.length]).toEqual([sample(600).at, sample(700).at, 302]);
	expect(after(frozen, {type: 'freeze'}).pidOrder).toEqual([]);
});
