/** The store's reducers: what the room tells is folded once; where one looks stays put. */
import {describe, expect, test} from 'vitest';
import {isBusy} from '../../source/console/state.ts';
import {focusedPane, layoutOf} from '../../source/console/layout.ts';
import {reduce, type Action} from '../../source/console/reduce.ts';
import {initialState, type ConsoleState} from '../../source/console/state.ts';
import {failure, items, opening, room, running, sample, stateAfter, tell} from './fixtures/story.ts';

const after = (state: ConsoleState, ...actions: Action[]) => actions.reduce(reduce, state);
const attach = (run = stateAfter(opening)): Action => ({type: 'attached', run, samples: [], readOnly: false, room});
const start = (columns = 120, rows = 40) => after(initialState({rows, columns, by: 'ana'}), attach());
const eventAfter = (state: ConsoleState, ...told: Parameters<typeof tell>[0]): Action[] => tell(told, (state.run?.seq ?? 0) + 1).map(event => ({type: 'event', event}));

describe('news of the room', () => {
	test('an event that the snapshot holds already is not folded again', () => {
		const state = start();
		const [old] = tell(opening.slice(-1), opening.length);
		expect(reduce(state, {type: 'event', event: old!})).toBe(state);
		expect(after(state, ...eventAfter(state, {kind: 'item-waived', item: items[2]!.id, reason: 'r'})).run!.items[2]!.state).toBe('waived');
	});

	test('a preview without a run becomes the run with its first event', () => {
		const preview = {...stateAfter(opening.slice(0, 1)), seq: 0};
		const state = after(initialState({}), attach(preview));
		const [opened] = tell(opening.slice(0, 1));
		expect(after(state, {type: 'event', event: opened!}).run!.seq).toBe(1);
		expect(after(initialState({}), {type: 'event', event: opened!}).run!.run).toBe('4f2a');
	});

	test('whoever comes while the next try runs is not shown the failure before it', () => {
		const trying = stateAfter(opening, [...running, {kind: 'action-finished', outcome: failure}, ...running]);
		expect(after(initialState({}), attach(trying)).outcome).toBeNull();
		expect(after(initialState({}), attach(stateAfter(opening, [...running, {kind: 'action-finished', outcome: failure}]))).outcome).toEqual(failure);
	});

	test('a failed action opens its screen, a new action closes it, Esc leaves it', () => {
		const state = start();
		const failed = after(state, ...eventAfter(state, ...running, {kind: 'action-finished', outcome: failure}));
		expect(failed.outcome).toEqual(failure);
		expect(layoutOf(failed).map(box => box.pane)).toEqual(['outcome']);
		expect(after(failed, {type: 'back'}).outcome).toBeNull();
		expect(after(failed, ...eventAfter(failed, running[0]!)).outcome).toBeNull();
		expect(after(initialState({}), attach(failed.run!)).outcome).toEqual(failure);
	});

	test('a fresh sample ends the blindness, and old figures stay meanwhile', () => {
		const blind = after(start(), {type: 'samples', samples: [sample(1)]}, {type: 'blind', error: 'refused', since: '2026-11-23T02:00:00Z'});
		expect([blind.blind?.error, blind.samples.length]).toEqual(['refused', 1]);
		expect(after(blind, {type: 'samples', samples: [sample(2)]}).blind).toBeNull();
	});

	test('samples are bounded, and rows do not move under the cursor', () => {
		const many = after(start(), {type: 'samples', samples: Array.from({length: 1000}, (_, index) => sample(index))});
		expect([many.samples.length, many.points.length]).toEqual([3, 1000]);
		const chosen = after({...many, view: 'live', focus: 'live'}, {type: 'move', step: 'down'}, {type: 'move', step: 'end'});
		expect(chosen.pid).toBe(902);
		const active = sample(3).active.map(session => (session.pid === 902 ? {...session, seconds: 9999} : session));
		expect(after(chosen, {type: 'samples', samples: [sample(1001, {active})]}).pidOrder).toEqual([812, 900, 901, 902]);
		expect(after(chosen, {type: 'samples', samples: [sample(1001, {active})]}, {type: 'back'})).toMatchObject({pid: null, pidOrder: [812, 902, 900, 901]});
	});

	test('work that is done is no longer shown as going on', () => {
		const at = after(start(), {type: 'activity', activity: {work: 'backup', text: 'orders', share: 0.4}});
		expect(isBusy(at)).toBe(true);
		expect(isBusy(after(at, {type: 'activity', activity: {work: 'backup', text: '', done: true}}))).toBe(false);
	});
});

describe('where one looks', () => {
	test('the cursor begins at the first row, moves over sections and items, and skips hold points', () => {
		const state = start();
		expect(state.cursor).toBe('Pre-Deployment Checks');
		expect(after(state, {type: 'move', step: 'down'}, {type: 'move', step: 'down'}).cursor).toBe(items[0]!.id);
		expect(after(state, {type: 'move', step: 'end'}).cursor).toBe(items.at(-1)!.id);
	});

	test('at 80x24 there is one pane; Tab goes through checklist, detail, live', () => {
		const state = start(80, 24);
		const seen = [0, 1, 2, 3].map(times => focusedPane(after(state, ...Array.from({length: times}, (): Action => ({type: 'cycle', by: 1})))));
		expect(seen).toEqual(['checklist', 'detail', 'live', 'checklist']);
		expect(layoutOf(state)).toHaveLength(1);
	});

	test('wide enough, checklist, detail and live stand together; while something runs, its progress does', () => {
		expect(layoutOf(start()).map(box => box.pane)).toEqual(['checklist', 'detail', 'live']);
		const state = after(initialState({rows: 40, columns: 120}), attach(stateAfter(opening, running)));
		expect(layoutOf(state).map(box => box.pane)).toEqual(['checklist', 'progress', 'live']);
		expect(layoutOf(after(state, {type: 'detail', wanted: true})).map(box => box.pane)[1]).toBe('detail');
	});

	test.each([[60, 15], [80, 24], [109, 50], [110, 28], [120, 40], [200, 60]])('the panes of %i x %i stay on the screen', (columns, rows) => {
		for (const view of ['checklist', 'live', 'review', 'contacts'] as const) {
			for (const box of layoutOf({...after(initialState({rows, columns}), attach(stateAfter(opening, running))), view})) {
				expect(box.left + box.width).toBeLessThanOrEqual(columns);
				expect(box.top + box.height).toBeLessThanOrEqual(rows - 2);
				expect(box.height).toBeGreaterThan(2);
			}
		}
	});

	test('folding a section takes the cursor out of it, and next-open unfolds what it goes to', () => {
		const inside = after(start(), {type: 'move', step: 'down'}, {type: 'move', step: 'down'}, {type: 'fold', how: 'close'});
		expect(inside.cursor).toBe('Pre-Deployment Checks\nCode Review');
		const next = after(inside, {type: 'next-open'});
		expect(next.cursor).toBe(items[2]!.id);
		expect(next.folded.size).toBe(0);
	});

	test('a filter that hides the row under the cursor takes the first that is left, Esc takes it away', () => {
		const filtered = after(start(), {type: 'move', step: 'end'}, {type: 'filter', pane: 'checklist', text: 'docstring'});
		expect(filtered.cursor).toBe('Pre-Deployment Checks');
		expect(after(filtered, {type: 'back'}).filters.checklist).toBe('');
	});
});
