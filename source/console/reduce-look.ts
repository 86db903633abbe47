/** Where the person looks: view, focus, cursor, folding, filter, dialog. */
import type {Outcome} from '../journal/shapes/outcome.ts';
import {satisfiedStates} from '../journal/shapes/item.ts';
import type {Dialog} from './dialogs/dialog.ts';
import {focusedPane, layoutOf} from './layout.ts';
import {move, scrolled, type Step} from './move.ts';
import {checklistRows, sectionOf, selectable} from './panels/checklist/state.ts';
import {ordered} from './panels/live/cursor.ts';
import type {ConsoleState, Message, PaneId, ViewId} from './state.ts';

export type LookAction =
	| {type: 'tick'; now: number}
	| {type: 'resize'; rows: number; columns: number}
	| {type: 'view'; view: ViewId}
	| {type: 'focus'; pane: PaneId}
	| {type: 'cycle'; by: 1 | -1}
	| {type: 'move'; step: Step}
	| {type: 'fold'; how: 'toggle' | 'open' | 'close' | 'all'}
	| {type: 'output'; key: string}
	| {type: 'next-open'}
	| {type: 'filter'; pane: PaneId; text: string}
	| {type: 'dialog'; dialog: Dialog | null}
	| {type: 'message'; message: Message | null}
	| {type: 'outcome'; outcome: Outcome | null}
	| {type: 'detail'; wanted: boolean}
	| {type: 'back'};

/** The state after a look; other actions leave it as it is. */
export function reduceLook(state: ConsoleState, action: {type: string}): ConsoleState {
	const look = action as LookAction;
	switch (look.type) {
		case 'tick': return {...state, now: look.now};
		case 'resize': return scrolled({...state, rows: look.rows, columns: look.columns});
		case 'view': return {...state, view: look.view, focus: look.view, outcome: null, message: null};
		case 'focus': return {...state, focus: look.pane};
		case 'cycle': return cycled(state, look.by);
		case 'move': return move(state, look.step);
		case 'fold': return scrolled(folded(state, look.how));
		case 'output': return scrolled({...state, opened: toggled(state.opened, look.key)});
		case 'next-open': return scrolled(nextOpen(state));
		case 'filter': return filtered(state, look);
		case 'dialog': return {...state, dialog: look.dialog};
		case 'message': return {...state, message: look.message};
		case 'outcome': return {...state, outcome: look.outcome};
		case 'detail': return {...state, detailWanted: look.wanted};
		case 'back': return back(state);
		default: return state;
	}
}

/** Several panes: the next one. One pane: the next view, checklist and its detail being neighbours. */
function cycled(state: ConsoleState, by: 1 | -1): ConsoleState {
	const panes = layoutOf(state).map(box => box.pane);
	if (panes.length > 1) return {...state, focus: panes[(panes.indexOf(focusedPane(state)) + by + panes.length) % panes.length]!};
	const ring: {view: ViewId; focus: PaneId}[] = [{view: 'checklist', focus: 'checklist'}, {view: 'checklist', focus: 'detail'}, {view: 'live', focus: 'live'}];
	const at = ring.findIndex(({view, focus}) => view === state.view && focus === focusedPane(state));
	return {...state, outcome: null, ...ring[(Math.max(0, at) + by + ring.length) % ring.length]!};
}

function folded(state: ConsoleState, how: 'toggle' | 'open' | 'close' | 'all'): ConsoleState {
	const keys = checklistRows({...state, folded: new Set(), filters: {}}).filter(row => row.kind === 'section').map(row => row.key);
	if (how === 'all') {
		const all = new Set(state.folded.size > 0 ? [] : keys.filter(key => !keys.some(other => key.startsWith(`${other}\n`))));
		return keepCursor({...state, folded: all});
	}

	const section = keys.includes(state.cursor ?? '') ? state.cursor! : sectionOf(state)?.join('\n');
	if (section === undefined || (how === 'toggle' && section !== state.cursor)) return state;
	const close = how === 'close' || (how === 'toggle' && !state.folded.has(section));
	const next = new Set(state.folded);
	if (close) next.add(section);
	else next.delete(section);
	return keepCursor({...state, folded: next, cursor: close ? section : state.cursor});
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
	const next = new Set(keys);
	if (!next.delete(key)) next.add(key);
	return next;
}

/** The next item that stands in the way, round the end; its sections unfold. */
function nextOpen(state: ConsoleState): ConsoleState {
	const items = state.run?.items ?? [];
	const at = items.findIndex(item => item.id === state.cursor);
	const next = [...items.slice(at + 1), ...items.slice(0, at + 1)].find(item => !satisfiedStates.has(item.state));
	if (!next) return {...state, message: {text: 'every item is satisfied', level: 'info'}};
	const open = new Set([...state.folded].filter(key => !`${next.section.join('\n')}\n`.startsWith(`${key}\n`)));
	return {...state, cursor: next.id, folded: open};
}

function filtered(state: ConsoleState, {pane, text}: {pane: PaneId; text: string}): ConsoleState {
	const filteredState = keepCursor({...state, filters: {...state.filters, [pane]: text}, tops: {...state.tops, [pane]: 0}});
	return scrolled(pane === 'live' ? ordered(filteredState) : filteredState);
}

/** When the row under the cursor is not shown any more, the nearest that is takes its place. */
function keepCursor(state: ConsoleState): ConsoleState {
	const rows = selectable(checklistRows(state));
	if (rows.length === 0 || rows.some(row => row.key === state.cursor)) return state;
	const section = sectionOf(state)?.join('\n') ?? state.cursor ?? '';
	const near = rows.findLast(row => row.kind === 'section' && `${section}\n`.startsWith(`${row.key}\n`)) ?? rows[0]!;
	return {...state, cursor: near.key};
}

/** One step back: screen after a failure, filter, chosen session, frozen figures, detail, other view. */
function back(state: ConsoleState): ConsoleState {
	const pane = focusedPane(state);
	if (state.outcome) return {...state, outcome: null};
	if (state.filters[pane]) return filtered(state, {pane, text: ''});
	if (pane === 'live' && state.pid !== null) return ordered({...state, pid: null});
	if (pane === 'live' && state.live.frozen) return ordered({...state, live: {...state.live, frozen: null}});
	if (state.detailWanted) return {...state, detailWanted: false, focus: 'checklist'};
	return {...state, view: 'checklist', focus: 'checklist', message: null};
}
