/** The checklist as rows: sections that fold, items, lines of shell blocks, hold points where the document has them. */
import {satisfiedStates, type Hold, type Item} from '../../../journal/shapes/item.ts';
import type {Block} from '../../../journal/shapes/block.ts';
import type {RunState} from '../../../journal/shapes/run.ts';
import type {ConsoleState} from '../../state.ts';
import {blockMatches, currentStep, stepRows, type StepRow} from './steps.ts';

export type Row =
	| {kind: 'section'; key: string; title: string; depth: number; done: number; total: number; folded: boolean; attention: number}
	| {kind: 'item'; key: string; item: Item; depth: number}
	| {kind: 'hold'; key: string; hold: Hold; unmet: number}
	| StepRow;

/** All rows that are seen, in the document's order, which never changes. */
export function checklistRows(state: Pick<ConsoleState, 'run' | 'folded' | 'opened' | 'filters'>): Row[] {
	const {run, folded, opened} = state;
	if (!run) return [];
	const {items} = run;
	const filter = (state.filters.checklist ?? '').toLowerCase();
	const rows: Row[] = [];
	let open: readonly string[] = [];
	let seen = 0;
	for (const entry of inOrder(run, filter)) {
		for (let depth = commonDepth(open, entry.section); depth < entry.section.length; depth++) {
			const path = entry.section.slice(0, depth + 1);
			if (!insideFolded(path.slice(0, -1), folded, filter)) rows.push(sectionRow(path, items, isFolded(path, folded, filter)));
		}

		open = entry.section;
		const hidden = insideFolded(entry.section, folded, filter);
		if ('steps' in entry) {
			if (!hidden) rows.push(...stepRows(entry, {run, opened, filter}));
			continue;
		}

		if (!hidden) rows.push({kind: 'item', key: entry.id, item: entry, depth: entry.section.length});
		if (filter === '') rows.push(...holdRows(entry, items, items[++seen]));
	}

	return rows;
}

/** The section that an item or a line of a block stands in. */
export function sectionOf({run, cursor}: Pick<ConsoleState, 'run' | 'cursor'>): readonly string[] | undefined {
	return run?.items.find(item => item.id === cursor)?.section ?? currentStep({run, cursor})?.block.section;
}

/** Items and blocks as the document has them, those that match. */
function inOrder({items, blocks, ...run}: RunState, filter: string): (Item | Block)[] {
	const matching = blocks.filter(block => blockMatches(block, {...run, items, blocks}, filter));
	const blocksAt = Map.groupBy(matching, block => block.after);
	return [...items.flatMap((item, at) => [...blocksAt.get(at) ?? [], ...(filter === '' || matches(item, filter) ? [item] : [])]), ...blocksAt.get(items.length) ?? []];
}

/** Rows that the cursor can stand on. */
export function selectable(rows: readonly Row[]): Row[] {
	return rows.filter(row => row.kind !== 'hold' && row.kind !== 'output');
}

/** How an item matches what was typed after `/`: words, its state, `@check`, `!` turns it round. */
export function matches(item: Item, filter: string): boolean {
	if (filter.startsWith('!') && filter.length > 1) return !matches(item, filter.slice(1));
	return `${item.text} ${item.section.join(' ')} ${item.state} ${item.check ?? ''} ${item.by ?? ''}`.toLowerCase().includes(filter);
}

function commonDepth(left: readonly string[], right: readonly string[]): number {
	let depth = 0;
	while (depth < left.length && depth < right.length && left[depth] === right[depth]) depth++;
	return depth;
}

/** With a filter nothing is folded: what matches must be seen. */
function isFolded(path: readonly string[], folded: ReadonlySet<string>, filter: string): boolean {
	return filter === '' && folded.has(path.join('\n'));
}

function insideFolded(path: readonly string[], folded: ReadonlySet<string>, filter: string): boolean {
	return path.some((_, index) => isFolded(path.slice(0, index + 1), folded, filter));
}

function sectionRow(path: readonly string[], items: readonly Item[], folded: boolean): Row {
	const inside = items.filter(item => path.every((title, index) => item.section[index] === title));
	return {
		kind: 'section', key: path.join('\n'), title: path.at(-1)!, depth: path.length - 1, folded,
		done: inside.filter(item => satisfiedStates.has(item.state)).length,
		total: inside.length,
		attention: inside.filter(item => item.state === 'failed' || item.state === 'errored' || item.state === 'stale').length,
	};
}

/** A hold is drawn after the last item in the document that it waits for; a later return to it draws it again at its own end. */
function holdRows(item: Item, items: readonly Item[], next: Item | undefined): Row[] {
	return item.holds
		.filter(hold => !next?.holds.includes(hold) && items.findLast(other => other.holds.includes(hold)) === item)
		.map(hold => ({
			kind: 'hold' as const, key: `hold ${hold}`, hold,
			unmet: items.filter(other => other.required && other.holds.includes(hold) && !satisfiedStates.has(other.state)).length,
		}));
}
