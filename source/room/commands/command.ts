/** What a room's command is: one file, one line in the list. */
import type {z} from 'zod';
import type {JournalEvent} from '../../journal/events.ts';
import {Refusal} from '../../journal/refusal.ts';
import type {Item} from '../../journal/shapes/item.ts';
import {findItem, type Listener, type Room} from '../room.ts';

export interface RoomCommand<Params extends z.ZodType = z.ZodType> {
	name: string;
	says: string;
	/** A decision: refused to those who may only look, and only taken on the database that env.py reaches. */
	decides: boolean;
	/** A decision about what runs already: it must not wait for env.py, nor be refused because that can't be asked. */
	urgent?: boolean;
	/** It makes a plan first, and the plan's own reading of the project proves the target: no further look is needed. */
	plans?: boolean;
	params: Params;
	/** Whether this event, newer than what the sender had seen, makes the decision one about another world. */
	movedBy?(event: JournalEvent, params: z.infer<Params>): boolean;
	run(room: Room, params: z.infer<Params>, asker: Listener): Promise<unknown> | unknown;
}

/** Gives a command its type from its own parameters. */
export function roomCommand<Params extends z.ZodType>(command: RoomCommand<Params>): RoomCommand {
	return command as unknown as RoomCommand;
}

/** The item that a word names. @throws Refusal 2 */
export function requireItem(room: Room, word: string): Item {
	const item = findItem(room.state().items, word);
	if (typeof item === 'string') throw new Refusal(2, item);
	return item;
}

/** An item's own later events: somebody else has dealt with it in the meantime. */
export function movedByItem(event: JournalEvent, {item}: {item: string}): boolean {
	return (event.kind === 'item-attested' || event.kind === 'item-waived' || event.kind === 'check-finished' || event.kind === 'item-went-stale') && event.item.includes(item);
}

/** What makes a confirmed plan another one. */
export function movedByPlan(event: JournalEvent): boolean {
	return event.kind === 'action-started' || event.kind === 'action-finished' || event.kind === 'run-closed' || event.kind === 'run-abandoned';
}
