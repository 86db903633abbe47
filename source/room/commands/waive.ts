/** waive: a person's word that an item may stay unproven. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {movedByItem, requireItem, roomCommand} from './command.ts';

export const waive = roomCommand({
	name: 'waive',
	says: 'a person\'s word that an item may stay unproven, with the reason',
	decides: true,
	params: z.object({item: z.string(), reason: z.string(), by: z.string().optional()}),
	movedBy: movedByItem,
	async run(room, params, asker) {
		const item = requireItem(room, params.item);
		const by = (params.by ?? asker.by).trim();
		if (by === '' || params.reason.trim() === '') throw new Refusal(2, `A waiver of ${item.id} needs a name and a reason in words.`);
		// It holds for this plan; the next one asks again.
		if (!room.state().plan) await room.checks.contextOf(item);
		const plan = room.state().plan?.digest ?? 'none';
		room.open(by);
		room.keeper.record('item-waived', by, {item: item.id, reason: params.reason.trim(), context: {plan}});
		return requireItem(room, item.id);
	},
});
