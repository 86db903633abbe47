/** Keys that choose what is looked at, and those of the console itself. */
import type {Doing} from '../doing.ts';
import type {Binding} from '../keymap.ts';
import {copyText} from '../copy-text.ts';
import {focusedPane} from '../layout.ts';
import {failedOutcome, viewIds, type ConsoleState, type ViewId} from '../state.ts';

const says: Record<ViewId, string> = {
	checklist: 'checklist, with detail', live: 'live state of the database', review: 'SQL review', rehearsal: 'rehearsal', journal: 'journal', contacts: 'contacts: whom to call; also over a dialog, Ctrl+O while typing',
};

export const viewKeys: Binding[] = [
	...viewIds.map((view, index): Binding => ({id: `view-${view}`, keys: view === 'contacts' ? ['6', 'o', 'ctrl+o'] : [String(index + 1)], says: says[view], group: 'views', run: doing => doing.dispatch({type: 'view', view})})),
	{
		id: 'failure', keys: ['f'], says: 'the screen after the last failure again', short: 'failure', group: 'views', when: state => failedOutcome(state.run) !== null && !state.outcome,
		run: doing => doing.dispatch({type: 'outcome', outcome: failedOutcome(doing.state().run)}),
	},
	{
		id: 'detail', keys: ['i'], says: 'detail of the item instead of the progress, and back', group: 'views', when: state => Boolean(state.run?.running),
		run: doing => doing.dispatch({type: 'detail', wanted: !doing.state().detailWanted}),
	},
	{id: 'help', keys: ['?', 'h'], says: 'help: every key', short: 'help', group: 'console', run: doing => doing.dispatch({type: 'dialog', dialog: {kind: 'help', top: 0}})},
	{
		id: 'filter', keys: ['/'], says: 'filter this list', short: 'filter', group: 'console', refuse: state => (canFilter(state) ? undefined : 'this pane has no list to filter'),
		run: doing => doing.dispatch({type: 'dialog', dialog: {kind: 'filter', pane: focusedPane(doing.state()), text: doing.state().filters[focusedPane(doing.state())] ?? ''}}),
	},
	{id: 'palette', keys: [':'], says: 'palette: every command by name', short: 'commands', group: 'console', run: doing => doing.dispatch({type: 'dialog', dialog: {kind: 'palette', text: '', cursor: 0}})},
	{
		id: 'copy', keys: ['y'], says: 'copy what is under the cursor', group: 'console', refuse: state => (copyText(state) === null ? 'there is nothing here to copy' : undefined),
		run: doing => doing.copy(copyText(doing.state())!),
	},
	{id: 'repaint', keys: ['ctrl+l'], says: 'draw the screen anew', group: 'console', run: doing => doing.repaint()},
	{id: 'quit', keys: ['q'], says: 'detach: the run goes on', short: 'detach', group: 'console', run: leave},
	{id: 'interrupt', keys: ['ctrl+c'], says: 'ask: detach, cancel, go on', group: 'console', run: interrupt},
];

function canFilter(state: ConsoleState): boolean {
	return ['checklist', 'live', 'journal'].includes(focusedPane(state));
}

/** A room in this very process ends with the console, and says so before. */
function leave(doing: Doing): void {
	const {room, run} = doing.state();
	if (!room?.inProcess || !run?.running) return doing.leave();
	interrupt(doing);
}

function interrupt(doing: Doing): void {
	const {room, run} = doing.state();
	const detach = room?.inProcess ? 'leave: this room ends with the terminal' : 'detach: the run goes on';
	doing.dispatch({
		type: 'dialog',
		dialog: {
			kind: 'choose', title: run?.running ? `The ${run.running.action} is running` : 'Leave?',
			body: room?.inProcess && run?.running ? [[{text: `The room lives in this terminal: leaving it interrupts the ${run.running.action}.`, tone: 'bad'}]] : [],
			choices: [
				{key: 'd', says: detach, then: {kind: 'leave'}, danger: Boolean(room?.inProcess && run?.running)},
				...(run?.running ? [{key: 'x', says: `cancel the ${run.running.action}, after a confirmation`, then: {kind: 'binding' as const, id: 'cancel'}, danger: true}] : []),
				{key: 'esc', says: 'go on', then: {kind: 'nothing'}},
			],
		},
	});
}
