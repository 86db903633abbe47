/** The life of a detached room: it listens, works, goes on without consoles, and ends when nobody has needed it for long. */
import {rmSync} from 'node:fs';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {answerRequest} from './commands/index.ts';
import type {Hello} from './detached.ts';
import {openRoom} from './open.ts';
import type {Room} from './room.ts';
import {writeRoomFile} from './run-folder.ts';
import {serve} from './server.ts';
import {socketPath} from './socket-path.ts';

/** Without consoles and without an action it stops looking at the database after this. */
const stopWatchingMs = 60_000;

export interface ServeRoomOptions {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
	/** Told once, when it listens or could not. */
	onHello: (hello: Hello) => void;
}

/** Runs until the room ends. Returns the exit code of its process. */
export async function serveRoom({settings, environment, onHello}: ServeRoomOptions): Promise<number> {
	let room: Room;
	let socketFile: string;
	let server: {close(): Promise<void>};
	try {
		room = await openRoom({settings, environment, inProcess: false});
		const {host, port, database} = room.target.target;
		socketFile = socketPath({stateDir: settings.stateDir, project: settings.project, target: {host, port, database}});
		server = await serve({socketFile, handle: (request, peer) => answerRequest(room, request, peer), onGone: peer => room.detach(peer)});
	} catch (error) {
		onHello({exit: error instanceof Refusal ? error.exit : 5, reason: (error as Error).message});
		return 2;
	}
	const startedAt = new Date().toISOString();
	const note = () => {
		if (room.keeper.folder) writeRoomFile(room.keeper.folder, {pid: process.pid, socket: socketFile, startedAt});
	};
	note();
	// A terminal's end is nothing to a room; only `room stop`, the idle end and the machine's end it.
	process.on('SIGHUP', () => {});
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void room.end(`it was told to end (${signal})`));
	const idle = setInterval(() => {
		note();
		watchIdle(room, {idleMs: settings.room.idleMs});
	}, 1000);
	onHello({socket: socketFile, pid: process.pid});
	void room.actions.resume().catch(error => room.tell({push: 'activity', activity: {work: 'recovery', text: (error as Error).message}}));
	await room.ended;
	clearInterval(idle);
	await server.close();
	rmSync(socketFile, {force: true});
	return 0;
}

const idleSince = new WeakMap<Room, number>();

function watchIdle(room: Room, {idleMs}: {idleMs: number}): void {
	if (room.consoles.size > 0 || room.actions.busy) {
		idleSince.delete(room);
		return;
	}
	const since = idleSince.get(room) ?? Date.now();
	idleSince.set(room, since);
	if (Date.now() - since > stopWatchingMs) room.watch.run('no');
	if (Date.now() - since > idleMs) void room.end(`nobody was there for ${Math.round(idleMs / 60_000)} min`);
}
