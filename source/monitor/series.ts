/** The figures of the samples over time, small enough to keep a whole run of them: what charts are drawn from. */
import type {Sample} from '../journal/shapes/sample.ts';

/** What can be drawn. The lag of each standby comes besides, as `lag:NAME` in seconds and `lagBytes:NAME`. */
export const seriesNames = [
	'commits', 'rollbacks', 'transactionMs', 'tuplesWritten', 'tuplesRead', 'walBytes', 'tempBytes', 'deadlocks', 'cacheHit', 'checkpointsRequested', 'checkpointsTimed', 'checkpointSeconds', 'connections', 'active', 'waiting', 'behind',
] as const;
export type SeriesName = (typeof seriesNames)[number] | `lag:${string}` | `lagBytes:${string}`;

/** One moment, or several put together: the lowest and the highest value of each series, and none where it was not known. */
export interface Point {
	/** When it begins, in milliseconds since 1970. */
	at: number;
	/** How long it lasts in milliseconds; 0 for one sample. */
	lasts: number;
	low: Readonly<Record<string, number>>;
	high: Readonly<Record<string, number>>;
}

/** The figures of one sample. */
export function pointOf(sample: Sample): Point {
	const {rates, connections, behind} = sample;
	const values: [SeriesName, number | null | undefined][] = [
		...(['commits', 'rollbacks', 'transactionMs', 'tuplesWritten', 'tuplesRead', 'walBytes', 'tempBytes', 'deadlocks', 'cacheHit', 'checkpointsRequested', 'checkpointsTimed', 'checkpointSeconds'] as const).map(name => [name, rates[name]] as [SeriesName, number | null | undefined]),
		['connections', connections.total], ['active', connections.active], ['waiting', connections.waiting], ['behind', behind?.sessions],
		...sample.replication.flatMap(({name, lagSeconds, lagBytes}): [SeriesName, number | null][] => [[`lag:${name}`, lagSeconds], [`lagBytes:${name}`, lagBytes]]),
	];
	const known = Object.fromEntries(values.filter((entry): entry is [SeriesName, number] => entry[1] !== null && entry[1] !== undefined).map(([name, value]) => [name, short(value)]));
	return {at: Date.parse(sample.at), lasts: 0, low: known, high: known};
}

/** A moment of which nothing is known: a chart that ends there shows that. */
export function emptyPoint(at: number): Point {
	return {at, lasts: 0, low: {}, high: {}};
}

/** Several points as one that lasts from the first to the last. @param points at least one, in the order of time */
export function joinPoints(points: readonly Point[]): Point {
	const [first, last] = [points[0]!, points.at(-1)!];
	if (points.length === 1) return first;
	const low: Record<string, number> = {...first.low};
	const high: Record<string, number> = {...first.high};
	for (const point of points.slice(1)) {
		for (const [name, value] of Object.entries(point.low)) low[name] = Math.min(value, low[name] ?? value);
		for (const [name, value] of Object.entries(point.high)) high[name] = Math.max(value, high[name] ?? value);
	}

	return {at: first.at, lasts: last.at + last.lasts - first.at, low, high};
}

/** At most so many points for the same time: neighbours are put together, so that no peak is lost and no gap is filled. */
export function thinPoints(points: readonly Point[], options: {from: number; to: number; most: number}): Point[] {
	if (points.length <= options.most) return [...points];
	const width = Math.max(1, (options.to - options.from + 1) / options.most);
	const groups = new Map<number, Point[]>();
	for (const point of points) {
		const column = Math.floor((point.at - options.from) / width);
		const group = groups.get(column);
		if (group) group.push(point);
		else groups.set(column, [point]);
	}

	return [...groups.values()].map(joinPoints);
}

/** The lowest and the highest value of a column of a chart. */
export interface Extent {
	low: number;
	high: number;
}

/**
 * A series at the width of a chart, null where nothing is known of that time. Between two samples there is no gap: a value
 * holds for `reach` milliseconds, until the next one is long overdue.
 */
export function columnsOf(points: readonly Point[], options: {series: SeriesName; from: number; to: number; columns: number; reach: number}): (Extent | null)[] {
	const {series, from, to, columns, reach} = options;
	const width = (to - from) / columns;
	const columnOf = (time: number): number => Math.min(columns - 1, Math.floor((time - from) / width));
	const own: (Extent | null)[] = Array.from({length: columns}, () => null);
	const ends: number[] = [];
	let held: (Extent & {until: number}) | null = null;
	for (const {at, lasts, low, high} of points) {
		const extent = low[series] === undefined || high[series] === undefined ? null : {low: low[series], high: high[series]};
		const end = at + lasts;
		if (!extent || at > to) continue;
		if (end < from) held = {...extent, until: end + reach};
		for (let column = Math.max(0, columnOf(at)); end >= from && column <= columnOf(end); column++) {
			const before = own[column];
			own[column] = before ? {low: Math.min(before.low, extent.low), high: Math.max(before.high, extent.high)} : extent;
			ends[column] = end;
		}
	}

	return own.map((extent, column) => {
		if (extent) held = {...extent, until: ends[column]! + reach};
		return extent ?? (held && from + column * width <= held.until ? {low: held.low, high: held.high} : null);
	});
}

/** Four figures are what anyone reads off a chart, and a third of the bytes. */
function short(value: number): number {
	return Number(value.toPrecision(4));
}
