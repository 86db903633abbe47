/** The rows of the live pane that a cursor can stand on, and their order: it never changes under the cursor. */
import type {SeriesName} from '../../../monitor/series.ts';
import type {ConsoleState} from '../../state.ts';
import {chartedRates} from './rate-rows.ts';
import {blockingRows, fitsFilter, shownSample, sortedPids} from './state.ts';

/** A session by its pid, or a figure by its name. */
export type CursorKey = number | SeriesName;

/** The keys of the rows in their order; none where the view only scrolls. */
export function cursorKeys(state: ConsoleState): readonly CursorKey[] {
	const sample = shownSample(state);
	if (!sample) return [];
	switch (state.live.view) {
		case 'rates': return chartedRates;
		case 'standbys': return sample.replication.map(({name}): SeriesName => `lag:${name}`);
		case 'tables': return [];
		default: return state.pidOrder;
	}
}

export function cursorAt(state: ConsoleState): CursorKey | null {
	const keys = cursorKeys(state);
	return typeof keys[0] === 'string' ? keys.find(key => key === state.live.series) ?? null : state.pid;
}

export function withCursorAt(state: ConsoleState, key: CursorKey | undefined): ConsoleState {
	if (key === undefined) return state;
	return typeof key === 'string' ? {...state, live: {...state.live, series: key}} : {...state, pid: key};
}

/**
 * The state with the rows in order. While somebody chooses, those before keep their places and newcomers go to the end;
 * in a tree, which has its own order, only its branches keep theirs.
 */
export function ordered(state: ConsoleState): ConsoleState {
	const natural = naturalOrder(state);
	if (state.pid === null || state.live.view === 'blocking') return {...state, pidOrder: natural};
	const present = new Set(natural);
	const known = new Set(state.pidOrder);
	return {...state, pidOrder: [...state.pidOrder.filter(pid => present.has(pid)), ...natural.filter(pid => !known.has(pid))]};
}

function naturalOrder(state: ConsoleState): number[] {
	const sample = shownSample(state);
	if (!sample) return [];
	const byPid = new Map(sample.active.map(session => [session.pid, session]));
	const fits = (pid: number): boolean => {
		const session = byPid.get(pid);
		return fitsFilter(session ?? {pid}, state.filters.live);
	};

	switch (state.live.view) {
		case 'blocking': return blockingRows(sample, {before: state.pid === null ? [] : state.pidOrder}).map(({pid}) => pid);
		case 'locks': return sample.locksWaiting.map(({pid}) => pid).filter(fits);
		case 'progress': return [...new Set(sample.progress.map(({pid}) => pid))];
		case 'transactions': return sample.active.filter(session => session.transactionSeconds !== null).toSorted((left, right) => right.transactionSeconds! - left.transactionSeconds! || left.pid - right.pid).map(({pid}) => pid).filter(fits);
		default: return sortedPids(sample.active, state.live.sort).filter(fits);
	}
}
