/** What the keys do while the live pane has the focus. */
import {ask} from '../../bindings/reasons.ts';
import {confirmSignal, confirmSignalAll, type SignalTarget} from '../../dialogs/confirm-signal.ts';
import {planDialog, queryDialog, type ExplainAnswer} from '../../dialogs/query-text.ts';
import type {Doing} from '../../doing.ts';
import type {Binding} from '../../keymap.ts';
import type {PastAnswer} from '../../../room/protocol.ts';
import type {SessionQuery} from '../../../postgres/explain.ts';
import {replayReason} from '../../replay/state.ts';
import type {ConsoleState} from '../../state.ts';
import {resolutionOf} from './blocking.ts';
import {missingPast, periodOf} from './charts.ts';
import {liveViewIds} from './look.ts';
import {chosenSession, rootOf, sessions, shownSample} from './state.ts';

const live = {group: 'live', pane: 'live'} as const;

export const liveKeys: Binding[] = [
	{...live, id: 'next-live-view', keys: ['right'], says: 'next view of the live state', short: 'view', run: doing => show(doing, 1)},
	{...live, id: 'previous-live-view', keys: ['left'], says: 'view before', run: doing => show(doing, -1)},
	...liveViewIds.map((view): Binding => ({group: 'live', id: `live-${view}`, keys: [], says: `live state: ${view}`, run(doing) {
		doing.dispatch({type: 'view', view: 'live'});
		doing.dispatch({type: 'live-view', to: view});
	}})),
	{...live, id: 'query', keys: ['enter'], says: 'the chosen session\'s query in full; there e explains it', short: 'query', refuse: refuseLook, run: doing => doing.query<SessionQuery>({command: 'session', params: seen(doing)}, answer => {
		const session = chosenSession(doing.state());
		if (session) doing.dispatch({type: 'dialog', dialog: queryDialog(session, answer)});
	})},
	{...live, id: 'explain', keys: [], says: 'the plan of the chosen session\'s query: planned, never run', refuse: state => (state.replay ? replayReason : refuseLook(state)), run: doing => doing.query<ExplainAnswer>({command: 'explain', params: seen(doing)}, answer => {
		const session = chosenSession(doing.state());
		if (session) doing.dispatch({type: 'dialog', dialog: planDialog(session, answer)});
	})},
	{...live, id: 'resolve', keys: ['R'], says: 'end what holds up the chosen session, or the migration: the root of its tree', short: 'resolve', refuse: refuseResolve, run: resolve},
	{...live, id: 'cancel-backend', keys: ['c'], says: 'cancel the query of the chosen session', short: 'cancel query', refuse: refuseSignal, run: doing => signal(doing, false)},
	{...live, id: 'terminate-backend', keys: ['C'], says: 'terminate the chosen session', short: 'terminate', refuse: refuseSignal, run: doing => signal(doing, true)},
	{...live, id: 'signal-filtered', keys: ['*'], says: 'cancel or terminate all sessions that the filter shows', refuse: refuseAll, run: chooseAll},
	{...live, id: 'sort', keys: ['m'], says: 'order of the sessions: time, state, user, waits', short: 'order', run(doing) {
		doing.dispatch({type: 'sort'});
		doing.say(`sessions by ${doing.state().live.sort}${doing.state().live.sort === 'time' ? ', the longest first' : ''}`);
	}},
	{...live, id: 'freeze', keys: ['space'], says: 'freeze what is shown, and let it go on; what is recorded goes on', short: 'freeze', run: doing => doing.dispatch({type: 'freeze'})},
	{...live, id: 'earlier', keys: ['['], says: 'charts: earlier, over the whole run', run: doing => travel(doing, -1)},
	{...live, id: 'later', keys: [']'], says: 'charts: later', run: doing => travel(doing, 1)},
	{...live, id: 'shorter', keys: ['<'], says: 'charts: a shorter time', run: doing => zoom(doing, -1)},
	{...live, id: 'longer', keys: ['>'], says: 'charts: a longer time, up to the whole run', run: doing => zoom(doing, 1)},
];

function show(doing: Doing, by: 1 | -1): void {
	doing.dispatch({type: 'live-view', to: by});
}

function seen(doing: Doing): {pid: number; backendStart: string} {
	const {pid, backendStart} = chosenSession(doing.state())!;
	return {pid, backendStart: backendStart!};
}

function refuseLook(state: ConsoleState): string | undefined {
	if (state.gone !== null) return `the room is gone (${state.gone})`;
	const session = chosenSession(state);
	if (!session) return state.pid === null ? 'choose a session with the arrows first' : `pid ${state.pid} is not active any more`;
	return session.backendStart === null ? `this role may not see what pid ${session.pid} runs: GRANT pg_monitor shows it` : undefined;
}

