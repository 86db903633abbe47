/** The guard's word stands in the header and in the progress while a migration runs, and only there. */
import {expect, test} from 'vitest';
import {footerLines} from '../../../source/console/panels/footer/view.ts';
import {headerLines} from '../../../source/console/panels/header/view.ts';
import {progressPanel} from '../../../source/console/panels/progress/view.ts';
import type {Line} from '../../../source/console/parts/line.ts';
import {initialState, type ConsoleState} from '../../../source/console/state.ts';
import {opening, running, stateAfter} from '../fixtures/story.ts';

const words = (lines: readonly Line[]) => lines.map(line => line.map(({text}) => text).join('')).join('\n');
const toneOf = (lines: readonly Line[], text: string) => lines.flat().find(piece => piece.text.includes(text))?.tone;
const guard = {work: 'guard', text: 'max_blocked_sessions: 12 of 20, in 8 s; then it cancels the migration, pid 812', share: 0.6};
const shown = (more: Partial<ConsoleState>) => initialState({run: stateAfter(opening, running), attached: true, columns: 80, now: Date.parse('2026-11-23T02:10:10Z'), activities: {guard}, ...more});

test('which limit comes next, and when, on 80 columns; who would be hit by it in the progress', () => {
	const state = shown({});
	expect(words(headerLines(state))).toMatch(/guard max_blocked_sessions: 12 of 20, in 8 s  upgrade runs/);
	expect(toneOf(headerLines(state), 'guard max_blocked')).toBe('warn');
	const progress = progressPanel.content(state, {width: 76, height: 20, focused: false} as never).lines;
	expect(words(progress).replaceAll(/\s+/g, ' ')).toContain('guard: max_blocked_sessions: 12 of 20, in 8 s; then it cancels the migration, pid 812');
	expect(words(footerLines(state))).not.toContain('max_blocked');
	expect(toneOf(headerLines(shown({activities: {guard: {...guard, share: 1}}})), 'guard max_blocked')).toBe('bad');
});

test('without a migration the limits themselves, and that some were changed', () => {
	const changed = stateAfter(opening, [{kind: 'guard-changed', key: 'max_blocked_sessions', value: '12', guard: {...stateAfter(opening).guard, maxBlockedSessions: 12}}]);
	expect(words(headerLines(shown({run: stateAfter(opening), activities: {}})))).toContain('guard cancels at 20 blocked, 3 s ');
	expect(words(headerLines(shown({run: changed, activities: {}})))).toContain('guard cancels at 12 blocked, 3 s, changed');
});

test('a limit that is set back to what it was is not called changed', () => {
	const {guard} = stateAfter(opening);
	const set = (maxBlockedSessions: number | null) => ({kind: 'guard-changed' as const, key: 'max_blocked_sessions', value: String(maxBlockedSessions), guard: {...guard, maxBlockedSessions}});
	expect(stateAfter(opening, [set(12)]).guardChanged).toEqual(['max_blocked_sessions']);
	expect(stateAfter(opening, [set(12), set(13), set(guard.maxBlockedSessions)]).guardChanged).toEqual([]);
});

test('what the guard would have done stands in the progress, not that of the try before', () => {
	const act = (at: string, did: string) => ({kind: 'guard-acted' as const, act: {at, rule: 'max_blocked_seconds', reason: '7 sessions wait', did}});
	const run = stateAfter(opening, [act('2026-11-23T01:00:00.000Z', 'cancelled it')], running, [act('2026-11-23T03:00:00.000Z', 'nothing, since the guard\'s action is alert')]);
	const progress = words(progressPanel.content(shown({run}), {width: 96, height: 20, focused: false} as never).lines);
	expect(progress).toContain('guard at 03:00:00 by max_blocked_seconds: nothing, since the guard\'s action is alert');
	expect(progress).not.toContain('cancelled it');
});
