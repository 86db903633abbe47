/** The moments of the run's migrations, for charts; bounded. */
import type {JournalEvent} from '../journal/events.ts';
import {markOf, type Mark} from '../journal/marks.ts';

/** A chart has no more columns than this, and a batched migration far more statements. */
const mostMarks = 300;

/** Those between two times in milliseconds; of too many the newest. */
export function marksBetween(events: readonly JournalEvent[], from: number, to: number): Mark[] {
	return lastMarks(events, mark => mark.at >= from && mark.at <= to);
}

/** The newest of the run. */
export function latestMarks(events: readonly JournalEvent[]): Mark[] {
	return lastMarks(events, () => true);
}

function lastMarks(events: readonly JournalEvent[], fits: (mark: Mark) => boolean): Mark[] {
	const marks: Mark[] = [];
	for (let index = events.length - 1; index >= 0 && marks.length < mostMarks; index--) {
		const mark = markOf(events[index]!);
		if (mark && fits(mark)) marks.push(mark);
	}

	return marks.reverse();
}
