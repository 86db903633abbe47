/** The confirmation of an upgrade: what stands before it, and what must be typed, by environment. */
import {expect, test} from 'vitest';
import {confirmPlan, pickUpgrade} from '../../../source/console/dialogs/confirm-plan.ts';
import {pressInDialog} from '../../../source/console/dialogs/keys.ts';
import {initialState} from '../../../source/console/state.ts';
import type {Item} from '../../../source/journal/shapes/item.ts';
import type {Environment} from '../../../source/journal/shapes/plan.ts';
import {item, plan} from '../../journal/run.ts';
import {opening, room, stateAfter} from '../fixtures/story.ts';

function confirmation(environment: Environment, unmet = 1) {
	const before = stateAfter(opening);
	const run = {...before, target: {...before.target, environment}};
	const state = initialState({attached: true, room, run});
	return {state, dialog: confirmPlan(state, run, plan({unmet: Array.from({length: unmet}, (_, index) => item(`part/${index}`))}))};
}

test.each(['production', 'unknown'] as const)('%s: with an item unmet it is only shown, and says why', environment => {
	const {dialog, state} = confirmation(environment);
	expect(dialog.refused).toBe('The hold point before upgrade stands: 1 item not satisfied. Check, attest or waive them; n goes to the next.');
	expect(pressInDialog(dialog, {key: 'enter', text: ''}, state)).toEqual({dialog: null, effect: {kind: 'say', text: dialog.refused}});
	expect(pressInDialog(dialog, {key: '', text: 'shop'}, state)).toEqual({dialog});
});

test('production: with every item satisfied the name must be typed', () => {
	const {dialog} = confirmation('production', 0);
	expect(dialog).toMatchObject({typed: {want: dialog.typed?.want, text: ''}});
	expect(dialog.refused).toBeUndefined();
});

test('staging and development: unmet items warn', () => {
	for (const environment of ['staging', 'development'] as const) {
		const {dialog} = confirmation(environment);
		expect(dialog.refused).toBeUndefined();
		expect(dialog.typed).toBeUndefined();
		expect(JSON.stringify(dialog.body)).toContain('1 item not satisfied');
	}
});

test('what was waived is read once more, with who let it pass and why', () => {
	const {state} = confirmation('production', 0);
	const waivedIn = (items: Item[]) => JSON.stringify(confirmPlan(state, {...state.run!, items}, plan({unmet: []})).body);
	expect(waivedIn([item('part/one', {holds: ['upgrade']})])).not.toContain('waived:');
	const text = waivedIn([{...item('part/one', {holds: ['upgrade']}), state: 'waived', by: 'ann', note: 'no staging'}, {...item('part/two', {holds: ['close']}), state: 'waived', by: 'ben', note: 'later'}]);
	expect(text).toContain('1 item waived:');
	expect(text).toContain('(ann: no staging)');
	expect(text).not.toContain('later');
});

test('the run\'s aim is offered among the pending revisions, else the last of them', () => {
	const run = stateAfter(opening);
	const path = plan({revisions: ['b2', 'c3', 'd4'].map(revision => ({revision, doc: '', file: '', sha256: '', sql: true}))});
	expect(pickUpgrade({...run, aim: ['c3']}, path)).toMatchObject({cursor: 1});
	expect(pickUpgrade({...run, aim: []}, path)).toMatchObject({cursor: 2});
});
