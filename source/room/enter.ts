/** The way into a room: the one that is at work on the target, else one in this process, or a detached one. */
import {setTimeout as wait} from 'node:timers/promises';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {AnotherRoom} from './another-room.ts';
import {connectRoom} from './client.ts';
import type {RoomStatus} from './commands/look.ts';
import {startDetached} from './detached.ts';
import {findRooms} from './find-room.ts';
import {PasswordWanted} from './password-wanted.ts';
import {isSameOrigin} from './origin.ts';
import type {RoomClient} from './protocol.ts';
import {readRoomFile, readRun} from './run-folder.ts';
import type {LinkOptions} from './target-link.ts';

export interface EnterOptions {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
	/** `detached`: start a room that outlives this process when none is at work. */
	mode: 'in-process' | 'detached';
	program: readonly string[];
	/** A room in this process is found by other shells too, and first settles what an earlier one left: for what must be steered. */
	acts?: boolean;
	askPassword?: LinkOptions['askPassword'];
}

export interface Entered {
	client: RoomClient;
	/** Where the room is: in another process, or in this one, which it then ends with. */
	inProcess: boolean;
	leave(): Promise<void>;
}

/** @throws Refusal when there is no way in */
export async function enterRoom({settings, environment, mode, program, acts = false, askPassword}: EnterOptions): Promise<Entered> {
	const named = settings.run ? await connectNamed(settings, settings.run) : null;
	if (named) return remote(named);
	const known = settings.run ? null : await findKnown({settings, environment});
	if (known) return remote(known);
	try {
		if (mode === 'detached') return await openDetached({settings, environment, program, askPassword});
		// Loaded only here: whoever speaks to a room in another process needs nothing of what a room consists of.
		const {openHere} = await import('./open-here.ts');
		return await openHere({settings, environment, askPassword, acts});
	} catch (error) {
		// It was there by another way in, or both looked before either listened: the later one comes in where the other is.
		const other = error instanceof AnotherRoom ? await waitForRoom(error.socket, settings) : null;
		if (!other) throw error;
		await refuseOtherEnvironment(other, settings);
		return remote(other);
	}
}

/** The room itself finds the way to the target: this process need not ask env.py before. */
async function openDetached({settings, environment, program, askPassword}: Pick<EnterOptions, 'settings' | 'environment' | 'program' | 'askPassword'>): Promise<Entered> {
	const start = (password?: string) => startDetached({settings, environment, program, password});
	const {socket} = await start().catch(async (error: unknown) => {
		if (!(error instanceof PasswordWanted) || !askPassword) throw error;
		return start(await askPassword(error.question, error));
	});
	const client = await connectRoom(socket, settings);
	if (!client) throw new Refusal(5, `The room that was started does not answer at ${socket}.`);
	return remote(client);
}

/** From having a run to listening takes a room a moment; a room inside of a command may never listen. */
const joinWithinMs = 5000;

async function waitForRoom(socketFile: string, {by, readOnly}: Settings): Promise<RoomClient | null> {
	for (const end = performance.now() + joinWithinMs; performance.now() < end;) {
		const client = await connectRoom(socketFile, {by, readOnly});
		if (client) return client;
		await wait(100);
	}
	return null;
}

/** The room that this process, too, would be sent to; found without asking Python, which takes seconds. */
async function findKnown({settings, environment}: {settings: Settings; environment: NodeJS.ProcessEnv}): Promise<RoomClient | null> {
	const rooms = await findRooms({settings});
	const same = rooms.filter(({status: {origin}}) => origin !== null && isSameOrigin(origin, {settings, environment}));
	const chosen = same.length === 1 ? same[0]! : null;
	for (const room of rooms) if (room !== chosen) room.client.close();
	return chosen?.client ?? null;
}

/** @throws Refusal 3 when the room goes by other rules than this command line names */
async function refuseOtherEnvironment(client: RoomClient, {environment}: Settings): Promise<void> {
	if (!environment) return;
	const status = await client.ask<RoomStatus>('status');
	if (status.environment === environment) return;
	client.close();
	throw new Refusal(3, `The room at work on this target counts it as ${status.environment}, not as ${environment}; end it with \`holdpoint room stop\` to go on as ${environment}.`);
}

async function connectNamed(settings: Settings, run: string): Promise<RoomClient | null> {
	const file = readRoomFile(readRun(settings.stateDir, run).folder);
	return file ? connectRoom(file.socket, settings) : null;
}

function remote(client: RoomClient): Entered {
	return {client, inProcess: false, leave: async () => client.close()};
}
