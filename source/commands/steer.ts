/** What cancel, hold and continue share: they speak to the room at work and never start one. */
import {Refusal} from '../journal/refusal.ts';
import type {RoomClient} from '../room/protocol.ts';
import type {Call} from './command.ts';
import {findRoom} from '../room/find-room.ts';

export interface Steered {
	done: boolean;
	reason: string;
}

/** Prints the answer. Exit 3 when nothing was there to be steered. */
export async function steer(call: Call, ask: (client: RoomClient) => Promise<Steered>): Promise<number> {
	const {output} = call;
	const answer = await askRoom(call, ask);
	if (output.json) output.document(answer);
	output.text(answer.reason);
	return answer.done ? 0 : 3;
}

async function askRoom(call: Call, ask: (client: RoomClient) => Promise<Steered>): Promise<Steered> {
	const room = await findRoom(call);
	if (!room) return {done: false, reason: 'No action is running: no room is at work for this project.'};
	try {
		return await ask(room.client);
	} catch (error) {
		// Nothing was running: an answer like any other.
		if (error instanceof Refusal && error.exit === 3 && room.status.running === null) return {done: false, reason: error.message};
		throw error;
	} finally {
		room.client.close();
	}
}
