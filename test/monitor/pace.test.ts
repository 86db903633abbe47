/** What is left of a phase, by its pace. */
import {expect, test} from 'vitest';
import type {Progress} from '../../source/journal/shapes/sample.ts';
import {followProgress, type SeenProgress} from '../../source/monitor/pace.ts';

const scan: Progress = {pid: 7, command: 'CREATE INDEX', phase: 'building index: scanning table', relation: 'orders', done: 0, total: 1000, unit: 'blocks'};

test.for<[what: string, polls: [seconds: number, row: Partial<Progress>][], left: (number | undefined)[]]>([
	['known from three seconds on, at the pace since it was first seen', [[0, {done: 100}], [1, {done: 120}], [3, {done: 160}], [10, {done: 300}]], [undefined, undefined, 42, 35]],
	['the pace is that of the latest minute', [[0, {done: 100}], [60, {done: 160}], [110, {done: 660}]], [undefined, 840, 34]],
	['a new phase has a pace of its own', [[0, {done: 100}], [5, {done: 900}], [10, {done: 10, phase: 'building index: sorting live tuples'}], [15, {done: 510, phase: 'building index: sorting live tuples'}]], [undefined, 0.6, undefined, 4.9]],
	['nothing is known of one that stands still', [[0, {done: 100}], [5, {done: 100}]], [undefined, undefined]],
	['nor where the total is not known', [[0, {done: 100, total: null}], [5, {done: 200, total: null}]], [undefined, undefined]],
])('%s', ([, polls, left]) => {
	let seen: SeenProgress = new Map();
	expect(polls.map(([seconds, row]) => {
		const {rows, seen: next} = followProgress({rows: [{...scan, ...row}], seen, nowMs: seconds * 1000});
		seen = next;
		return rows[0]!.secondsLeft;
	})).toEqual(left);
	expect(followProgress({rows: [], seen, nowMs: 200_000}).seen.size).toBe(0);
});
