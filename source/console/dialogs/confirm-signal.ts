/** The confirmation before sessions of somebody are cancelled or terminated. */
import type {RunState} from '../../journal/shapes/run.ts';
import type {ActiveSession} from '../../journal/shapes/sample.ts';
import {plural, seconds} from '../parts/figures.ts';
import {line, span, type Line} from '../parts/line.ts';
import type {Confirm} from './dialog.ts';
import {confirmWords} from './words.ts';

/** What has to be known of a session before it is signalled. */
export type SignalTarget = Pick<ActiveSession, 'pid' | 'backendStart' | 'user' | 'application' | 'client' | 'state' | 'transactionSeconds' | 'query' | 'migration'>;

/** Terminating wants the database's name typed; only this very backend is meant, by its pid and its start. */
export function confirmSignal(run: RunState, session: SignalTarget, terminate: boolean): Confirm {
	const idle = session.state?.startsWith('idle') ?? false;
	return {
		kind: 'confirm', top: 0,
		title: terminate ? `Terminate session ${session.pid}` : `Cancel the query of session ${session.pid}`,
		body: [
			...confirmWords.place(run),
			[span('session   ', 'dim'), span(`pid ${session.pid}`, 'strong'), span(`, ${session.user ?? 'user unknown'}, ${session.application || 'no application name'}, from ${session.client ?? 'a local socket'}`)],
			[span('state     ', 'dim'), span(`${session.state ?? 'unknown'}, transaction open ${seconds(session.transactionSeconds)}`)],
			[span('query     ', 'dim'), span(queryOf(session))],
			...(idle && !terminate ? [line('It is idle: a cancel does nothing to an idle session, only terminating ends it.', 'warn')] : []),
			line(terminate ? 'Its connection ends and its open transaction is rolled back.' : 'Its query ends with an error; the session and its transaction remain.', 'dim'),
		],
		...(terminate && {typed: {want: run.target.database, text: ''}}),
		says: terminate ? 'terminate it' : 'cancel its query',
		command: {
			command: 'signal', done: `${terminate ? 'termination' : 'cancellation'} sent to pid ${session.pid}`,
			params: {pid: session.pid, backendStart: session.backendStart, terminate},
		},
	};
}

/** Lists every session that is meant: exactly these, each by its pid and its start, and none that comes later. */
export function confirmSignalAll(run: RunState, {targets, filter, terminate}: {targets: readonly SignalTarget[]; filter: string; terminate: boolean}): Confirm {
	const idle = targets.filter(({state}) => state?.startsWith('idle')).length;
	return {
		kind: 'confirm', top: 0,
		title: `${terminate ? 'Terminate' : 'Cancel the queries of'} ${plural(targets.length, 'session')}`,
		body: [
			...confirmWords.place(run),
			line(`Exactly these, which /${filter} showed; one that has ended by then is left out, and none is added:`),
			...targets.map((session): Line => [span(`pid ${session.pid}`.padEnd(12), 'strong'), span(`${session.application || session.user || 'unknown'}, ${session.state ?? 'state unknown'}  `), span(queryOf(session).slice(0, 60), 'dim')]),
			...(idle > 0 && !terminate ? [line(`${plural(idle, 'session')} of them ${idle === 1 ? 'is' : 'are'} idle: a cancel does nothing there.`, 'warn')] : []),
			line(terminate ? 'Their connections end and their open transactions are rolled back.' : 'Their queries end with an error; sessions and transactions remain.', 'dim'),
		],
		...(terminate && {typed: {want: run.target.database, text: ''}}),
		says: terminate ? 'terminate them' : 'cancel their queries',
		command: {
			command: 'signal-all', done: 'sent',
			params: {sessions: targets.map(({pid, backendStart}) => ({pid, backendStart})), terminate},
		},
	};
}

function queryOf({query}: SignalTarget): string {
	return (query ?? 'not to be seen').replaceAll(/\s+/g, ' ').trim();
}
