/** How long nobody has needed a room, and what follows from it. */
import type {Room} from './room.ts';

/** Without consoles and without an action it stops looking at the database after this. */
const stopWatchingMs = 60_000;
const idleSince = new WeakMap<Room, number>();

/** Called every second: stops the watch, and in the end the room, when nobody has needed it for long. */
export function watchIdle(room: Room, {idleMs}: {idleMs: number}): void {
	if (room.consoles.size > 0 || room.actions.busy) {
		idleSince.delete(room);
		return;
	}
	const since = idleSince.get(room) ?? Date.now();
	idleSince.set(room, since);
	if (Date.now() - since > stopWatchingMs) room.watch.run('no');
	if (Date.now() - since > idleMs) void room.end(`nobody was there for ${Math.round(idleMs / 60_000)} min`);
}

/** Whole seconds; 0 while somebody is there. */
export function idleSeconds(room: Room): number {
	const since = idleSince.get(room);
	return since === undefined ? 0 : Math.floor((Date.now() - since) / 1000);
}
