/** The life of a detached room: it listens, works, goes on without consoles, and ends when nobody has needed it for long. */
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {AnotherRoom} from './another-room.ts';
import type {Hello} from './detached.ts';
import {watchIdle} from './idle.ts';
import {listenFor} from './listen.ts';
import {openRoom} from './open.ts';
import {PasswordWanted} from './password-wanted.ts';
import type {Room} from './room.ts';

export interface ServeRoomOptions {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
	/** What its starter asked a person for; kept in memory only. */
	password?: string;
	/** Told once, when it listens or could not. */
	onHello: (hello: Hello) => void;
}

/** Runs until the room ends. Returns the exit code of its process. */
export async function serveRoom({settings, environment, password, onHello}: ServeRoomOptions): Promise<number> {
	const askPassword = async (question: string, why: Refusal) => {
		if (password === undefined) throw new PasswordWanted(question, why.message);
		return password;
	};
	let room: Room | undefined;
	let listening: Awaited<ReturnType<typeof listenFor>>;
	try {
		room = await openRoom({settings, environment, askPassword, inProcess: false});
		listening = await listenFor(room);
	} catch (error) {
		await room?.end('it could not listen');
		onHello({
			exit: error instanceof Refusal ? error.exit : 5, reason: (error as Error).message,
			...(error instanceof AnotherRoom && {another: error.socket}), ...(error instanceof PasswordWanted && {question: error.question}),
		});
		return 2;
	}
	const {actions, ended, tell} = room;
	// A terminal's end is nothing to a room; only `room stop`, the idle end and the machine's end it.
	process.on('SIGHUP', () => {});
	for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void room.end(`it was told to end (${signal})`));
	const idle = setInterval(() => watchIdle(room, {idleMs: settings.room.idleMs}), 1000);
	onHello({socket: listening.socket, pid: process.pid});
	void actions.resume().catch(error => tell({push: 'activity', activity: {work: 'recovery', text: (error as Error).message}}));
	await ended;
	clearInterval(idle);
	await listening.close();
	return 0;
}
