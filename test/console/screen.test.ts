/** The whole console on an emulated terminal: what remains on the screen, what it costs, how it is left. */
import {setTimeout as wait} from 'node:timers/promises';
import stringWidth from 'string-width';
import {afterEach, describe, expect, test} from 'vitest';
import {openConsole, type ConsoleEnd} from '../../source/console/open.tsx';
import type {RoomFacts} from '../../source/room/protocol.ts';
import {failure, fakeRoom, items, opening, plan, room, running, sample, stateAfter, type FakeRoom} from './fixtures/story.ts';
import {keys, openTerminal, type Terminal} from './fixtures/terminal.ts';

const waived = items.filter(item => item.holds.includes('upgrade')).map(item => ({kind: 'item-waived' as const, item: item.id, reason: 'test'}));
const open: {terminal: Terminal; ended: Promise<ConsoleEnd>}[] = [];

async function opened({columns = 120, rows = 40, state = stateAfter(opening) as ReturnType<typeof stateAfter> | null, readOnly = false, facts = room, answers = {}, samples = [sample(0)], beats = true, echoed = ''}: {/** Typed before it was there, and shown by the terminal's driver. */ echoed?: string; columns?: number; rows?: number; state?: ReturnType<typeof stateAfter> | null; readOnly?: boolean; /** The room gives a sign each second, as rooms do. */ beats?: boolean; facts?: RoomFacts; answers?: Parameters<typeof fakeRoom>[0]['answers']; samples?: ReturnType<typeof sample>[]} = {}): Promise<{terminal: Terminal; fake: FakeRoom; ended: Promise<ConsoleEnd>}> {
	const terminal = openTerminal(columns, rows);
	terminal.stdout.write(echoed);
	const fake = fakeRoom({state, samples, facts, answers: {plan: params => ({...plan, ...(params.revision ? {to: [params.revision]} : {})}), upgrade: () => null, check: () => null, ...answers}});
	const ended = openConsole({client: fake.client, settings: {readOnly, color: true, by: 'ana'}, stdout: terminal.stdout, stdin: terminal.stdin});
	open.push({terminal, ended});
	if (beats) {
		const beating = setInterval(() => fake.push({push: 'beat', at: new Date().toISOString()}), 1000);
		void ended.finally(() => clearInterval(beating));
	}

	await terminal.see(state ? /of 17 satisfied|(CANCELLED)/ : 'No run is open');
	return {terminal, fake, ended};
}

/** Resolves when nothing more was written for a while. */
async function settled(terminal: Terminal): Promise<void> {
	for (let before = -1; before !== terminal.written().length;) {
		before = terminal.written().length;
		await wait(100);
	}
}

afterEach(async () => {
	for (const {terminal, ended} of open.splice(0)) {
		// Ctrl+C asks in every state, and what it asks is waited for: a key that comes before the question would be another's.
		let over = false;
		void ended.then(() => (over = true));
		while (!over) {
			await terminal.press(keys.esc, keys.esc, '\u0003');
			const asked = await Promise.race([ended.then(() => false), terminal.see(/detach: the run goes on|leave: this room ends/).then(() => true, () => false)]);
			if (asked && !over) await terminal.press('d');
			await Promise.race([ended, wait(100)]);
		}
	}
});

describe.each([[80, 24], [120, 40], [200, 60]])('at %i x %i', (columns, rows) => {
	test('shows where one is, what is to be done, and the keys; each line fits', async () => {
		const {terminal} = await opened({columns, rows});
		const screen = await terminal.see('q detach');
		for (const words of ['PRODUCTION', 'shop on db1.example:5432 as deploy  (env.py)', 'a1f0 → d4c3', 'guard cancels at 20 blocked, 3 s', '5 of 17 satisfied', '[✓] `revision` and `down_revision` are correct', 'u upgrade', '? help  q detach']) expect(screen).toContain(words);
		expect(screen.includes('Live  PostgreSQL 15.18, primary')).toBe(columns >= 110);
		const lines = screen.split('\n');
		expect(lines).toHaveLength(rows);
		expect(Math.max(...lines.map(line => stringWidth(line)))).toBe(columns);
	});

	test('moving, views, dialogs and news never clear the screen again', async () => {
		const {terminal, fake} = await opened({columns, rows, state: stateAfter(opening, waived)});
		const first = terminal.written().length;
		await terminal.press(keys.down, keys.down, keys.tab, keys.down, '2', '3', '4', '5', '6', '1', '?', keys.pageDown, keys.esc, ':', 'v', 'a', keys.esc, '/');
		await terminal.see('Esc takes it away');
		await terminal.press('x', keys.esc);
		// On a busy machine Esc and the key after it come in one piece, which is another key.
		await terminal.see(screen => !screen.includes('Esc takes it away'));
		await terminal.press('u');
		await terminal.see('Upgrade to which revision?');
		await terminal.press(keys.esc);
		fake.push({push: 'sample', sample: sample(3)});
		fake.tell(running);
		await terminal.see(columns >= 110 ? 'statement 3 runs' : 'revision c3d2 started');
		expect(terminal.written().slice(first)).not.toContain('\u001B[2J');
		expect(terminal.written().slice(first)).not.toContain('\u001B[3J');
	});
});

