/** The components' content with ink-testing-library: views, filter, palette, colours off. */
import {render} from 'ink-testing-library';
import {setTimeout as wait} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {App} from '../../source/console/app.tsx';
import {createDoing} from '../../source/console/doing.ts';
import {initialState, type ConsoleState} from '../../source/console/state.ts';
import {createStore} from '../../source/console/store.ts';
import {StoreContext} from '../../source/console/use-store.ts';
import {asciiGlyphs} from '../../source/console/theme.ts';
import {fakeRoom, items, opening, plan, room, sample, stateAfter} from './fixtures/story.ts';

function shown(given: Partial<ConsoleState> = {}) {
	const run = stateAfter(opening);
	const store = createStore(initialState({attached: true, room, by: 'ana', run, cursor: items[0]!.id, samples: [sample(0)], rows: 30, columns: 100, now: Date.parse('2026-11-23T02:10:00Z'), ...given}));
	const fake = fakeRoom({state: run});
	const doing = createDoing({store, client: fake.client, write() {}, repaint() {}, leave() {}});
	const app = render(<StoreContext value={store}><App doing={doing} /></StoreContext>);
	return {
		...app, store, fake,
		async press(...typed: string[]) {
			for (const key of typed) {
				app.stdin.write(key);
				await wait(key === '\u001B' ? 40 : 5);
			}

			return app.lastFrame()!;
		},
	};
}

test('Enter opens the item\'s evidence, Enter again runs its check, Esc goes back', async () => {
	const {press, fake, unmount} = shown();
	const frame = await press('\r');
	for (const words of ['Detail and evidence', '✓ passed, 9 min ago', 'all three revisions say what they are for', '$ alembic check', '│ b2e1: add orders.channel']) expect(frame).toContain(words);
	await press('\r');
	expect(fake.asked.at(-1)).toMatchObject({command: 'check', params: {items: [items[0]!.id]}});
	expect(await press('\u001B')).toContain('Checklist  5 of 17 satisfied');
	unmount();
});

test('the filter narrows the list while it is typed', async () => {
	const {press, unmount} = shown();
	const frame = await press('/', 'b', 'a', 'c', 'k', 'u', 'p', ' ', 'v');
	expect(frame).toContain('Backup verified');
	expect(frame).not.toContain('Migration file has');
	expect(await press('\r')).toContain('Checklist  5 of 17 satisfied  /backup v');
	expect(await press('\u001B')).toContain('Migration file has');
	unmount();
});

test('each view by its digit', async () => {
	const {press, unmount} = shown({contacts: [{role: 'DBA On-Call', contact: '#dba', escalation: 'Database issues'}]});
	expect(await press('2')).toContain('connections 34 of 100');
	expect(await press('3')).toContain('s reviews the SQL of the pending revisions');
	expect(await press('4')).toContain('Nothing was rehearsed yet');
	expect(await press('5')).toContain('plan 9c1e55aa70b3');
	expect(await press('6')).toContain('DBA On-Call');
	expect(await press('1')).toContain('Checklist');
	unmount();
});

test('the guard\'s limits reach the room under their names in holdpoint.yaml', async () => {
	const {press, fake, unmount} = shown();
	expect(await press('+')).toContain('sessions that the migration may block');
	await press('\u001B[B', '+', '\r');
	expect(fake.asked.at(-1)).toMatchObject({command: 'guard', params: {key: 'max_blocked_seconds', value: '4'}});
	unmount();
});

test('a session is cancelled by pid and start, after a confirmation that says what a cancel can\'t do', async () => {
	const {press, store, fake, unmount} = shown({view: 'live', focus: 'live', pidOrder: [812, 900, 901, 902]});
	await press('j', 'j');
	expect(store.state().pid).toBe(900);
	expect(await press('c')).toContain('a cancel does nothing to an idle session');
	await press('y');
	expect(fake.asked.at(-1)).toMatchObject({command: 'signal', params: {pid: 900, backendStart: '2026-11-23 01:00:00+00', terminate: false}});
	expect(await press('C')).toContain('Type shop to terminate it');
	unmount();
});

test('a plan that comes late opens no dialog over another one', async () => {
	let answer = (_: unknown) => {};
	const {press, store, fake, unmount} = shown();
	fake.client.ask = () => new Promise(resolve => (answer = resolve as typeof answer));
	await press('a', '?');
	answer(plan);
	await wait(5);
	expect([store.state().dialog?.kind, store.state().message?.text]).toEqual(['help', 'the plan is ready, but a dialog is open: press its key again']);
	unmount();
});

test('an ASCII terminal gets ASCII only', () => {
	const {lastFrame, unmount} = shown({glyphs: asciiGlyphs, color: false, rows: 40, columns: 120});
	expect(lastFrame()).toMatch(/^[\n\x20-\x7E]*$/);
	unmount();
});
