/** Puts the words of persons on items: the first on the command line, the others over the room's socket, as a console does. */
import type {Item} from '../../source/journal/shapes/item.ts';
import {connectRoom} from '../../source/room/client.ts';
import type {RoomClient} from '../../source/room/protocol.ts';
import type {SaidByCheck} from './persons.ts';
import {must, mustEnd, type Stage} from './step.ts';

/** @throws Mismatch when nobody has words for one of them */
export async function attestAll(stage: Stage, items: readonly Item[], words: SaidByCheck): Promise<void> {
	await eachItem(stage, items, async (item, room) => {
		const said = words[item.check ?? ''];
		must(said !== undefined, `${item.id} is ${item.state}, and nobody has a word for it: ${item.verdict?.summary ?? 'it was never checked'}`);
		const attested = room === null
			? mustEnd(await stage.holdpoint<Item>('attest', item.id, '--by', said.by, '--note', said.note), 0)
			: await room.ask<Item>('attest', {item: item.id, ...said});
		must(attested.state === 'attested' && attested.by === said.by && attested.note === said.note, `${item.id} is ${attested.state} after ${said.by} attested it`);
	});
}

/** @throws Mismatch when one is not waived then */
export async function waiveAll(stage: Stage, items: readonly Item[], {by, reason}: {by: string; reason: string}): Promise<void> {
	await eachItem(stage, items, async (item, room) => {
		const waived = room === null
			? mustEnd(await stage.holdpoint<Item>('waive', item.id, '--by', by, '--reason', reason), 0)
			: await room.ask<Item>('waive', {item: item.id, by, reason});
		must(waived.state === 'waived' && waived.by === by && waived.note === reason, `${item.id} is ${waived.state} after ${by} waived it`);
	});
}

/** Thirty processes for thirty words would be most of the script's time. */
async function eachItem({notes}: Stage, [first, ...others]: readonly Item[], speak: (item: Item, room: RoomClient | null) => Promise<void>): Promise<void> {
	if (first === undefined) return;
	await speak(first, null);
	const room = await connectRoom(notes.socket ?? '', {by: 'the demo\'s script'});
	must(room !== null, `the room does not answer at ${notes.socket}`);
	try {
		for (const item of others) await speak(item, room);
	} finally {
		room.close();
	}
}