test('an idle console writes nothing', async () => {
	const {terminal} = await opened();
	await terminal.see('lag of replica1');
	await settled(terminal);
	const before = terminal.written().length;
	const minute = new Date().getMinutes();
	await wait(1500);

	// The clock in the header moves once a minute: one line when the minute has just turned.
	expect(terminal.written().length - before).toBeLessThanOrEqual(new Date().getMinutes() === minute ? 0 : 200);
});

test('a key press costs little', async () => {
	const {terminal} = await opened();
	await terminal.press(keys.down, keys.down, keys.end);
	await settled(terminal);
	const before = terminal.written().length;
	await terminal.press(keys.up);
	await settled(terminal);
	const spent = terminal.written().length - before;
	expect(spent).toBeGreaterThan(0);
	expect(spent).toBeLessThan(2500);
});

test('an upgrade: the revision is chosen, the plan shown, the name typed, and only the whole name starts it', async () => {
	const {terminal, fake} = await opened({state: stateAfter(opening, waived)});
	await terminal.press('u');
	await terminal.see('› d4c3');
	await terminal.press(keys.up, keys.enter);
	const screen = await terminal.see('Type shop to upgrade:');
	for (const words of ['PRODUCTION', 'commit point after b2e1', 'way back  downgrade, 4.0 s measured, loses 1,204 values', '9c1e55aa70b3d2f4', 'pid 900 has a transaction open']) expect(screen).toContain(words);
	await terminal.press(keys.enter);
	await terminal.see('type shop to upgrade, or Esc to leave it');
	await terminal.press('shopping', keys.enter);
	await terminal.see('"shopping" is not shop; nothing was done');
	expect(fake.asked.map(({command}) => command)).not.toContain('upgrade');
	// In one piece, as a clipboard gives it.
	await terminal.press('\u0015', 'shop\r');
	await terminal.see('upgrade finished');
	expect(fake.asked.at(-1)).toEqual({command: 'upgrade', seen: stateAfter(opening, waived).seq, params: {revision: 'c3d2', expect: plan.digest, confirmed: true, database: 'shop'}});
});

test('a greyed key answers with its reason, and the room\'s refusal is shown word for word', async () => {
	const {terminal, fake} = await opened();
	await terminal.press('t');
	await terminal.see('move to an item of the checklist first');
	await terminal.press('b', 'y');
	await terminal.see('this room does not do backup');
	expect(fake.asked.at(-1)!.command).toBe('backup');
});

test('a console that only looks decides nothing', async () => {
	const {terminal, fake} = await opened({readOnly: true});
	await terminal.see('LOOK ONLY');
	await terminal.press(keys.down, keys.down, 't');
	await terminal.see('this console only looks');
	expect(fake.asked.map(({command}) => command)).toEqual(['attach', 'contacts']);
	const foot = (await terminal.screen()).trimEnd().split('\n').at(-1)!;
	expect(foot).toContain('? help');
	expect(foot).not.toMatch(/attest|waive|upgrade/);
});

test('help begins with the keys of the pane that has the focus', async () => {
	const {terminal} = await opened({rows: 60});
	const groups = async () => [...(await terminal.screen()).matchAll(/┃ (Actions|Checklist|Live pane|Stopping) +┃/g)].map(([, title]) => title);
	await terminal.press('?');
	await terminal.see('take a backup and verify it');
	expect((await groups())[0]).toBe('Checklist');
	await terminal.press(keys.esc, '2', '?');
	await terminal.see('take a backup and verify it');
	expect((await groups())[0]).toBe('Live pane');
});

test('an attestation takes name and words, and is seen only once the room has told it', async () => {
	const {terminal, fake} = await opened({answers: {attest: () => null}});
	await terminal.press(keys.down, keys.down, 't', 'seen on staging', keys.enter);
	await terminal.see('attested: Migration file has');
	expect(fake.asked.at(-1)).toMatchObject({command: 'attest', params: {item: items[0]!.id, by: 'ana', note: 'seen on staging'}});
	expect(await terminal.screen()).not.toContain('[A] Migration file');
	fake.tell([{kind: 'item-attested', item: items[0]!.id, note: 'seen on staging'}]);
	await terminal.see('[A] Migration file');
});

test('after a failure one screen says what is in the database, what runs, the choices, whom to call', async () => {
	const {terminal} = await opened({columns: 80, rows: 24, state: stateAfter(opening)}).then(async given => {
		given.fake.tell([...running, {kind: 'action-finished', outcome: failure}]);
		return given;
	});
	await terminal.see('UPGRADE CANCELLED');
	await terminal.see('revision b2e1: between a1f0 and d4c3');
	await terminal.press(keys.end);
	await terminal.see('DBA On-Call');
	await terminal.press(keys.esc);
	await terminal.see('Live  ');
	await terminal.press('f');
	await terminal.see('UPGRADE CANCELLED');
});

