/** A room in this very process, which ends with it. */
import type {Entered, EnterOptions} from './enter.ts';
import {inProcessClient} from './in-process.ts';
import {listenFor} from './listen.ts';
import {openRoom} from './open.ts';

/** @throws Refusal when it can't be opened; AnotherRoom when one is at work on the target, or owns its run */
export async function openHere({settings, environment, askPassword, acts}: Pick<EnterOptions, 'settings' | 'environment' | 'askPassword'> & {acts: boolean}): Promise<Entered> {
	const {by} = settings;
	const room = await openRoom({settings, environment, askPassword, inProcess: true});
	let listening: Awaited<ReturnType<typeof listenFor>> | null = null;
	try {
		if (acts) {
			listening = await listenFor(room);
			// To those who come in, it is another process's.
			room.facts.inProcess = false;
			room.facts.warnings = [...room.facts.warnings, `This is the room of a command (process ${process.pid}), and ends with it; the run stays open, and \`holdpoint\` goes on with it then.`];
			await room.actions.resume();
		}
	} catch (error) {
		await room.end('its command could not begin');
		await listening?.close();
		throw error;
	}
	return {
		client: inProcessClient(room, {by}),
		inProcess: true,
		async leave() {
			await room.actions.idle();
			await room.end('its command has ended');
			await listening?.close();
		},
	};
}
