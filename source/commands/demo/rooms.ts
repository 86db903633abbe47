/** Ends the rooms of the sandbox: what runs is cancelled, and its outcome read back, before they go. */
import {setTimeout as wait} from 'node:timers/promises';
import {endProcess, identify, removeOrphanedRehearsals} from '../../../demo/rooms.ts';
import type {RoomStatus} from '../../room/commands/look.ts';
import type {Call} from '../command.ts';
import {findRooms, type FoundRoom} from '../../room/find-room.ts';

const cancelMs = 15_000;

export async function endRooms(call: Pick<Call, 'settings'>): Promise<void> {
	const rooms = await findRooms(call);
	await Promise.all(rooms.map(endRoom));
	if (rooms.length > 0) await removeOrphanedRehearsals();
}

async function endRoom({client, status}: FoundRoom): Promise<void> {
	const process = identify(status.pid);
	const deadline = Date.now() + cancelMs;
	let running = status.running;
	if (running) await client.ask('cancel', {reason: 'the demo ends'}).catch(() => {});
	while (running && Date.now() < deadline) {
		await wait(100);
		running = (await client.ask<RoomStatus>('status').catch(() => null))?.running ?? null;
	}
	await Promise.race([client.ask('stop').catch(() => {}), client.gone]);
	await endProcess(process);
	client.close();
}
