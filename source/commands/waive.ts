/** `holdpoint waive`: a person's word that an item may stay unproven. */
import {Refusal} from '../journal/refusal.ts';
import type {Item} from '../journal/shapes/item.ts';
import {textFlag, wordOf, type Command} from './command.ts';
import {describeItem} from './describe-items.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'waive ITEM --reason TEXT [--by NAME]',
	says: 'A person\'s word that an item may stay unproven, with the reason. ITEM is an id, a unique part of one, or a check\'s name.',
	options: '--reason TEXT  why it may stay unproven\n--by NAME      who says so; default: HOLDPOINT_BY, else the login name',
	flags: {by: {type: 'string'}, reason: {type: 'string'}},
	words: 1,
	async run(call) {
		const item = wordOf(call, {command: 'waive', name: 'ITEM'});
		const reason = textFlag(call, 'reason');
		if (!reason?.trim()) throw new Refusal(2, 'A waiver needs its reason: --reason TEXT.');
		const waived = await withRoom(call, {}, client => client.ask<Item>('waive', {item, reason, by: textFlag(call, 'by') ?? call.settings.by}));
		if (call.output.json) call.output.document(waived);
		call.output.text(describeItem(waived));
		return 0;
	},
};
