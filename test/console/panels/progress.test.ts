/** What of a running action stands first, and stands still. */
import {expect, test} from 'vitest';
import {progressPanel} from '../../../source/console/panels/progress/view.ts';
import {initialState} from '../../../source/console/state.ts';
import {opening, running, sample, startedAt, stateAfter} from '../fixtures/story.ts';

const basis = 'the backup of 01:00, restored on this machine';
const run = (more: object) => {
	const state = stateAfter(opening, running);
	return {...state, plan: {...state.plan!, estimate: {seconds: 60, basis}}, running: {...state.running!, ...more}};
};
const shown = (more: object = {}) => progressPanel.content(initialState({run: run(more), attached: true, now: startedAt + 60_000, samples: [sample(0)], activities: {guard: {work: 'guard', text: 'max_blocked_sessions: 3 of 20'}}}), {width: 100, height: 20, focused: false}).lines.map(line => line.map(({text}) => text).join(''));

test('the statement and its phase before the guard, and what the estimate stands on last', () => {
	expect(shown()).toEqual([
		' 50 s, about 10 s left  pid 812',
		' 44 s  in c3d2  statement 3 runs  phase 3 of 8: building index: scanning table 24 %',
		'   CREATE INDEX CONCURRENTLY ix_orders_channel ON orders (channel)',
		' guard: max_blocked_sessions: 3 of 20',
		' ✓ b2e1                   0.3 s  committed  add orders.channel',
		' » c3d2                    45 s  running  index orders by channel, concurrently',
		'   d4c3                          waiting  fill orders.channel in batches',
		' the backup of 01:00, restored on this machine',
	]);
});

test('between two statements the last one stays where it was', () => {
	expect(shown({statement: null, statements: [{sql: 'UPDATE orders SET channel = 1', seconds: 3.2}], lastStatement: 7}).slice(0, 4)).toEqual([
		' 50 s, about 10 s left  pid 812',
		' 3.2 s  in c3d2  statement 7 has ended',
		'   UPDATE orders SET channel = 1',
		' guard: max_blocked_sessions: 3 of 20',
	]);
});
