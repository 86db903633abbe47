/** status, help, state, events, artifact, contacts: what anyone may ask. */
import {readFileSync, statSync} from 'node:fs';
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {idleSeconds} from '../idle.ts';
import type {Origin} from '../origin.ts';
import {maxLineBytes} from '../protocol.ts';
import type {ItemCounts} from '../../journal/shapes/item.ts';
import type {ActionName, Environment} from '../../journal/shapes/plan.ts';
import {roomCommand} from './command.ts';

/** What `status` answers. */
export interface RoomStatus {
	pid: number;
	socket: string | null;
	/** Null while no run is open. */
	run: string | null;
	project: string;
	stateDir: string;
	/** By which others know that they would be sent to the same database; null where that can't be told. */
	origin: Origin | null;
	database: string;
	host: string;
	environment: Environment;
	seq: number;
	items: ItemCounts;
	running: {action: ActionName; startedAt: string; attempt: number; revision: string | null; heldSince: string | null} | null;
	alarms: string[];
	consoles: number;
	idleSeconds: number;
}

export const status = roomCommand({
	name: 'status',
	says: 'what the room is doing, in few words',
	decides: false,
	params: z.object({}),
	run(room): RoomStatus {
		const {run, target, running, counts, alarms, seq} = room.state();
		return {
			run: room.keeper.opened ? run : null, database: target.database, host: target.host, environment: target.environment, seq, items: counts,
			running: running && {action: running.action, startedAt: running.startedAt, attempt: running.attempt, revision: running.revisions.at(-1)?.revision ?? null, heldSince: running.heldSince},
			alarms: alarms.map(alarm => alarm.text), consoles: room.consoles.size, idleSeconds: idleSeconds(room),
			pid: process.pid, socket: room.facts.socket ?? null, project: room.settings.project, stateDir: room.settings.stateDir, origin: room.origin,
		};
	},
});

export const attach = roomCommand({
	name: 'attach',
	says: 'tells this connection everything from now on',
	decides: false,
	params: z.object({readOnly: z.boolean().default(false)}),
	run(room, {readOnly}, asker) {
		asker.readOnly ||= readOnly || room.settings.readOnly;
		room.attach(asker);
	},
});

export const state = roomCommand({
	name: 'state',
	says: 'the whole state of the run; refresh: after looking whether its evidence still holds',
	decides: false,
	params: z.object({refresh: z.boolean().default(false)}),
	async run(room, {refresh}) {
		if (refresh) await room.checks.refresh();
		return {state: room.state(), opened: room.keeper.opened};
	},
});

export const events = roomCommand({
	name: 'events',
	says: 'the events of the journal from a number on',
	decides: false,
	params: z.object({from: z.number().int().default(1), limit: z.number().int().max(5000).default(1000)}),
	run: (room, {from, limit}) => room.keeper.events.slice(from - 1, from - 1 + limit),
});

export const artifact = roomCommand({
	name: 'artifact',
	says: 'the text of a kept artifact',
	decides: false,
	params: z.object({path: z.string()}),
	run(room, {path}) {
		if (!room.state().artifacts.some(kept => kept.path === path)) throw new Refusal(2, `${path} is no artifact of this run.`);
		if (!statSync(path).isFile() || statSync(path).size > maxLineBytes / 4) throw new Refusal(2, `${path} is too large to be shown here; look at it with a pager.`);
		return readFileSync(path, 'utf8');
	},
});

export const contacts = roomCommand({
	name: 'contacts',
	says: 'whom to call',
	decides: false,
	params: z.object({}),
	run: room => room.contacts,
});
