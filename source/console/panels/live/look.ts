/** How a person looks at the live state: which view, in which order, frozen or not, and which time a chart shows. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import type {Point, SeriesName} from '../../../monitor/series.ts';

export const liveViewIds = ['overview', 'sessions', 'blocking', 'locks', 'standbys', 'progress', 'tables', 'rates', 'transactions'] as const;
export type LiveViewId = (typeof liveViewIds)[number];

export const sorts = ['time', 'state', 'user', 'waits'] as const;
export type Sort = (typeof sorts)[number];

export interface LiveLook {
	view: LiveViewId;
	sort: Sort;
	/** The sample that the screen stands at; null: the newest. */
	frozen: Sample | null;
	/** The row under the cursor where rows are figures: what the chart shows. */
	series: SeriesName | null;
	/** Index into `spans`. */
	span: number;
	/** Milliseconds between the chart's right edge and the newest figures; 0: it moves with them. */
	backMs: number;
	/** Older figures, as the room gave them for the time that was looked at last. */
	past: {from: number; to: number; points: readonly Point[]; begins: number | null} | null;
}

const minute = 60_000;
/** What a chart may show in milliseconds; the last: the whole run. */
export const spans = [minute, 5 * minute, 15 * minute, 60 * minute, 4 * 60 * minute, 24 * 60 * minute, Number.POSITIVE_INFINITY] as const;

export const firstLook: LiveLook = {view: 'overview', sort: 'time', frozen: null, series: null, span: 2, backMs: 0, past: null};
