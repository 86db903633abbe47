/** `holdpoint check`: runs checks. */
import {countItems, type Item} from '../journal/shapes/item.ts';
import type {Block} from '../journal/shapes/block.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {textFlag, type Command} from './command.ts';
import {Refusal} from '../journal/refusal.ts';
import {describeCounts, describeItems} from './describe-items.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'check [ITEM…] [--section S] [--all] [--confirm DATABASE]',
	says: 'Runs checks: of the named items, else of what is open, failed or stale. ITEM is an id, a unique part of one, or a check\'s name; or the id of a shell block of your own checklist, which --yes gives to bash as it stands.',
	options: [
		'--section S         only items under the heading S, or a part of it',
		'--all               every item that has a check, also those that hold already',
		'--confirm DATABASE  the database\'s name, for a block that could destroy something in production',
	].join('\n'),
	flags: {section: {type: 'string'}, all: {type: 'boolean'}, confirm: {type: 'string'}},
	words: Infinity,
	async run(call) {
		const {input, output} = call;
		const all = call.flags['all'] === true;
		const section = textFlag(call, 'section');
		if (input.length > 0 && (all || section !== undefined)) throw new Refusal(2, 'Name the items, or give --all or --section; not both.');
		return withRoom(call, {progress: 'text'}, async client => {
			const {named, words} = sortWords((await client.ask<{state: RunState}>('state')).state, input);
			const blocks: Block[] = [];
			for (const {id: block, sha256} of named) blocks.push(await client.ask<Block>('run-block', {block, sha256, confirmed: call.settings.yes, confirm: textFlag(call, 'confirm')}));
			const checked = named.length > 0 && words.length === 0 ? [] : await client.ask<Item[]>('check', {items: input.length > 0 ? words : all ? 'all' : 'open', ...(section !== undefined && {section})});
			const {state} = await client.ask<{state: RunState}>('state');
			const items = state.items.filter(({id}) => checked.some(item => item.id === id) || blocks.some(block => block.item === id));
			const counts = countItems(items);
			if (output.json) output.document({run: state.run, checklist: state.checklist, items, counts, ...(blocks.length > 0 && {blocks})});
			for (const {id, run} of blocks) output.text(`${run?.evidence?.body ?? ''}\nblock ${id}: ${run?.reason ?? 'unknown'}, ${run?.seconds?.toFixed(1) ?? 'unknown'} s; kept in ${run?.evidence?.path ?? 'no file'}`);
			if (blocks.length > 0 && items.length === 0) return blocks.some(({run}) => run?.state !== 'done') ? 1 : 0;
			output.text(items.length > 0 ? `${describeItems(items, {width: output.columns})}\n\n${describeCounts(counts)}` : 'Nothing that a check could verify is open, failed or stale.');
			return counts.failed > 0 || blocks.some(({run}) => run?.state !== 'done') ? 1 : counts.errored > 0 ? 2 : 0;
		});
	},
};

/** Which words name a block of the user's own: by its id, or by the item that it stands in and that no check verifies. */
function sortWords({items, blocks}: RunState, input: readonly string[]): {named: Block[]; words: string[]} {
	const blockOf = (word: string): Block | undefined => {
		const found = items.filter(item => item.id === word || item.check === word);
		const [item, ...others] = found.length > 0 ? found : items.filter(({id}) => id.includes(word.toLowerCase()));
		if (item) return others.length === 0 && item.check === undefined ? blocks.find(block => block.item === item.id) : blocks.find(({id}) => id === word);
		const [block, ...more] = blocks.filter(({id}) => id.includes(word.toLowerCase()));
		return more.length === 0 ? block : blocks.find(({id}) => id === word);
	};
	const named = input.flatMap(word => blockOf(word) ?? []);
	return {named, words: input.filter(word => !blockOf(word))};
}
