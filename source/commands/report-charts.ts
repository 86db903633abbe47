/** What the recording says of the time around a run's migrations, as curves for the report. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import type {Charts} from '../checklist/html/charts.ts';
import type {JournalEvent} from '../journal/events.ts';
import {openRecording} from '../monitor/recording.ts';
import {columnsOf, pointOf, type Point, type SeriesName} from '../monitor/series.ts';

const beforeMs = 2 * 60_000;
const afterMs = 5 * 60_000;
const columns = 420;
/** A reading holds until the next one is long overdue. */
const reachMs = 15_000;

/** Null when no migration ran, or nothing was recorded. */
export function readCharts(events: readonly JournalEvent[], folder: string): Charts | null {
	const spans = spansOf(events);
	const file = path.join(folder, 'recording.db');
	if (spans.length === 0 || !existsSync(file)) return null;
	const [from, to] = [spans[0]!.from - beforeMs, spans.at(-1)!.to + afterMs];
	const recording = openRecording(file, {readOnly: true});
	try {
		const points: Point[] = [];
		for (const sample of recording.samples({from: new Date(from).toISOString(), to: new Date(to).toISOString()})) points.push(pointOf(sample));
		const standbys = [...new Set(points.flatMap(({high}) => Object.keys(high).filter(name => name.startsWith('lag:'))))] as SeriesName[];
		const of = (series: SeriesName) => columnsOf(points, {series, from, to, columns, reach: reachMs}).map(extent => extent && extent.high);
		return {from, to, spans, curves: [
			{title: 'sessions waiting', values: of('waiting')},
			...standbys.map(series => ({title: `lag of ${series.slice('lag:'.length)}, s`, values: of(series)})),
			{title: 'commits per second', values: of('commits')},
		]};
	} finally {
		recording.close();
	}
}

function spansOf(events: readonly JournalEvent[]): Charts['spans'] {
	let begun: number | null = null;
	return events.flatMap(event => {
		if (event.kind === 'action-started') begun = event.action === 'upgrade' || event.action === 'downgrade' ? Date.parse(event.at) : null;
		if (event.kind !== 'action-finished' || begun === null) return [];
		const span = {from: begun, to: Date.parse(event.at)};
		begun = null;
		return [span];
	});
}