test('text of the database can\'t move the cursor or leave its line', async () => {
	const query = 'SELECT \u001B[2J\u001B[1;1H\u202Eowned\nsecond line';
	const {terminal} = await opened({samples: [sample(0, {active: sample(0).active.map(session => ({...session, query})), blockers: [], locksWaiting: []})]});
	await terminal.press('2');
	await terminal.see('SELECT \\x1b[2J\\x1b[1;1H\\u202eowned second line');
	expect(await terminal.screen()).toContain('PRODUCTION');
});

test('a silent room is said to be silent, and a gone one to be gone', async () => {
	const {terminal, fake, ended} = await opened({beats: false});
	await terminal.see('The room gives no sign since');
	expect(await terminal.screen()).toContain(' OLD ');
	fake.push({push: 'beat', at: new Date().toISOString()});
	await terminal.see(screen => !screen.includes('gives no sign'));
	fake.end('it closed the connection');
	await terminal.see('The room is gone: it closed the connection');
	await terminal.press('q');
	expect(await ended).toEqual({reason: 'gone', summary: 'The room is gone: it closed the connection. holdpoint attach 4f2a takes the run up again from its journal.'});
});

test('a room that says that it ends has ended, and how one goes on is said', async () => {
	const {terminal, fake, ended} = await opened();
	fake.push({push: 'ending', reason: 'its command has ended'});
	fake.end('its command has ended');
	await terminal.see('The room has ended: its command has ended. What is shown is old. q leaves; holdpoint attach 4f2a');
	await terminal.press('q');
	expect(await ended).toEqual({reason: 'detached', summary: 'The room has ended: its command has ended. Run 4f2a is open: holdpoint attach 4f2a'});
});

test('resizing at any moment keeps the screen whole, and too small is said in one sentence', async () => {
	const {terminal} = await opened();
	for (const [columns, rows] of [[80, 24], [200, 60], [100, 20]] as const) {
		terminal.resize(columns, rows);
		const whole = (text: string) => text.split('\n')[0]!.startsWith('┏') && text.split('\n')[0]!.length === columns && text.split('\n').at(-1)!.endsWith('q detach');
		expect((await terminal.see(whole)).split('\n')).toHaveLength(rows);
	}

	terminal.resize(50, 10);
	await terminal.see('This terminal is 50x10; holdpoint needs 60x15.');
	terminal.resize(120, 40);
	await terminal.see('Live  PostgreSQL');
});

test('a key that was typed before the console was there moves no line', async () => {
	const {terminal} = await opened({echoed: '2jj'});
	expect((await terminal.screen()).split('\n')[0]).toMatch(/^┏━ PRODUCTION .*━┓$/);
});

describe('leaving', () => {
	test('q detaches and says that the run goes on', async () => {
		const {terminal, ended} = await opened({state: stateAfter(opening, running)});
		await terminal.press('q');
		expect(await ended).toEqual({reason: 'detached', summary: 'Detached; the upgrade goes on: holdpoint attach 4f2a'});
		expect(terminal.written()).toContain('\u001B[?1049l');
	});

	test('q asks first where the room lives in this terminal and something runs', async () => {
		const {terminal, ended} = await opened({state: stateAfter(opening, running), facts: {...room, inProcess: true}});
		await terminal.press('q');
		await terminal.see('leaving it interrupts the upgrade');
		await terminal.press('d');
		expect((await ended).summary).toContain('the room was in this terminal and ends with it');
	});

	test('Ctrl+C asks: detach, cancel, go on', async () => {
		const {terminal, fake} = await opened({state: stateAfter(opening, running), answers: {cancel: () => ({done: true, reason: 'The upgrade was told to stop; its outcome is read back.'})}});
		await terminal.press(keys.ctrlC);
		await terminal.see('cancel the upgrade, after a confirmation');
		await terminal.press('x');
		await terminal.see('Committed already and staying: b2e1');
		await terminal.press('y');
		await terminal.see('The upgrade was told to stop; its outcome is read back.');
		expect(fake.asked.at(-1)).toMatchObject({command: 'cancel', params: {terminate: false}});
	});

	test('nothing opened, nothing left', async () => {
		const {terminal, ended} = await opened({state: null});
		await terminal.press('q');
		expect((await ended).summary).toBe('Left; nothing was opened or changed.');
	});
});

test('Ctrl+L draws everything anew', async () => {
	const {terminal} = await opened();
	const before = terminal.written().length;
	await terminal.press(keys.ctrlL);
	await terminal.see('q detach');
	expect(terminal.written().slice(before)).toContain('PRODUCTION');
});

test('y copies the evidence by OSC 52', async () => {
	const {terminal} = await opened();
	await terminal.press(keys.down, keys.down, 'y');
	await terminal.see('copied');
	const [, encoded] = /\u001B\]52;c;([A-Za-z\d+/=]+)\u0007/.exec(terminal.written())!;
	expect(Buffer.from(encoded!, 'base64').toString()).toContain('all three revisions say what they are for');
});
