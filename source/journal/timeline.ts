/** The state of a run as it was at any moment: the fold of its events up to then, fast forwards and backwards. */
import type {JournalEvent} from './events.ts';
import {fold} from './fold.ts';
import type {RunState} from './shapes/run.ts';

/** The state after each so many events is kept, so that a step back folds no more than these. */
const keepEvery = 500;

export interface Timeline {
	/** How many events were written up to then; @param moment milliseconds since 1970 */
	count(moment: number): number;
	/** The state after so many events; null before the first. */
	after(count: number): RunState | null;
	/** Those from the `from`th, counted from 0, to before the `to`th. */
	slice(from: number, to: number): readonly JournalEvent[];
	/** When the journal begins and ends, in milliseconds; null: it has no events. */
	span(): {from: number; to: number} | null;
	/** The first event behind `moment` that fits, or with `back` the last one before it, with its moment; null: there is none. */
	find(moment: number, fits: (event: JournalEvent) => boolean, back?: boolean): {event: JournalEvent; moment: number} | null;
}

/** `events` and `hashes` may grow; what was given is not changed. @param hashes sha256 of each event's line */
export function createTimeline({events, hashes}: {events: readonly JournalEvent[]; hashes: readonly string[]}): Timeline {
	const kept: RunState[] = [];
	/** Never earlier than the one before, also where the clock was set back. */
	const times: number[] = [];
	let last: {count: number; state: RunState | null} = {count: 0, state: null};

	const measure = (): void => {
		for (let index = times.length; index < events.length; index++) times.push(Math.max(times[index - 1] ?? 0, Date.parse(events[index]!.at)));
	};
	const foldTo = (start: {count: number; state: RunState | null}, count: number): RunState | null => {
		let {state} = start;
		for (let index = start.count; index < count; index++) {
			state = fold(state, events[index]!, hashes[index]);
			if ((index + 1) % keepEvery === 0) kept[(index + 1) / keepEvery - 1] ??= state;
		}

		return state;
	};

	return {
		count(moment) {
			measure();
			let [low, high] = [0, times.length];
			while (low < high) {
				const middle = (low + high) >>> 1;
				if (times[middle]! <= moment) low = middle + 1;
				else high = middle;
			}

			return low;
		},
		after(count) {
			const known = Math.min(kept.length, Math.floor(count / keepEvery));
			const nearest = {count: known * keepEvery, state: kept[known - 1] ?? null};
			last = {count, state: foldTo(last.count <= count && last.count >= nearest.count ? last : nearest, count)};
			return last.state;
		},
		slice: (from, to) => events.slice(from, to),
		span() {
			measure();
			return times.length === 0 ? null : {from: times[0]!, to: times.at(-1)!};
		},
		find(moment, fits, back = false) {
			measure();
			const step = back ? -1 : 1;
			for (let index = back ? times.length - 1 : 0; index >= 0 && index < times.length; index += step) {
				if ((back ? times[index]! < moment : times[index]! > moment) && fits(events[index]!)) return {event: events[index]!, moment: times[index]!};
			}

			return null;
		},
	};
}
