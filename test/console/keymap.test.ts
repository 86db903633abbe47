/** One table of keys: no key twice in one place, each says what it does, each no comes with its reason. */
import {describe, expect, test} from 'vitest';
import {keyName} from '../../source/console/key-name.ts';
import {bindingsNow, elsewhere, findBinding, keymap, keysTable} from '../../source/console/keymap.ts';
import {initialState, type ConsoleState} from '../../source/console/state.ts';
import type {Key} from 'ink';
import {items, opening, room, running, stateAfter} from './fixtures/story.ts';

const waived = items.filter(item => item.holds.includes('upgrade')).map(item => ({kind: 'item-waived' as const, item: item.id, reason: 'test'}));
const attached = (given: Partial<ConsoleState> = {}) => initialState({attached: true, room, by: 'ana', run: stateAfter(opening), rows: 40, columns: 120, ...given});
const reason = (state: ConsoleState, id: string) => keymap.find(binding => binding.id === id)!.refuse?.(state);

test('ids are unique, and no key has two meanings in one pane', () => {
	expect(new Set(keymap.map(({id}) => id)).size).toBe(keymap.length);
	const replay = keymap.filter(({group}) => group === 'replay');
	const others = keymap.filter(({group}) => group !== 'replay');
	for (const bindings of [replay, ...([undefined, 'checklist', 'detail', 'live'] as const).map(pane => others.filter(binding => binding.pane === pane))]) {
		const keys = bindings.flatMap(({keys: own}) => own);
		expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
	}
});

test('in a replay its own keys come before all others, elsewhere they are not there; with Shift or Ctrl an arrow is another key only there', () => {
	const keys = ['space', '+', 'home', 'q', 'left', 'shift+left', '}'];
	const live = {view: 'live', focus: 'live'} as const;
	expect(keys.map(key => findBinding(attached(live), key)?.id)).toEqual(['freeze', 'guard', 'first', 'quit', 'previous-live-view', 'previous-live-view', undefined]);
	const replay = {at: 0, from: 0, to: 1, playing: false, speed: 1, gap: null};
	expect(keys.map(key => findBinding(attached({...live, replay}), key)?.id)).toEqual(['play', 'faster', 'replay-start', 'leave-replay', 'previous-live-view', 'seek-back', 'moment-on']);
});

test('in a replay every key that decides or acts says that it is one', () => {
	const state = attached({run: stateAfter(opening, running), cursor: items[0]!.id, filters: {live: 'shop'}, replay: {at: 0, from: 0, to: 1, playing: false, speed: 1, gap: null}});
	for (const id of ['backup', 'review', 'rehearse', 'approve', 'upgrade', 'downgrade', 'maintain', 'hold', 'close', 'abandon', 'cancel', 'terminate', 'check', 'attest', 'waive', 'check-open', 'explain', 'resolve', 'cancel-backend', 'terminate-backend', 'signal-filtered']) expect(reason(state, id), id).toBe('this is a replay: nothing is decided or done in it');
});

test('the keys of the design are there', () => {
	const ids = Object.fromEntries([...'bsrudvtwao'].map(key => [key, findBinding(attached(), key)?.id]));
	expect(ids).toEqual({b: 'backup', s: 'review', r: 'rehearse', u: 'upgrade', d: 'downgrade', v: 'maintain', t: 'attest', w: 'waive', a: 'approve', o: 'view-contacts'});
	const live = attached({view: 'live', focus: 'live'});
	expect(['c', 'C', '+', '-', 'q', 'y', '/', ':', '?', 'esc', 'ctrl+l', 'ctrl+c'].map(key => findBinding(live, key)?.id)).toEqual(['cancel-backend', 'terminate-backend', 'guard', 'guard', 'quit', 'copy', 'filter', 'palette', 'help', 'back', 'repaint', 'interrupt']);
});

describe('reasons', () => {
	test('upgrade is there before its hold point is free too: choosing the revision is what the checks are about', () => {
		expect(reason(attached(), 'upgrade')).toBeUndefined();
	});

	test.each(['backup', 'rehearse', 'upgrade', 'maintain', 'attest', 'check-open', 'guard'])('%s: not in a console that only looks, not without a room, not in a closed run', id => {
		const run = stateAfter(opening, waived);
		const cursor = items[0]!.id;
		expect(reason(attached({run, cursor, readOnly: true}), id)).toContain('only looks');
		expect(reason(attached({run, cursor, silentSince: 1}), id)).toContain('gives no sign');
		expect(reason(attached({run, cursor, gone: 'it crashed'}), id)).toContain('it crashed');
		expect(reason(attached({run: {...run, state: 'closed'}, cursor}), id)).toContain('closed');
	});

	test('while something runs nothing else starts, and x is there', () => {
		const state = attached({run: stateAfter(opening, waived, running)});
		expect(reason(state, 'backup')).toBe('upgrade is running since 02:00:24 UTC; x cancels it');
		expect(findBinding(state, 'x')?.id).toBe('cancel');
		expect(findBinding(attached(), 'x')).toBeUndefined();
	});

	test('a session is signalled only when its start is known and the figures are fresh', () => {
		const choose = attached({view: 'live', focus: 'live'});
		expect(reason(choose, 'cancel-backend')).toBe('choose a session with the arrows first');
		expect(reason({...choose, blind: {error: 'gone', since: '2026-11-23T02:00:00Z'}}, 'terminate-backend')).toContain('figures are old');
	});
});

test('a key of another pane says where it works', () => {
	expect(elsewhere(attached(), 'C')).toBe('C: terminate the chosen session works in the live pane; Tab goes there');
	expect(elsewhere(attached(), 'Q')).toBeUndefined();
});

test('the table for the readme holds every binding', () => {
	for (const {says} of keymap) expect(keysTable()).toContain(says);
	expect(bindingsNow(attached()).length).toBeGreaterThan(20);
});

test('names of keys: pasted text is never a command, capitals are keys of their own', () => {
	const none = {} as Key;
	expect(keyName('C', {...none, shift: true})).toEqual({key: 'C', text: 'C'});
	expect(keyName('uy', none)).toEqual({key: '', text: 'uy'});
	expect(keyName('', {...none, upArrow: true})).toEqual({key: 'up', text: ''});
	expect(keyName('c', {...none, ctrl: true})).toEqual({key: 'ctrl+c', text: ''});
	expect(keyName('sh\nop', none)).toEqual({key: '', text: 'sh op'});
	expect(keyName('sh\nop\r', none)).toEqual({key: '', text: 'sh op', enters: true});
});
