/** How the review is read: cursor, folding, and the lines that were on the screen. */
import {boxOf, contentRows} from './layout.ts';
import {scrolled} from './move.ts';
import {firstReviewLook} from './panels/review/look.ts';
import {headOf, shownLines} from './panels/review/view.ts';
import {neighbour, readStatements, reviewRows} from './panels/review/state.ts';
import type {ConsoleState} from './state.ts';

export type ReviewAction =
	| {type: 'finding'; by: 1 | -1}
	| {type: 'review-open'}
	| {type: 'review-fold'; how: 'open' | 'close' | 'all'};

/** The state after it; and after any other action, the lines on the screen counted as seen. */
export function reduceReview(state: ConsoleState, action: {type: string}): ConsoleState {
	const done = act(state, action as ReviewAction);
	return done.view === 'review' && done.review ? withSeen(done) : done;
}

function act(state: ConsoleState, action: ReviewAction): ConsoleState {
	const {review, reviewLook} = state;
	if (!review) return state;
	switch (action.type) {
		case 'finding': {
			const next = neighbour(review, reviewLook.at, action.by);
			if (!next) return {...state, message: {text: 'the review has no finding', level: 'info'}};
			const folded = new Set([...reviewLook.folded].filter(revision => revision !== next.revision));
			return scrolled({...state, reviewLook: {...reviewLook, at: next.key, folded}}, ['review']);
		}

		case 'review-open': {
			const row = current(state);
			if (row?.kind === 'revision') return folded(state, row.folded ? 'open' : 'close');
			if (row?.kind !== 'finding') return state;
			const opened = new Set(state.opened);
			if (!opened.delete(row.key)) opened.add(row.key);
			return scrolled({...state, opened}, ['review']);
		}

		case 'review-fold': return folded(state, action.how);
		default: return state;
	}
}

function current({review, reviewLook}: ConsoleState) {
	const rows = reviewRows(review!, reviewLook.folded);
	return rows.find(row => row.key === reviewLook.at) ?? rows[0];
}

function folded(state: ConsoleState, how: 'open' | 'close' | 'all'): ConsoleState {
	const {reviewLook} = state;
	const rows = reviewRows(state.review!, firstReviewLook.folded);
	const revisions = rows.flatMap(row => (row.kind === 'revision' ? [row.revision] : []));
	if (how === 'all') return withFolded(state, new Set(reviewLook.folded.size > 0 ? [] : revisions), null);
	const at = Math.max(0, rows.findIndex(row => row.key === reviewLook.at));
	const row = rows.slice(0, at + 1).findLast(each => each.kind === 'revision');
	if (row?.kind !== 'revision') return state;
	const next = new Set(reviewLook.folded);
	if (how === 'close') next.add(row.revision);
	else next.delete(row.revision);
	return withFolded(state, next, how === 'close' ? row.key : reviewLook.at);
}

function withFolded(state: ConsoleState, next: ReadonlySet<string>, at: string | null): ConsoleState {
	return scrolled({...state, reviewLook: {...state.reviewLook, folded: next, at}}, ['review']);
}

function withSeen(state: ConsoleState): ConsoleState {
	const box = boxOf(state, 'review');
	if (!box) return state;
	const top = state.tops.review ?? 0;
	const rows = contentRows(box) - headOf(state, box.width).length;
	const numbers = shownLines(state, box.width).slice(top, top + rows).filter(number => number !== null);
	if (numbers.every(number => state.reviewLook.seen.has(number))) return state;
	const seen = new Set([...state.reviewLook.seen, ...numbers]);
	return {...state, reviewLook: {...state.reviewLook, seen, read: readStatements(state.review!, seen)}};
}
