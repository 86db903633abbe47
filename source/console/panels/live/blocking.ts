/** Who blocks whom, as a tree, and the locks that are waited for. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import {plural, seconds} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';
import type {Glyphs} from '../../theme.ts';
import {blockingRows, type BlockingRow} from './state.ts';

/** The trees; nothing while nobody blocks. */
export function blockingLines(state: ConsoleState, sample: Sample, limit: number): Line[] {
	if (sample.blockers.length === 0) return [line(' nobody blocks anybody', 'dim')];
	const {rows, hidden} = blockingRows(sample, limit);
	const waiting = sample.blockers.reduce((sum, blocker) => sum + blocker.total, 0);
	return [
		[span(' blocking  ', 'title'), span(`${plural(waiting, 'session')} ${waiting === 1 ? 'waits' : 'wait'}`, 'warn')],
		...rows.map(row => treeLine(row, state.glyphs)),
		...(hidden > 0 ? [line(`   and ${plural(hidden, 'session')} more`, 'dim')] : []),
	];
}

/** Locks that are not granted, longest wait first, for whoever reads no trees. */
export function lockLines(sample: Sample, limit: number): Line[] {
	if (sample.locksWaiting.length === 0) return [];
	const sorted = sample.locksWaiting.toSorted((left, right) => (right.seconds ?? 0) - (left.seconds ?? 0));
	return [
		line(' locks waited for', 'title'),
		...sorted.slice(0, limit).map(lock => [
			span(`   pid ${lock.pid}`), span(`  ${lock.mode}`, 'warn'), span(` on ${lock.relation ?? 'no relation'}`), span(`  waits ${seconds(lock.seconds)}`, 'strong'),
			span(lock.blockedBy.length > 0 ? `  behind ${lock.blockedBy.join(', ')}` : '', 'dim'),
		]),
		...(sorted.length > limit ? [line(`   and ${sorted.length - limit} more`, 'dim')] : []),
	];
}

function treeLine(row: BlockingRow, glyphs: Glyphs): Line {
	const {session} = row;
	const who = row.pid === 0 ? 'a prepared transaction' : `pid ${row.pid}`;
	const indent = row.depth === 0 ? ' ' : `   ${'  '.repeat(row.depth - 1)}${row.last ? glyphs.lastBranch : glyphs.branch}`;
	const migration = session?.migration ? [span(' MIGRATION', 'info')] : [];
	if (row.depth === 0) {
		return [
			span(indent), span(who, 'bad'), ...migration, span(` blocks ${row.total}`, 'bad'),
			span(`  ${session?.state ?? 'state unknown'}, transaction open ${seconds(row.seconds)}  `, 'plain'), span(session?.query ?? '', 'dim'),
		];
	}

	return [
		span(indent, 'dim'), span(who, 'warn'), ...migration, span(` waits ${seconds(row.seconds)}`, 'strong'), span(` for ${row.mode ?? 'a lock'} on ${row.relation ?? 'no relation'}`),
		...(row.total > 0 ? [span(`, blocks ${row.total}`, 'bad')] : []), span(`  ${session?.query ?? ''}`, 'dim'),
	];
}
