/** A chart of the live state over time: now, lowest, highest, the migration's statements under it, and which time it is. */
import {columnsOf, type Extent, type Point, type SeriesName} from '../../../monitor/series.ts';
import {chart, labelColumns, markRow} from '../../parts/chart.ts';
import {seconds} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';
import {spans} from './look.ts';
import {rowOf} from './rate-rows.ts';

/** Between two samples of a calm room lie 2 s; three missed are a gap. */
export const reachMs = 6000;

export interface Period {
	from: number;
	to: number;
	/** The right edge is the newest figure. */
	now: boolean;
	/** Oldest first, without those that are known more exactly. */
	points: readonly Point[];
}

/** The time that charts show, and what is known of it; null before the first figure. */
export function periodOf(state: Pick<ConsoleState, 'points' | 'live'>): Period | null {
	const {live: {span: index, backMs, past}, points} = state;
	const newest = points.at(-1)?.at;
	if (newest === undefined) return null;
	const begins = Math.min(points[0]!.at, past?.points[0]?.at ?? newest, past?.begins ?? newest);
	const span = spans[index]!;
	const to = Math.max(newest - backMs, Math.min(newest, begins + (Number.isFinite(span) ? span : 0)));
	// A chart of seconds alone would jump with each of them.
	const from = Number.isFinite(span) ? to - span : Math.min(begins, to - spans[0]!);
	const older = (past?.points ?? []).filter(({at}) => at < points[0]!.at);
	return {from, to, now: to === newest, points: [...older, ...points].filter(({at, lasts}) => at + lasts >= from - reachMs && at <= to)};
}

/** The time of a chart that the figures at hand do not reach: to be asked of the room; null when they do. */
export function missingPast(state: ConsoleState): {from: number; to: number} | null {
	const period = periodOf(state);
	const first = state.points[0]?.at;
	if (!period || first === undefined) return null;
	const {past, span} = state.live;
	const from = Number.isFinite(spans[span]!) ? period.from : 0;
	if (from >= first || past && past.from <= from && past.to >= Math.min(period.to, first) - 20_000 && isFine(past, period)) return null;
	return {from, to: Math.min(period.to, first)};
}

/** Lowest, highest and last value of a time. */
export function extentOf(period: Period, series: SeriesName): (Extent & {last: number | null}) | null {
	const known = period.points.filter(({high, at}) => high[series] !== undefined && at >= period.from);
	if (known.length === 0) return null;
	const last = period.points.at(-1)!;
	return {low: Math.min(...known.map(({low}) => low[series]!)), high: Math.max(...known.map(({high}) => high[series]!)), last: last.high[series] ?? null};
}

/** The chart with its title above, and marks and times below; `height` in all. */
export function chartLines(state: ConsoleState, {series, width, height}: {series: SeriesName; width: number; height: number}): Line[] {
	const period = periodOf(state);
	const row = rowOf(series);
	const extent = period && extentOf(period, series);
	if (!period || !extent) return [[span(` ${row.says}`, 'title'), span('  no figures of this time', 'dim')]];
	const labels = labelColumns([extent.high], row);
	const columns = Math.max(10, width - labels - 1);
	// Columns begin at round times: with each sample a column fills, and none changes its peak.
	const wide = (period.to - period.from) / columns;
	const to = Math.ceil(period.to / wide) * wide;
	const from = to - columns * wide;
	const drawn = columnsOf(period.points, {series, from, to, columns, reach: reachMs}).map(column => column && (row.low ? column.low : column.high));
	const marks = markRow(state.marks.map(({at, label}) => ({column: Math.floor((at - from) / wide), label})), columns);
	const words = `${row.format(extent.low)} to ${row.format(extent.high)}`;
	return [
		[span(` ${row.says}`, 'title'), ...(period.now && extent.last !== null ? [span(state.replay ? '  then ' : '  now '), span(row.format(extent.last), 'strong')] : []), span(`  ${words} in ${spanWords(period)}`, 'dim')],
		...chart(drawn, {...row, height: Math.max(3, height - (marks === '' ? 2 : 3)), glyphs: state.glyphs}),
		...(marks === '' ? [] : [line(`${' '.repeat(labels)}${marks}`, 'warn')]),
		axisLine({...period, now: period.now && !state.replay}, {labels, columns}),
	];
}

/** `15 min`, `the whole run (2 h 10 min)`. */
export function spanWords({from, to}: Pick<Period, 'from' | 'to'>): string {
	return seconds((to - from) / 1000).replace(' min 00 s', ' min').replace(' h 00 min', ' h');
}

function axisLine({from, to, now}: Period, {labels, columns}: {labels: number; columns: number}): Line {
	const clock = (at: number): string => new Date(at).toISOString().slice(to - from > 24 * 3600_000 ? 5 : 11, 19).replace('T', ' ');
	const right = now ? `${clock(to)} UTC now` : `${clock(to)} UTC`;
	return line(`${' '.repeat(labels)}${clock(from).padEnd(Math.max(0, columns - right.length))}${right}`, 'dim');
}

/** A closer look needs finer points than those of a wider one. */
function isFine(past: NonNullable<ConsoleState['live']['past']>, period: Period): boolean {
	return (past.to - past.from) <= 3 * (period.to - period.from) || past.points.every(({lasts}) => lasts <= 10_000);
}
