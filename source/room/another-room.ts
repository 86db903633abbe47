/** Another room was there first: on the target, or on its run. Whoever wanted to open one may come into that one. */
import {Refusal} from '../journal/refusal.ts';

export class AnotherRoom extends Refusal {
	/** Path of the socket where it listens, or will soon. */
	readonly socket: string;

	constructor(sentence: string, socket: string) {
		super(3, sentence);
		this.socket = socket;
	}
}

/** One listens for this target. */
export function roomAtWork(socket: string): AnotherRoom {
	return new AnotherRoom(`A room is already at work on this target (${socket}); attach to it.`, socket);
}
