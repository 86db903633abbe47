/** The confirmation before a session of somebody is cancelled or terminated. */
import type {RunState} from '../../journal/shapes/run.ts';
import type {ActiveSession} from '../../journal/shapes/sample.ts';
import {seconds} from '../parts/figures.ts';
import {line, span} from '../parts/line.ts';
import type {Confirm} from './dialog.ts';
import {confirmWords} from './words.ts';

/** Terminating wants the database's name typed; only this very backend is meant, by its pid and its start. */
export function confirmSignal(run: RunState, session: ActiveSession, terminate: boolean): Confirm {
	const idle = session.state?.startsWith('idle') ?? false;
	return {
		kind: 'confirm', top: 0,
		title: terminate ? `Terminate session ${session.pid}` : `Cancel the query of session ${session.pid}`,
		body: [
			...confirmWords.place(run),
			[span('session   ', 'dim'), span(`pid ${session.pid}`, 'strong'), span(`, ${session.user ?? 'user unknown'}, ${session.application || 'no application name'}, from ${session.client ?? 'a local socket'}`)],
			[span('state     ', 'dim'), span(`${session.state ?? 'unknown'}, transaction open ${seconds(session.transactionSeconds)}`)],
			[span('query     ', 'dim'), span((session.query ?? 'not to be seen').replaceAll(/\s+/g, ' '))],
			...(session.migration ? [line('This is the migration itself: x stops it and reads back what it left.', 'bad')] : []),
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
