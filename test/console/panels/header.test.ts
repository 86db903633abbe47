/** What of the header and the footer moves with time and with actions. */
import {expect, test} from 'vitest';
import {footerLines} from '../../../source/console/panels/footer/view.ts';
import {headerLines} from '../../../source/console/panels/header/view.ts';
import {progressPanel} from '../../../source/console/panels/progress/view.ts';
import type {Line} from '../../../source/console/parts/line.ts';
import {reduceRoom, type RoomAction} from '../../../source/console/reduce-room.ts';
import {initialState, type ConsoleState} from '../../../source/console/state.ts';
import {opening, room, running, sample, startedAt, stateAfter, tell} from '../fixtures/story.ts';

const words = (lines: readonly Line[]) => lines.map(line => line.map(({text}) => text).join('')).join('\n');
const shown = (more: Partial<ConsoleState> = {}) => initialState({run: stateAfter(opening), attached: true, columns: 120, now: startedAt, ...more});
const window = {start: '02:00', end: '03:30', timezone: 'UTC'};

test('how long the window lasts counts down, and is the last to give way on a narrow screen', () => {
	expect(words(headerLines(shown({room: {...room, window}})))).toContain('run 4f2a  window 1 h 30 min left  02:00 UTC');
	expect(words(headerLines(shown({room: {...room, window}, columns: 60})))).toMatch(/PRODUCTION ━+ window 1 h 30 min left {2}02:00 UTC ━┓/);
	expect(words(headerLines(shown({room: {...room, window: null}})))).toContain('run 4f2a  02:00 UTC');
});

test('what a restore loses goes with the samples, and not with the clock of an idle screen', () => {
	const backup = {path: '/backups/shop', startedAt: new Date(startedAt).toISOString(), lsn: '0/0'} as never;
	const lost = words(headerLines(shown({run: {...stateAfter(opening), backups: [backup]}, samples: [sample(42, {walPosition: 1_000_000})]})));
	expect(lost).toMatch(/restore loses 42 s, /);
});

test('a room that gives no sign: what ran has the length that was last heard of, however late it is', () => {
	const silent = {run: stateAfter(opening, running), silentSince: startedAt + 60_000};
	const [, , line] = headerLines(shown({...silent, now: startedAt + 600_000}));
	expect(words([line!])).toContain('upgrade ran 50 s when last heard of');
	expect(words(progressPanel.content(shown({...silent, now: startedAt + 600_000}), {width: 100, height: 20, focused: false}).lines)).toMatch(/^ 50 s when last heard of/);
	const gone = reduceRoom(shown({run: stateAfter(opening, running)}), {type: 'gone', reason: 'its process has ended', since: startedAt + 60_000} as RoomAction);
	expect(words(headerLines({...gone, now: startedAt + 600_000}))).toContain('upgrade ran 50 s when last heard of');
});

test('where the policy does not fit beside what runs, it is left out whole', () => {
	const backup = {path: '/backups/shop', startedAt: new Date(startedAt).toISOString(), lsn: '0/0', verified: {}} as never;
	const run = {...stateAfter(opening), backups: [backup], running: {...stateAfter(opening, running).running!, action: 'rehearse' as const}};
	const last = (columns: number) => words(headerLines(shown({columns, run})).slice(2, 3));
	expect([last(80), last(120)]).toEqual([expect.not.stringContaining('guard'), expect.stringContaining('guard cancels at 20 blocked, 3 s')]);
});

test('what was said before an action began, or while it ran, is gone with it', () => {
	const events = tell([...opening, ...running]);
	const before = shown({run: stateAfter(opening), activities: {upgrade: {work: 'upgrade', text: 'reading figures'}}, message: null});
	expect(words(footerLines(before))).toContain('upgrade: reading figures');
	expect(words(footerLines(reduceRoom(before, {type: 'event', event: events[opening.length]!} as RoomAction)))).not.toContain('reading figures');
});

test('after an upgrade what a restore loses is seen on 80 columns too', () => {
	const backup = {path: '/backups/shop', startedAt: new Date(startedAt).toISOString(), lsn: '0/0', verified: {}} as never;
	const upgraded = {action: 'upgrade', status: 'done', from: ['a1f0'], to: ['d4c3'], database: {version: ['d4c3']}} as never;
	const [, , line] = headerLines(shown({columns: 80, run: {...stateAfter(opening), backups: [backup], actions: [upgraded]}, samples: [sample(42, {walPosition: 1_000_000})]}));
	expect(words([line!])).toMatch(/^┃ back: downgrade.*restore loses 42 s, [\d.]+ [kM]?B of WAL +┃$/);
});
