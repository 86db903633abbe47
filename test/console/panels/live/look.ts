/** A console that looks at the live state: what a view shows of a sample, as text. */
import {livePanel} from '../../../../source/console/panels/live/view.ts';
import type {LiveLook} from '../../../../source/console/panels/live/look.ts';
import {ordered} from '../../../../source/console/panels/live/cursor.ts';
import {textOf} from '../../../../source/console/parts/line.ts';
import {initialState, type ConsoleState} from '../../../../source/console/state.ts';
import {pointOf} from '../../../../source/monitor/series.ts';
import {opening, sample, stateAfter} from '../../fixtures/story.ts';

type Seen = ReturnType<typeof sample>;

/** The live view on its own, on these samples. */
export function looking(samples: Seen | Seen[], look: Partial<LiveLook> = {}, more: Partial<ConsoleState> = {}): ConsoleState {
	const seen = [samples].flat();
	const state = initialState({run: stateAfter(opening), attached: true, view: 'live', focus: 'live', columns: 120, rows: 40, samples: seen.slice(-1), points: seen.map(pointOf), ...more});
	return ordered({...state, live: {...state.live, ...look}});
}

/** Every row of it, head and all. */
export function rowsOf(state: ConsoleState, {width = 120, height = 34} = {}): string[] {
	const {head = [], lines} = livePanel.content(state, {width, height, focused: true});
	return [...head, ...lines].map(row => textOf(row).trimEnd());
}

export const shown = (samples: Seen | Seen[], look: Partial<LiveLook> = {}, more: Partial<ConsoleState> = {}): string => rowsOf(looking(samples, look, more)).join('\n');
