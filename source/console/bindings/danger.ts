/** Keys that stop what runs; from any view. */
import {confirmWords} from '../dialogs/words.ts';
import type {Doing} from '../doing.ts';
import type {Binding} from '../keymap.ts';
import {line} from '../parts/line.ts';
import {ask, running} from './reasons.ts';

export const dangerKeys: Binding[] = [
	{id: 'cancel', keys: ['x'], says: 'cancel the running action', short: 'cancel', group: 'danger', when: state => Boolean(state.run?.running), refuse: running, run: doing => stop(doing, false)},
	{id: 'terminate', keys: ['X'], says: 'terminate the running action\'s session', short: 'terminate', group: 'danger', when: state => Boolean(state.run?.running), refuse: running, run: doing => stop(doing, true)},
	{
		id: 'guard', keys: ['+', '-'], says: 'change the guard\'s limits', short: 'guard', group: 'danger', refuse: state => ask(state) ?? (state.run ? undefined : 'no run is open'),
		run(doing) {
			const guard = doing.state().run?.guard;
			if (!guard) return;
			doing.dispatch({
				type: 'dialog',
				dialog: {
					kind: 'limits', cursor: 0,
					rows: [
						{key: 'max_blocked_sessions', label: 'sessions that the migration may block', unit: 'sessions', value: guard.maxBlockedSessions, step: 1},
						{key: 'max_blocked_seconds', label: 'longest wait behind the migration', unit: 's', value: guard.maxBlockedSeconds, step: 1},
						{key: 'max_session_seconds', label: 'waits behind the migration, added up', unit: 's', value: guard.maxSessionSeconds, step: 10},
						{key: 'max_lag_seconds', label: 'replication lag', unit: 's', value: guard.maxLagSeconds, step: 5},
						{key: 'max_lag_bytes', label: 'replication lag in WAL', unit: 'bytes', value: guard.maxLagBytes, step: 16 * 1024 ** 2},
						{key: 'min_free_connections_percent', label: 'connections that stay free', unit: '%', value: guard.minFreeConnectionsPercent, step: 1},
						{key: 'max_estimate_factor', label: 'a statement by its estimate', unit: 'times', value: guard.maxEstimateFactor, step: 1},
						{key: 'min_free_disk_bytes', label: 'disk that stays free', unit: 'bytes', value: guard.minFreeDiskBytes, step: 1024 ** 3},
						{key: 'max_retained_wal_bytes', label: 'WAL that a slot keeps', unit: 'bytes', value: guard.maxRetainedWalBytes, step: 1024 ** 3},
						{key: 'samples', label: 'samples running that must pass a limit', unit: 'samples', value: guard.samples, step: 1},
						{key: 'action', label: 'what it does then (alert: a dry run)', unit: '', value: guard.action, step: 1, words: ['cancel', 'alert']},
					],
				},
			});
		},
	},
];

function stop(doing: Doing, terminate: boolean): void {
	const {run} = doing.state();
	if (!run?.running) return;
	const {action, backend} = run.running;
	const committed = run.running.revisions.filter(revision => revision.committed).map(({revision}) => revision);
	doing.dispatch({
		type: 'dialog',
		dialog: {
			kind: 'confirm', top: 0, title: terminate ? `Terminate the ${action}` : `Cancel the ${action}`, says: terminate ? 'terminate it' : 'cancel it',
			body: [
				...confirmWords.place(run),
				line(`${terminate ? 'The session' : 'The statement'} ${backend ? `of pid ${backend.pid} ` : ''}is ended by the server; then what is in the database is read back.`),
				committed.length > 0 ? line(`Committed already and staying: ${committed.join(', ')}`, 'warn') : line('Nothing of it is committed yet, so nothing stays.', 'good'),
				...(terminate ? [] : [line('A cancel does nothing to a session that is idle; X terminates it.', 'dim')]),
			],
			...(terminate && {typed: {want: run.target.database, text: ''}}),
			command: {command: 'cancel', params: {terminate}, done: `the ${action} was told to stop`},
		},
	});
}
