/** attest: a person's word that an item holds. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {movedByItem, requireItem, roomCommand} from './command.ts';

export const attest = roomCommand({
	name: 'attest',
	says: 'a person\'s word that an item holds',
	decides: true,
	params: z.object({item: z.string(), note: z.string(), by: z.string().optional()}),
	movedBy: movedByItem,
	async run(room, params, asker) {
		const item = requireItem(room, params.item);
		const by = (params.by ?? asker.by).trim();
		if (by === '' || params.note.trim() === '') throw new Refusal(2, `An attestation of ${item.id} needs a name and a note in words.`);
		const context = await room.checks.contextOf(item);
		room.open(by);
		room.keeper.record('item-attested', by, {item: item.id, note: params.note.trim(), context});
		return requireItem(room, item.id);
	},
});
