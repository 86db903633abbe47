/** Every command of the room, and how one is answered. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {sentenceOf} from '../../journal/sentences.ts';
import type {Request} from '../protocol.ts';
import type {Listener, Room} from '../room.ts';
import {backup, downgrade, maintain, plan, rehearse, review, upgrade} from './actions.ts';
import {approve} from './approve.ts';
import {attest} from './attest.ts';
import {endBlock, runBlock} from './block.ts';
import {check} from './check.ts';
import {abandon, close} from './close.ts';
import type {RoomCommand} from './command.ts';
import {guard} from './guard.ts';
import {artifact, attach, contacts, events, state, status} from './look.ts';
import {explain, history, session} from './sessions.ts';
import {signal, signalAll} from './signal.ts';
import {cancel, hold, proceed} from './steer.ts';
import {waive} from './waive.ts';

const list: RoomCommand[] = [
	status, attach, state, events, artifact, contacts,
	check, attest, waive, plan, approve, backup, review, rehearse, upgrade, downgrade, maintain,
	runBlock, endBlock, cancel, hold, proceed, guard, signal, signalAll, session, explain, history, close, abandon,
];
const byName = new Map(list.map(command => [command.name, command]));

/** Answers one request. @throws Refusal with the reason for a no */
export async function answerRequest(room: Room, request: Request, asker: Listener): Promise<unknown> {
	if (request.command === 'help') return list.map(({name, says}) => ({command: name, says}));
	if (request.command === 'stop') return stop(room, asker);
	const command = byName.get(request.command);
	if (!command) throw new Refusal(2, `The room has no command ${JSON.stringify(request.command)}; ask \`help\`.`);
	const params = command.params.safeParse(request.params ?? {});
	if (!params.success) throw new Refusal(2, `${command.name}: ${z.prettifyError(params.error).replace(/\s+/g, ' ')}`);
	if (command.decides) {
		room.actions.mustBeAllowed(asker);
		if (!command.urgent && !command.plans) await room.target.mustBeProven();
		refuseWhenMoved(room, {command, request, params: params.data});
	}
	return command.run(room, params.data, asker);
}

/** Its answer goes out first. @throws Refusal 3 while an action runs, which would go on without its guard */
function stop(room: Room, asker: Listener): void {
	if (asker.readOnly || room.settings.readOnly) throw new Refusal(3, 'This console may only look (--read-only); another one may stop the room.');
	if (room.actions.busy) throw new Refusal(3, `The ${room.actions.busy} is at work, and would go on without its guard; cancel it or wait for its end.`);
	setImmediate(() => void room.end(`${asker.by} stopped it`));
}

/** Decisions are about the world that their sender saw. */
function refuseWhenMoved(room: Room, {command, request, params}: {command: RoomCommand; request: Request; params: unknown}): void {
	if (request.seen === undefined || !command.movedBy) return;
	const moved = room.keeper.events.slice(request.seen).find(event => command.movedBy?.(event, params));
	if (moved) throw new Refusal(3, `Meanwhile ${sentenceOf(moved)?.text ?? moved.kind} (${moved.by}); look again and decide anew.`);
}
