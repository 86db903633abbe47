/** A conversation with a room in this very process: headless commands run the same room as consoles do. */
import {Refusal} from '../journal/refusal.ts';
import {answerRequest} from './commands/index.ts';
import type {Push, RoomClient} from './protocol.ts';
import type {Listener, Room} from './room.ts';

export function inProcessClient(room: Room, {by}: {by: string}): RoomClient {
	const listeners = new Set<(push: Push) => void>();
	const asker: Listener = {
		by,
		readOnly: room.settings.readOnly,
		attached: false,
		send(push) {
			for (const listener of listeners) listener(push);
		},
	};
	let next = 1;
	return {
		gone: room.ended,
		async ask<T>(command: string, params: Record<string, unknown> = {}, {seen}: {seen?: number} = {}): Promise<T> {
			try {
				return await answerRequest(room, {id: next++, command, params, ...(seen !== undefined && {seen})}, asker) as T;
			} catch (error) {
				if (error instanceof Refusal) throw error;
				throw new Refusal(5, (error as Error).message);
			}
		},
		listen(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close: () => room.detach(asker),
	};
}
