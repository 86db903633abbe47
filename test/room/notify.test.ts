/** Notifications at named moments: sent in order, their outcome recorded, never in the way. */
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {EventData, JournalEvent} from '../../source/journal/events.ts';
import {fold} from '../../source/journal/fold.ts';
import {createNotifier} from '../../source/room/notify.ts';
import {opening} from '../journal/run.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'holdpoint-notify-'));
afterAll(() => rmSync(folder, {recursive: true}));

const event = (seq: number, kind: string, data: object) => ({seq, at: '2026-01-01T00:00:00.000Z', by: 'ann', previous: '', kind, ...data}) as JournalEvent;
const state = fold(null, event(1, 'run-opened', opening()));

test('a command gets each moment that it asked for, in order; what came of it is recorded', async () => {
	const heard = path.join(folder, 'heard');
	const recorded: EventData<'notification-sent'>[] = [];
	const notifier = createNotifier({
		settings: {project: folder, notify: [
			{name: 'chat', command: ['sh', '-c', `cat >> ${heard}`], webhook: null, on: ['item-waived', 'run-closed']},
			{name: 'broken', command: ['sh', '-c', 'exit 4'], webhook: null, on: ['run-closed']},
		]},
		environment: process.env, record: data => recorded.push(data), pauseMs: 1,
	});
	notifier.take(event(2, 'item-waived', {item: 'part/one', reason: 'not here'}), state);
	notifier.take(event(3, 'item-attested', {item: 'part/two', note: 'seen'}), state);
	notifier.take(event(4, 'run-closed', {outcome: 'done', unmet: []}), state);
	await notifier.idle();
	const lines = readFileSync(heard, 'utf8').trim().split('\n').map(line => JSON.parse(line) as {text: string; moment: string});
	expect(lines.map(({moment, text}) => [moment, text])).toEqual([
		['item-waived', 'shop on db1 (production): part/one waived: not here'],
		['run-closed', 'shop on db1 (production): run closed: done'],
	]);
	expect(recorded.map(({name, moment, ok}) => [name, moment, ok])).toEqual([['chat', 'item-waived', true], ['chat', 'run-closed', true], ['broken', 'run-closed', false]]);
	expect(recorded[2]?.detail).toBe('ended with exit code 4, tried twice');
});
