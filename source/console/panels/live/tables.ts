/** The tables that the plan touches: sizes, dead rows, estimated bloat, who reads them how, when they were vacuumed. */
import type {Sample, TableState} from '../../../journal/shapes/sample.ts';
import {ago, bytes, count, timeOf} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {flow} from '../../parts/flow.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';
import type {ViewContent} from './view-content.ts';

export function tableView(_: ConsoleState, sample: Sample, {width}: Space): ViewContent {
	if (!sample.tables) return {lines: [line(' no plan names a table yet: s reviews, r rehearses, u plans an upgrade', 'dim')]};
	const {at, list} = sample.tables;
	if (list.length === 0) return {lines: [line(' none of the tables that the plan names is there yet', 'dim')]};
	const now = Date.parse(sample.at);
	return {
		lines: [
			...list.flatMap(table => [...tableLines(table, {width, now, freezeAge: sample.wraparound?.freezeAge ?? null}), []]),
			line(` read at ${timeOf(at)} UTC from the catalogs; sizes are as of the last VACUUM or ANALYZE, and no table is opened`, 'dim'),
		],
	};
}

function tableLines(table: TableState, {width, now, freezeAge}: {width: number; now: number; freezeAge: number | null}): Line[] {
	const {liveRows, deadRows, bloat, heapBytes, xidAge} = table;
	const dead = liveRows !== null && deadRows !== null && liveRows + deadRows > 0 ? deadRows / (liveRows + deadRows) : null;
	const bloated = bloat !== null && bloat >= 0.3 && (heapBytes ?? 0) > 100 * 1024 * 1024;
	const when = (iso: string | null, done: string): string => (iso === null ? `never ${done}` : `${done} ${ago(iso, now)}`);
	const ageing = xidAge !== null && freezeAge !== null && xidAge > freezeAge * 0.9;
	return [
		[span(` ${table.name}`, 'strong')],
		...flow([
			span(`heap ${bytes(heapBytes)}`), span(`  indexes ${bytes(table.indexBytes)}`), span(`  TOAST ${bytes(table.toastBytes)}`),
			span(`  ${count(liveRows)} rows`), span(`  ${count(deadRows)} dead${dead === null ? '' : ` (${percent(dead)})`}`, (dead ?? 0) > 0.2 ? 'warn' : 'plain'),
			span(`  bloat ${bloat === null ? 'unknown' : bloat < 0.01 ? 'under 1 %' : `about ${percent(bloat)}`}`, bloated ? 'warn' : 'plain'),
		], {width, indent: 3}),
		...flow([
			span(`scanned whole ${count(table.tableScans)} times`, 'dim'), span(`  by index ${count(table.indexScans)} times`, 'dim'), span(`  ${when(table.vacuumedAt, 'vacuumed')}`, 'dim'), span(`  ${when(table.analyzedAt, 'analysed')}, ${count(table.changedRows)} rows changed since`, 'dim'),
			...(ageing ? [span(`  its oldest transaction id is ${count(xidAge)} old: autovacuum freezes it soon, and does not give way`, 'warn')] : []),
		], {width, indent: 3}),
	];
}

function percent(share: number): string {
	return share > 0 && share < 0.01 ? 'under 1 %' : `${Math.round(share * 100)} %`;
}
