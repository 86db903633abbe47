/** `holdpoint check`: runs checks. */
import {countItems, type Item} from '../journal/shapes/item.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {textFlag, type Command} from './command.ts';
import {Refusal} from '../journal/refusal.ts';
import {describeCounts, describeItems} from './describe-items.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'check [ITEM…] [--section S] [--all]',
	says: 'Runs checks: of the named items, else of what is open, failed or stale. ITEM is an id, a unique part of one, or a check\'s name.',
	options: '--section S  only items under the heading S, or a part of it\n--all        every item that has a check, also those that hold already',
	flags: {section: {type: 'string'}, all: {type: 'boolean'}},
	words: Infinity,
	async run(call) {
		const {input, output} = call;
		const all = call.flags['all'] === true;
		const section = textFlag(call, 'section');
		if (input.length > 0 && (all || section !== undefined)) throw new Refusal(2, 'Name the items, or give --all or --section; not both.');
		return withRoom(call, {progress: 'text'}, async client => {
			const items = await client.ask<Item[]>('check', {items: input.length > 0 ? input : all ? 'all' : 'open', ...(section !== undefined && {section})});
			const {state} = await client.ask<{state: RunState}>('state');
			const counts = countItems(items);
			if (output.json) output.document({run: state.run, checklist: state.checklist, items, counts});
			output.text(items.length > 0 ? `${describeItems(items, {width: output.columns})}\n\n${describeCounts(counts)}` : 'Nothing that a check could verify is open, failed or stale.');
			return counts.failed > 0 ? 1 : counts.errored > 0 ? 2 : 0;
		});
	},
};
