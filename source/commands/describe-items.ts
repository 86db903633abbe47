/** Items of a checklist as people read them in a terminal; pure. */
import type {Item, ItemCounts} from '../journal/shapes/item.ts';
import {wrapLine} from './table.ts';

const stateWidth = 'not-applicable'.length;

/** Under their headings: state and words, below them the id and what is known. */
export function describeItems(items: readonly Item[], {width}: {width: number}): string {
	const lines: string[] = [];
	let section = '';
	for (const item of items) {
		const heading = item.section.join(' › ');
		if (heading !== section) lines.push(...(lines.length > 0 ? [''] : []), heading);
		section = heading;
		const indent = ' '.repeat(stateWidth + 4);
		lines.push(wrapLine(item.text, {width, head: `  ${item.state.padEnd(stateWidth)}  `, indent}));
		lines.push(wrapLine(item.id, {width, head: indent, indent}));
		const known = describeKnown(item);
		if (known) lines.push(wrapLine(known, {width, head: indent, indent}));
	}
	return lines.join('\n');
}

/** Such as `52 items: 30 passed, 4 attested, 18 open`. */
export function describeCounts({total, ...states}: ItemCounts): string {
	const parts = Object.entries(states).filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
	return `${total} ${total === 1 ? 'item' : 'items'}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** One item's state in a sentence. */
export function describeItem(item: Item): string {
	const known = describeKnown(item);
	return `${item.id}: ${item.state}${known ? `, ${known}` : ''}`;
}

function describeKnown(item: Item): string {
	if (item.state === 'stale') return `stale: ${item.stale ?? 'its evidence no longer counts'}`;
	if (item.state === 'attested' || item.state === 'waived') return `by ${item.by ?? 'somebody'}: ${item.note ?? ''}`;
	return item.verdict?.summary ?? '';
}
