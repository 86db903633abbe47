/** `holdpoint attest`: a person's word that an item holds. */
import {Refusal} from '../journal/refusal.ts';
import type {Item} from '../journal/shapes/item.ts';
import {textFlag, wordOf, type Command} from './command.ts';
import {describeItem} from './describe-items.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'attest ITEM --note TEXT [--by NAME]',
	says: 'A person\'s word that an item holds. ITEM is an id, a unique part of one, or a check\'s name.',
	options: '--note TEXT  what was looked at and found\n--by NAME    who says so; default: HOLDPOINT_BY, else the login name',
	flags: {by: {type: 'string'}, note: {type: 'string'}},
	words: 1,
	async run(call) {
		const item = wordOf(call, {command: 'attest', name: 'ITEM'});
		const note = textFlag(call, 'note');
		if (!note?.trim()) throw new Refusal(2, 'An attestation needs words: --note TEXT says what was looked at and found.');
		const attested = await withRoom(call, {}, client => client.ask<Item>('attest', {item, note, by: textFlag(call, 'by') ?? call.settings.by}));
		if (call.output.json) call.output.document(attested);
		call.output.text(describeItem(attested));
		return 0;
	},
};
