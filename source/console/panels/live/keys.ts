/** What the keys do while the live pane has the focus. */
import type {Binding} from '../../keymap.ts';
import {ask} from '../../bindings/reasons.ts';
import type {ConsoleState} from '../../state.ts';
import {confirmSignal} from '../../dialogs/confirm-signal.ts';
import {chosenSession} from './state.ts';

export const liveKeys: Binding[] = [
	{
		id: 'cancel-backend', keys: ['c'], says: 'cancel the query of the chosen session', group: 'live', pane: 'live', short: 'cancel query',
		refuse: refuseSignal, run: doing => signal(doing, false),
	},
	{
		id: 'terminate-backend', keys: ['C'], says: 'terminate the chosen session', group: 'live', pane: 'live', short: 'terminate',
		refuse: refuseSignal, run: doing => signal(doing, true),
	},
	{
		id: 'unpin', keys: ['space'], says: 'let the order of the sessions move again', group: 'live', pane: 'live',
		refuse: state => (state.pid === null ? 'the order already moves freely' : undefined), run: doing => doing.dispatch({type: 'choose', pid: null}),
	},
];

function refuseSignal(state: ConsoleState): string | undefined {
	const reason = ask(state);
	if (reason) return reason;
	if (state.blind) return 'the database can\'t be read at present, so the figures are old and no session is signalled on them';
	const session = chosenSession(state);
	if (!session) return state.pid === null ? 'choose a session with the arrows first' : `pid ${state.pid} is not active any more`;
	return session.backendStart === null ? `this role may not see when pid ${session.pid} began, so it can't be signalled safely` : undefined;
}

function signal(doing: Parameters<Binding['run']>[0], terminate: boolean): void {
	const state = doing.state();
	const session = chosenSession(state);
	if (session && state.run) doing.dispatch({type: 'dialog', dialog: confirmSignal(state.run, session, terminate)});
}
