/** How the live state is looked at: view, order, frozen or moving, the time that charts show. */
import {thinPoints} from '../monitor/series.ts';
import type {PastAnswer} from '../room/protocol.ts';
import {scrolled} from './move.ts';
import {ordered} from './panels/live/cursor.ts';
import {liveViewIds, sorts, spans, type LiveViewId} from './panels/live/look.ts';
import {shownSample} from './panels/live/state.ts';
import {markLimit, type ConsoleState} from './state.ts';

export type LiveAction =
	| {type: 'live-view'; to: LiveViewId | 1 | -1}
	| {type: 'sort'}
	| {type: 'freeze'}
	| {type: 'span'; by: 1 | -1}
	/** Earlier is negative. */
	| {type: 'time'; byMs: number}
	| {type: 'past'; answer: PastAnswer};

/** More points than a chart has columns are only weight. */
const mostPast = 1200;

/** The state after it; other actions leave it as it is. */
export function reduceLive(state: ConsoleState, action: {type: string}): ConsoleState {
	const act = action as LiveAction;
	const look = (change: Partial<ConsoleState['live']>): ConsoleState => ({...state, live: {...state.live, ...change}});
	switch (act.type) {
		case 'live-view': {
			const {length} = liveViewIds;
			const view = typeof act.to === 'string' ? act.to : liveViewIds[(liveViewIds.indexOf(state.live.view) + act.to + length) % length]!;
			return scrolled(ordered({...look({view, series: null}), pid: null, tops: {...state.tops, live: 0}}));
		}

		case 'sort': return scrolled(ordered({...look({sort: sorts[(sorts.indexOf(state.live.sort) + 1) % sorts.length]!}), pidOrder: [], tops: {...state.tops, live: 0}}));
		case 'freeze': return ordered(look({frozen: state.live.frozen ? null : shownSample(state) ?? null}));
		case 'span': return look({span: Math.max(0, Math.min(spans.length - 1, state.live.span + act.by))});
		case 'time': {
			const begins = state.live.past?.begins ?? 0;
			return look({backMs: Math.max(0, Math.min((state.points.at(-1)?.at ?? 0) - begins, state.live.backMs - act.byMs))});
		}

		case 'past': {
			const {from, to, points, begins, marks} = act.answer;
			const known = new Set(state.marks.map(mark => `${mark.at} ${mark.label}`));
			const all = [...state.marks, ...marks.filter(mark => !known.has(`${mark.at} ${mark.label}`))].toSorted((left, right) => left.at - right.at);
			return {...look({past: {from, to, points: thinPoints(points, {from, to, most: mostPast}), begins}}), marks: all.slice(-markLimit * 2)};
		}

		default: return state;
	}
}
