/** `holdpoint room`: the room's process itself; `room serve` is what a detached room runs. */
import {text} from 'node:stream/consumers';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {RoomStatus} from '../room/commands/look.ts';
import {serveRoom} from '../room/serve.ts';
import {wordOf, type Call, type Command} from './command.ts';
import {findRoom, type FoundRoom} from '../room/find-room.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'room start|stop|status',
	says: 'The room\'s process: starts one for this project, stops it, or says whether one is at work.',
	words: 1,
	needs: ({input}) => (input[0] === 'serve' ? 'nothing' : input[0] === 'start' ? 'project' : 'settings'),
	run(call) {
		const word = wordOf(call, {command: 'room', name: 'start|stop|status'});
		const known = {start, stop, status, serve}[word];
		if (!known) throw new Refusal(2, `A room can start, stop or tell its status, not ${JSON.stringify(word)}.`);
		return known(call);
	},
};

async function start(call: Call): Promise<number> {
	return withRoom(call, {mode: 'detached'}, async client => tell(call, await client.ask<RoomStatus>('status')));
}

async function status(call: Call): Promise<number> {
	const room = await findRoom(call);
	room?.client.close();
	return tell(call, room?.status ?? null);
}

async function stop(call: Call): Promise<number> {
	const room = await findRoom(call);
	if (!room) return tell(call, null);
	try {
		if (call.settings.readOnly) throw new Refusal(3, 'With --read-only no room is stopped.');
		if (room.status.running) throw new Refusal(3, `The ${room.status.running.action} runs in it, and would go on without its guard; cancel it first, or wait for its end.`);
		await stopRoom(room);
		return tell(call, null, `The room, process ${room.status.pid}, has stopped.`);
	} finally {
		room.client.close();
	}
}

async function stopRoom({client, status}: FoundRoom): Promise<void> {
	await Promise.race([client.ask('stop').catch(() => {}), client.gone]);
	const late = new Promise<string>(resolve => setTimeout(resolve, 10_000, 'late').unref());
	if (await Promise.race([client.gone, late]) === 'late') throw new Refusal(5, `The room, process ${status.pid}, has not ended within 10 s; look at it.`);
}

function tell({output}: Call, room: RoomStatus | null, without = 'No room is at work for this project.'): number {
	const {pid = null, socket = null, run = null, consoles = 0, idleSeconds = null} = room ?? {};
	if (output.json) output.document({pid, socket, run, consoles, idleSeconds});
	output.text(room ? `Process ${pid} at ${socket}; ${run ? `run ${run}` : 'no run is open'}; ${consoles} ${consoles === 1 ? 'console' : 'consoles'}${idleSeconds === null ? '' : `, idle for ${idleSeconds} s`}.` : without);
	return 0;
}

/** Settings come over a pipe, since they may hold secrets; the first line out says where it listens. */
async function serve({environment, output, stdin}: Call): Promise<number> {
	const given = await text(stdin).then(line => JSON.parse(line) as {settings: Settings; password?: string}).catch(() => {
		throw new Refusal(2, '`room serve` is what holdpoint itself starts; `holdpoint room start` is meant for people.');
	});
	return serveRoom({...given, environment, onHello: hello => output.line(hello)});
}
