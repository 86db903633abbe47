/** The life of a detached room: it listens, works, goes on without consoles, and ends when nobody has needed it for long. */
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {createScrubber} from '../journal/scrub.ts';
import {AnotherRoom} from './another-room.ts';
import type {Hello} from './detached.ts';
import {watchIdle} from './idle.ts';
import {connectRoom} from './client.ts';
import {listenFor} from './listen.ts';
import {openRoom} from './open.ts';
import {PasswordWanted} from './password-wanted.ts';
import type {Room} from './room.ts';
import {socketPath} from './socket-path.ts';
import {linkTarget, type TargetLink} from './target-link.ts';

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
	const scrubber = createScrubber();
	const askPassword = async (question: string, why: Refusal) => {
		if (password === undefined) throw new PasswordWanted(question, why.message);
		return password;
	};
	let target: TargetLink | undefined;
	let room: Room | undefined;
	let listening: Awaited<ReturnType<typeof listenFor>>;
	try {
		target = await linkTarget({settings, environment, scrubber, askPassword});
		await refuseBesideAnother(target, settings);
		room = await openRoom({settings, environment, askPassword, inProcess: false, target, scrubber});
		listening = await listenFor(room);
	} catch (error) {
		await (room ? room.end('it could not listen') : target?.close());
		onHello({
			exit: error instanceof Refusal ? error.exit : 5, reason: (error as Error).message,
			...(error instanceof AnotherRoom && target && {another: socketPath(settings, target.target)}), ...(error instanceof PasswordWanted && {question: error.question}),
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

/** @throws AnotherRoom when one listens for this target already */
async function refuseBesideAnother({target}: TargetLink, settings: Settings): Promise<void> {
	const socket = socketPath(settings, target);
	const there = await connectRoom(socket, settings);
	there?.close();
	if (there) throw new AnotherRoom(`Another room is at work on ${target.database} at ${target.host}:${target.port}.`, socket);
}
