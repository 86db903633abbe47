/** Moving and scrolling in whichever pane has the focus; the first row shown moves no more than it must. */
import {boxOf, contentRows, focusedPane} from './layout.ts';
import {panels} from './panels/index.ts';
import {checklistRows, selectable} from './panels/checklist/state.ts';
import {reviewRows} from './panels/review/state.ts';
import {cursorAt, cursorKeys, withCursorAt} from './panels/live/cursor.ts';
import {windowTop} from './parts/line.ts';
import type {ConsoleState, PaneId} from './state.ts';

export type Step = 'up' | 'down' | 'page-up' | 'page-down' | 'start' | 'end';

/** The state after a step in the focused pane. */
export function move(state: ConsoleState, step: Step): ConsoleState {
	const pane = focusedPane(state);
	if (pane === 'checklist') return scrolled({...state, cursor: stepped(selectable(checklistRows(state)).map(row => row.key), {at: state.cursor, step, page: pageOf(state, pane)}) ?? state.cursor}, [pane]);
	if (pane === 'review' && state.review) {
		const at = stepped(reviewRows(state.review, state.reviewLook.folded).map(row => row.key), {at: state.reviewLook.at, step, page: pageOf(state, pane)});
		return scrolled({...state, reviewLook: {...state.reviewLook, at: at ?? null}}, [pane]);
	}

	const keys = pane === 'live' ? cursorKeys(state) : [];
	if (keys.length > 0) return scrolled(withCursorAt(state, cursorAt(state) === null ? keys[0]! : stepped(keys, {at: cursorAt(state), step, page: pageOf(state, pane)})), [pane]);
	return scrollBy(state, pane, step);
}

/** The first rows of lists brought to where their cursor is seen, and not past their end. */
export function scrolled(state: ConsoleState, lists: readonly PaneId[] = ['checklist', 'live']): ConsoleState {
	const tops = {...state.tops};
	for (const pane of lists) {
		const box = boxOf(state, pane);
		if (!box) continue;
		const {head = [], lines, cursorRow} = panels[pane].content(state, {width: box.width, height: contentRows(box), focused: true});
		const height = Math.max(1, contentRows(box) - head.length);
		if (cursorRow !== undefined) tops[pane] = topFor(tops[pane] ?? 0, {cursorRow, count: lines.length, height});
	}

	return {...state, tops};
}

/** The first heading is shown again when the cursor is just below it. */
function topFor(top: number, {cursorRow, count, height}: {cursorRow: number; count: number; height: number}): number {
	return cursorRow < height && cursorRow <= 2 ? 0 : windowTop({top, cursor: cursorRow, count, height});
}

function scrollBy(state: ConsoleState, pane: PaneId, step: Step): ConsoleState {
	const box = boxOf(state, pane);
	if (!box) return state;
	const {head = [], lines: {length: count}} = panels[pane].content(state, {width: box.width, height: contentRows(box), focused: true});
	const height = Math.max(1, contentRows(box) - head.length);
	const last = Math.max(0, count - height);
	const top = state.tops[pane] ?? 0;
	const wanted = {up: top - 1, down: top + 1, 'page-up': top - height + 1, 'page-down': top + height - 1, start: 0, end: last}[step];
	return {...state, tops: {...state.tops, [pane]: Math.max(0, Math.min(last, wanted))}};
}

function stepped<T>(keys: readonly T[], {at, step, page}: {at: T | null; step: Step; page: number}): T | undefined {
	const index = at === null ? -1 : keys.indexOf(at);
	const wanted = {up: index - 1, down: index + 1, 'page-up': index - page, 'page-down': index + page, start: 0, end: keys.length - 1}[step];
	return keys[Math.max(0, Math.min(keys.length - 1, wanted))];
}

function pageOf(state: ConsoleState, pane: PaneId): number {
	const box = boxOf(state, pane);
	return box ? Math.max(1, contentRows(box) - 1) : 10;
}
