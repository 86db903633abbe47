/** A replay taken into the state: the moment that is shown, and all that was known at it. */
import type {Mark} from '../journal/marks.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import {emptyPoint, type Point} from '../monitor/series.ts';
import {ordered} from './panels/live/cursor.ts';
import {firstReviewLook} from './panels/review/look.ts';
import {withCursor, withSamples} from './reduce-room.ts';
import type {Replay} from './replay/state.ts';
import {failedOutcome, markLimit, type ConsoleState, type ReviewAnswer} from './state.ts';

export type ReplayAction =
	| {type: 'replay'; change: Partial<Pick<Replay, 'playing' | 'speed' | 'to'>>}
	/** It went on to `at`: what came since. */
	| {type: 'replay-played'; at: number; gap: Replay['gap']; run: RunState | null; review: ReviewAnswer | null; samples: readonly Sample[]; marks: readonly Mark[]}
	/** It stands somewhere else: all that a console shows of that moment. */
	| {type: 'replay-moved'; at: number; gap: Replay['gap']; run: RunState | null; review: ReviewAnswer | null; samples: readonly Sample[]; marks: readonly Mark[]; points: readonly Point[]};

/** The state after it; other actions leave it as it is. */
export function reduceReplay(state: ConsoleState, action: {type: string}): ConsoleState {
	const news = action as ReplayAction;
	if (!state.replay) return state;
	switch (news.type) {
		case 'replay': return {...state, replay: {...state.replay, ...news.change}};
		case 'replay-played': {
			const begun = news.run?.running && !state.run?.running;
			const failed = failedOutcome(news.run);
			const fresh = failed !== null && !state.run?.actions.includes(failed);
			const next = withSamples(at(state, news), news.samples);
			// A chart ends at the moment that is shown, also where nothing is known of it.
			const points = news.gap ? [...next.points.filter(point => Object.keys(point.high).length > 0 || point !== next.points.at(-1)), emptyPoint(news.at)] : next.points;
			// What was said of a moment is no more about this one.
			const message = state.message?.level === 'info' && news.run?.seq !== state.run?.seq ? null : state.message;
			return withCursor({...next, points, message, marks: [...state.marks, ...news.marks].slice(-markLimit), outcome: fresh ? failed : begun ? null : state.outcome});
		}

		case 'replay-moved': {
			const outcome = state.outcome && news.run?.actions.includes(state.outcome) ? state.outcome : null;
			const live = {...state.live, frozen: null, past: null, backMs: 0};
			return withCursor(ordered({...at(state, news), outcome, live, samples: news.samples, points: news.points, marks: news.marks}));
		}

		default: return state;
	}
}

function at(state: ConsoleState, news: {at: number; gap: Replay['gap']; run: RunState | null; review: ReviewAnswer | null}): ConsoleState {
	const {gap} = news;
	const since = gap?.since ?? null;
	return {
		...state, attached: true, now: news.at, run: news.run, review: news.review, reviewLook: news.review?.sha256 === state.review?.sha256 ? state.reviewLook : firstReviewLook, replay: {...state.replay!, at: news.at, to: Math.max(state.replay!.to, news.at), gap},
		blind: since === null ? null : state.blind?.since === since ? state.blind : {error: 'nothing was recorded', since},
	};
}
