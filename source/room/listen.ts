/** Lets consoles and commands of other processes into a room, over the socket of its target. */
import {answerRequest} from './commands/index.ts';
import type {Room} from './room.ts';
import {writeRoomFile} from './run-folder.ts';
import {serve} from './server.ts';
import {socketPath} from './socket-path.ts';

/** @throws AnotherRoom when another room listens there, Refusal 2 when it can't listen */
export async function listenFor(room: Room): Promise<{socket: string; close(): Promise<void>}> {
	const {settings} = room;
	const socket = socketPath(settings, room.target.target);
	const server = await serve({socketFile: socket, handle: (request, peer) => answerRequest(room, request, peer), onGone: peer => room.detach(peer)});
	room.facts.socket = socket;
	const startedAt = new Date().toISOString();
	let noted: string | null = null;
	// The run may be opened, and so get its folder, at any time.
	const note = () => {
		const {folder} = room.keeper;
		if (!folder || folder === noted) return;
		writeRoomFile(folder, {pid: process.pid, socket, startedAt});
		noted = folder;
	};
	note();
	const noting = setInterval(note, 1000);
	return {
		socket,
		async close() {
			clearInterval(noting);
			await server.close();
		},
	};
}
