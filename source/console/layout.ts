/** Where each pane lies, as a pure function of the terminal's size and of what is looked at. */
import type {ConsoleState, PaneId} from './state.ts';

export interface Box {
	pane: PaneId;
	left: number;
	top: number;
	width: number;
	/** With the pane's title rule, which is its first row. */
	height: number;
}

export const minimumColumns = 60;
export const minimumRows = 15;
/** From here on checklist, detail and live stand side by side. */
const wideColumns = 110;
const wideRows = 28;
export const headerRows = 4;
/** Where one row of keys is too short for the actions, it gets a second one. */
const narrowKeys = 110;

/** Too small to show anything that could be relied on. */
export function isTooSmall(state: Pick<ConsoleState, 'rows' | 'columns'>): boolean {
	return state.columns < minimumColumns || state.rows < minimumRows;
}

/** The log line, and one or two rows of keys. */
export function footerRows(state: Pick<ConsoleState, 'rows' | 'columns'>): number {
	return state.columns < narrowKeys && state.rows >= 20 ? 3 : 2;
}

/** Several panes at a time. */
export function isWide(state: Pick<ConsoleState, 'rows' | 'columns'>): boolean {
	return state.columns >= wideColumns && state.rows >= wideRows;
}

/** The panes of the body from left to right, top to bottom; rows count from the top of the screen. */
export function layoutOf(state: ConsoleState): Box[] {
	const whole = {left: 0, top: headerRows, width: state.columns, height: state.rows - headerRows - footerRows(state)};
	if (state.outcome) return [{pane: 'outcome', ...whole}];
	if (!isWide(state)) return narrow(state, whole);
	if (state.view !== 'checklist') return state.view === 'live' ? wideLive(state, whole) : [{pane: state.view, ...whole}];
	const left = Math.min(90, Math.floor(state.columns * 0.48));
	const right = {left: left + 1, width: state.columns - left - 1};
	const upper = Math.floor(whole.height * (state.run?.running ? 0.45 : 0.4));
	return [
		{pane: 'checklist', left: 0, top: whole.top, width: left, height: whole.height},
		{pane: showsProgress(state) ? 'progress' : 'detail', ...right, top: whole.top, height: upper},
		{pane: 'live', ...right, top: whole.top + upper, height: whole.height - upper},
	];
}

/** The box of a pane, or undefined while it is not on the screen. */
export function boxOf(state: ConsoleState, pane: PaneId): Box | undefined {
	return layoutOf(state).find(box => box.pane === pane);
}

/** The pane that keys go to: the focused one while it is seen, else the first that is. */
export function focusedPane(state: ConsoleState): PaneId {
	const boxes = layoutOf(state);
	return boxes.find(box => box.pane === state.focus)?.pane ?? boxes[0]!.pane;
}

/** Rows of a pane's content. */
export function contentRows(box: Box): number {
	return Math.max(0, box.height - 1);
}

type Rectangle = Omit<Box, 'pane'>;

function narrow(state: ConsoleState, whole: Rectangle): Box[] {
	if (state.view === 'checklist') return [{pane: state.focus === 'detail' ? 'detail' : 'checklist', ...whole}];
	return state.view === 'live' ? wideLive(state, whole) : [{pane: state.view, ...whole}];
}

/** The running action stands above what the database does. */
function wideLive(state: ConsoleState, whole: Rectangle): Box[] {
	if (!state.run?.running) return [{pane: 'live', ...whole}];
	const upper = Math.min(Math.max(7, Math.floor(whole.height * 0.4)), Math.floor(whole.height / 2));
	return [{pane: 'progress', ...whole, height: upper}, {pane: 'live', ...whole, top: whole.top + upper, height: whole.height - upper}];
}

function showsProgress(state: ConsoleState): boolean {
	return Boolean(state.run?.running) && !state.detailWanted;
}
