/** What the detail pane shows: the item under the cursor, or the section with what is missing in it. */
import {itemStates, type Item, type ItemState} from '../../../journal/shapes/item.ts';
import type {BlockStep} from '../../../journal/block-steps.ts';
import {currentStep} from '../checklist/steps.ts';
import {currentItem, type ConsoleState} from '../../state.ts';

export type Detail =
	| {kind: 'item'; item: Item}
	| {kind: 'step'; step: BlockStep}
	| {kind: 'section'; title: string; counts: {state: ItemState; count: number}[]; items: Item[]}
	| {kind: 'nothing'};

/** What lies under the checklist's cursor. */
export function detailOf(state: ConsoleState): Detail {
	const item = currentItem(state);
	if (item) return {kind: 'item', item};
	const step = currentStep(state);
	if (step) return {kind: 'step', step};
	if (!state.run || state.cursor === null) return {kind: 'nothing'};
	const path = state.cursor.split('\n');
	const items = state.run.items.filter(candidate => path.every((title, index) => candidate.section[index] === title));
	const counts = itemStates.map(itemState => ({state: itemState, count: items.filter(candidate => candidate.state === itemState).length})).filter(({count}) => count > 0);
	return {kind: 'section', title: path.at(-1)!, counts, items};
}

/** The evidence as text, for the clipboard. */
export function evidenceText(item: Item): string {
	const verdict = item.verdict ? [`${item.verdict.status}: ${item.verdict.summary} (${item.verdict.at})`] : [];
	const evidence = (item.verdict?.evidence ?? []).flatMap(part => [part.title, ...(part.command ? [`$ ${part.command.join(' ')}`] : []), ...(part.body ? [part.body] : []), ...(part.sha256 ? [`sha256 ${part.sha256}`] : [])]);
	const word = item.note ? [`${item.state} by ${item.by ?? 'unknown'}: ${item.note}`] : [];
	return [item.text, item.id, ...word, ...verdict, ...evidence].join('\n');
}

/** A line of a shell block with what came of it, as text. */
export function stepText({command, title, ran, summary, output}: BlockStep): string {
	return [command ?? title ?? '', ...(ran === null ? [] : [`ran: ${ran}`]), summary, ...(output === null ? [] : [output])].join('\n');
}
