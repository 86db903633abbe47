/** Dialogs as pure code: Enter alone never destroys, a typed name must be the whole name, forms want words. */
import {describe, expect, test} from 'vitest';
import type {Confirm, Dialog} from '../../../source/console/dialogs/dialog.ts';
import {pressInDialog} from '../../../source/console/dialogs/keys.ts';
import {initialState} from '../../../source/console/state.ts';
import {opening, room, stateAfter} from '../fixtures/story.ts';

const state = initialState({attached: true, room, run: stateAfter(opening)});
const press = (dialog: Dialog, ...keys: string[]) => keys.reduce<ReturnType<typeof pressInDialog>>((before, key) => {
	const text = [...key].length === 1 ? key : key.startsWith('paste:') ? key.slice(6) : '';
	return before.dialog ? pressInDialog(before.dialog, {key: key.startsWith('paste:') ? '' : key === ' ' ? 'space' : key, text}, state) : before;
}, {dialog});

const backup: Confirm = {kind: 'confirm', title: 'Take a backup', body: [], top: 0, says: 'take it', command: {command: 'backup', params: {}, done: 'taken'}};
const terminate: Confirm = {...backup, typed: {want: 'shop', text: ''}, command: {command: 'signal', params: {pid: 7}, done: 'sent'}};

describe('a confirmation', () => {
	test('Enter alone decides nothing, y does, Esc and n leave', () => {
		expect(press(backup, 'enter')).toEqual({dialog: backup, effect: {kind: 'say', text: 'Enter decides nothing here: y to take it, Esc to leave it'}});
		expect(press(backup, 'y')).toMatchObject({dialog: null, effect: {kind: 'command', command: {command: 'backup'}}});
		for (const key of ['esc', 'n', 'ctrl+c']) expect(press(backup, key)).toEqual({dialog: null});
	});

	test('a destructive one wants the whole name: y, a part of it, or Enter do nothing', () => {
		expect(press(terminate, 'y').effect).toBeUndefined();
		expect(press(terminate, 'enter').effect).toEqual({kind: 'say', text: 'type shop to take it, or Esc to leave it'});
		expect(press(terminate, 's', 'h', 'o', 'enter').effect).toEqual({kind: 'say', text: '"sho" is not shop; nothing was done'});
		expect(press(terminate, 'paste:shops', 'enter').effect).toMatchObject({kind: 'say'});
		expect(press(terminate, 'paste:shops', 'backspace', 'enter')).toMatchObject({dialog: null, effect: {kind: 'command', command: {params: {pid: 7, confirm: 'shop'}}}});
	});

	test('the name for an upgrade goes where the room looks for it', () => {
		const upgrade: Confirm = {...terminate, command: {command: 'upgrade', params: {expect: 'abc'}, done: ''}};
		expect(press(upgrade, 'paste:shop', 'enter').effect).toMatchObject({command: {params: {expect: 'abc', database: 'shop'}}});
	});
});

test('a form wants every required field, and sends them by name', () => {
	const form: Dialog = {kind: 'form', title: '', body: [], cursor: 1, fields: [{name: 'by', label: 'Your name', value: 'ana', required: true}, {name: 'note', label: 'What you saw', value: '', required: true}], command: {command: 'attest', params: {item: 'a/b'}, done: ''}};
	expect(press(form, 'enter').effect).toEqual({kind: 'say', text: 'What you saw: needs words'});
	expect(press(form, 'o', 'k', ' ', '!', 'enter')).toMatchObject({dialog: null, effect: {kind: 'command', command: {params: {item: 'a/b', by: 'ana', note: 'ok !'}}}});
	expect(press(form, 'up', 'ctrl+u', 'tab', 'x', 'enter').effect).toEqual({kind: 'say', text: 'Your name: needs words'});
});

test('the guard\'s limits change here, and reach the room with Enter only', () => {
	const limits: Dialog = {kind: 'limits', cursor: 0, rows: [{key: 'max_blocked_seconds', label: '', unit: 's', value: 3, step: 1}]};
	expect(press(limits, '+', '+', '-').effect).toBeUndefined();
	expect(press(limits, '+', '+', 'enter').effect).toEqual({kind: 'limit', key: 'max_blocked_seconds', value: 5});
	expect(press(limits, '0', 'enter').effect).toEqual({kind: 'limit', key: 'max_blocked_seconds', value: null});
	// Less is never more, also of what is below its step.
	expect(press(limits, '-', '-', '-', 'enter').effect).toEqual({kind: 'limit', key: 'max_blocked_seconds', value: 0.5});
	const action: Dialog = {kind: 'limits', cursor: 0, rows: [{key: 'action', label: '', unit: '', value: 'cancel', step: 1, words: ['cancel', 'alert']}]};
	expect(press(action, '+', 'enter').effect).toEqual({kind: 'limit', key: 'action', value: 'alert'});
	expect(press(action, '+', '-', '0', 'enter').effect).toEqual({kind: 'limit', key: 'action', value: 'cancel'});
});

test('the palette finds by words and runs by name', () => {
	expect(press({kind: 'palette', text: '', cursor: 0}, 'v', 'a', 'c', 'enter')).toEqual({dialog: null, effect: {kind: 'binding', id: 'maintain'}});
	expect(press({kind: 'palette', text: '', cursor: 0}, 'z', 'z', 'z', 'enter').effect).toBeUndefined();
});

test('a filter narrows as it is typed, Enter keeps it, Esc takes it away', () => {
	const filter: Dialog = {kind: 'filter', pane: 'checklist', text: 'ba'};
	expect(press(filter, 'c').effect).toEqual({kind: 'filter', pane: 'checklist', text: 'bac'});
	expect(press(filter, 'enter')).toEqual({dialog: null});
	expect(press(filter, 'esc').effect).toEqual({kind: 'filter', pane: 'checklist', text: ''});
});

test('a pick leads to the plan of the chosen revision', () => {
	const pick: Dialog = {kind: 'pick', title: '', body: [], then: 'upgrade-to', cursor: 1, rows: [{value: 'b2e1', line: []}, {value: 'd4c3', line: []}]};
	expect(press(pick, 'up', 'enter').effect).toEqual({kind: 'plan', action: 'upgrade', revision: 'b2e1'});
});

test('whom to call is at hand over every dialog, which comes back as it was', () => {
	const form: Dialog = {kind: 'form', title: '', body: [], cursor: 0, fields: [{name: 'note', label: 'What you saw', value: 'half a sent', required: true}], command: {command: 'attest', params: {}, done: ''}};
	const plain: Dialog[] = [backup, {...backup, refused: 'the hold point stands'}, {kind: 'help', top: 3}, {kind: 'choose', title: 'Leave?', body: [], choices: [{key: 'd', says: 'detach', then: {kind: 'leave'}}]}];
	const typing: Dialog[] = [terminate, form, {kind: 'palette', text: 'up', cursor: 0}, {kind: 'filter', text: 'x', pane: 'checklist'}];
	for (const dialog of [...plain, ...typing]) {
		expect(press(dialog, 'ctrl+o')).toEqual({dialog: {kind: 'contacts', under: dialog}});
		for (const back of ['esc', 'o', 'enter', 'y']) expect(press(dialog, 'ctrl+o', back)).toEqual({dialog});
	}
	for (const dialog of plain) expect(press(dialog, 'o').dialog?.kind).toBe('contacts');
	for (const dialog of typing) expect(press(dialog, 'o').dialog?.kind, 'a letter is text').toBe(dialog.kind);
});