function refuseSignal(state: ConsoleState): string | undefined {
	const reason = ask(state) ?? refuseOld(state);
	if (reason) return reason;
	const session = chosenSession(state);
	if (!session) return state.pid === null ? 'choose a session with the arrows first' : `pid ${state.pid} is not active any more`;
	return refuseTarget(session);
}

function refuseOld(state: ConsoleState): string | undefined {
	return state.blind ? 'the database can\'t be read at present, so the figures are old and no session is signalled on them' : undefined;
}

function refuseTarget(session: SignalTarget): string | undefined {
	if (session.migration) return 'that is the migration itself: x cancels it, X terminates it, and what it left is read back';
	if (session.application?.startsWith('holdpoint')) return `that is holdpoint's own (${session.application})`;
	return session.backendStart === null ? `this role may not see when pid ${session.pid} began, so it can't be signalled safely: GRANT pg_monitor, and pg_signal_backend to do it` : undefined;
}

function signal(doing: Doing, terminate: boolean): void {
	const state = doing.state();
	const session = chosenSession(state);
	if (session && state.run) doing.dispatch({type: 'dialog', dialog: confirmSignal(state.run, session, terminate)});
}

/** The root of the chosen session's tree, else of the migration's, else of the largest. */
function rootToResolve(state: ConsoleState): number | null {
	const sample = shownSample(state);
	if (!sample) return null;
	const migration = sample.active.find(session => session.migration)?.pid;
	return (state.pid === null ? null : rootOf(sample, state.pid)) ?? (migration === undefined ? null : rootOf(sample, migration)) ?? sample.blockers[0]?.pid ?? null;
}

function refuseResolve(state: ConsoleState): string | undefined {
	const reason = ask(state) ?? refuseOld(state);
	if (reason) return reason;
	const root = rootToResolve(state);
	if (root === null) return 'nobody blocks anybody';
	const session = shownSample(state)?.active.find(({pid}) => pid === root);
	const {key, says} = resolutionOf(root, session);
	if (key === null) return says;
	if (!session) return `pid ${root} is not to be seen, so it can't be signalled safely`;
	return key === 'x' ? undefined : refuseTarget(session);
}

function resolve(doing: Doing): void {
	const state = doing.state();
	const root = rootToResolve(state);
	const session = shownSample(state)?.active.find(({pid}) => pid === root);
	if (!session || !state.run) return;
	const {key} = resolutionOf(session.pid, session);
	if (key === 'x') doing.start('cancel');
	else doing.dispatch({type: 'dialog', dialog: confirmSignal(state.run, session, key === 'C')});
}

/** Those that the filter shows and that may be ended. */
function filteredTargets(state: ConsoleState): SignalTarget[] {
	return sessions(state).filter(session => refuseTarget(session) === undefined);
}

function refuseAll(state: ConsoleState): string | undefined {
	const reason = ask(state) ?? refuseOld(state);
	if (reason) return reason;
	if (!state.filters.live) return 'type a filter first (/): all that it shows is meant';
	return filteredTargets(state).length === 0 ? 'none of the sessions that the filter shows may be ended' : undefined;
}

function chooseAll(doing: Doing): void {
	const state = doing.state();
	const {run} = state;
	if (!run) return;
	const targets = filteredTargets(state).slice(0, 200);
	const filter = state.filters.live ?? '';
	doing.dispatch({type: 'dialog', dialog: {
		kind: 'choose', title: `${targets.length} sessions that /${filter} shows`, body: [],
		choices: [
			{key: 'c', says: 'cancel their queries, after a confirmation that lists them', then: {kind: 'dialog', dialog: confirmSignalAll(run, {targets, filter, terminate: false})}},
			{key: 'C', says: 'terminate them, after a confirmation that lists them', then: {kind: 'dialog', dialog: confirmSignalAll(run, {targets, filter, terminate: true})}, danger: true},
			{key: 'esc', says: 'leave them', then: {kind: 'nothing'}},
		],
	}});
}

/** By half of what is shown. */
function travel(doing: Doing, by: 1 | -1): void {
	const period = periodOf(doing.state());
	if (!period) return doing.say('no figures yet');
	if (by > 0 && period.now) return doing.say('the chart ends with the newest figures already');
	const begins = doing.state().live.past?.begins ?? null;
	if (by < 0 && begins !== null && period.from <= begins) return doing.say(`the figures of this run begin at ${new Date(begins).toISOString().slice(11, 19)} UTC`);
	doing.dispatch({type: 'time', byMs: by * (period.to - period.from) / 2});
	fetchPast(doing);
}

function zoom(doing: Doing, by: 1 | -1): void {
	doing.dispatch({type: 'span', by});
	fetchPast(doing);
}

function fetchPast(doing: Doing): void {
	const missing = missingPast(doing.state());
	if (missing) doing.query<PastAnswer>({command: 'history', params: {...missing, most: 600}}, answer => doing.dispatch({type: 'past', answer}));
}
