/** Finds the rooms at work for a project without starting one, without the database and without Python. */
import {readdirSync} from 'node:fs';
import path from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import {connectRoom} from './client.ts';
import type {RoomClient} from './protocol.ts';
import {socketFolders} from './socket-path.ts';
import type {RoomStatus} from './commands/look.ts';
import type {Settings} from '../config/settings.ts';

export interface FoundRoom {
	client: RoomClient;
	socket: string;
	status: RoomStatus;
}

/** The rooms of the project, or of the run that `--run` names; the caller closes them. */
export async function findRooms({settings}: {settings: Settings}): Promise<FoundRoom[]> {
	const rooms: FoundRoom[] = [];
	for (const socket of listSockets(settings.stateDir)) {
		const client = await connectRoom(socket, settings);
		if (!client) continue;
		const status = await Promise.race([client.ask<RoomStatus>('status').catch(() => null), client.gone.then(() => null)]);
		const wanted = status !== null && status.stateDir === settings.stateDir && (settings.run === null ? status.project === settings.project : status.run === settings.run);
		if (wanted) rooms.push({client, socket, status});
		else client.close();
	}
	return rooms;
}

/** The one room to speak to: the one with an action under way before others; null when there is none. @throws Refusal 2 when it could be several */
export async function findRoom(call: {settings: Settings}): Promise<FoundRoom | null> {
	const rooms = await findRooms(call);
	const acting = rooms.filter(room => room.status.running !== null);
	const chosen = acting.length > 0 ? acting : rooms;
	const [room = null] = chosen;
	for (const other of rooms) if (other !== room || chosen.length > 1) other.client.close();
	if (chosen.length > 1) throw new Refusal(2, `${chosen.length} rooms are at work for this project: ${chosen.map(each => each.status.run ?? each.status.database).join(', ')}; name one with --run.`);
	return room;
}

function listSockets(stateDir: string): string[] {
	return socketFolders(stateDir).flatMap(folder => {
		try {
			return readdirSync(folder).filter(name => name.endsWith('.sock')).map(name => path.join(folder, name));
		} catch {
			return [];
		}
	});
}
