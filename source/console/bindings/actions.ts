/** Keys that start the actions. Each shows first what it would do, and where. */
import {pickDowngrade, pickUpgrade} from '../dialogs/confirm-plan.ts';
import type {Confirm} from '../dialogs/dialog.ts';
import {confirmWords} from '../dialogs/words.ts';
import type {Doing} from '../doing.ts';
import type {Plan} from '../../journal/shapes/plan.ts';
import type {Binding} from '../keymap.ts';
import {span, type Line} from '../parts/line.ts';
import {stillInvalid} from '../panels/outcome/state.ts';
import {failedOutcome, type ConsoleState, type ReviewAnswer} from '../state.ts';
import {ask, free} from './reasons.ts';

export const actionKeys: Binding[] = [
	{
		id: 'backup', keys: ['b'], says: 'take a backup and verify it', short: 'backup', group: 'actions', refuse: free,
		run: doing => confirm(doing, {title: 'Take a backup', says: 'take it', words: ['pg_dump reads every table under a snapshot; it blocks DDL on them until it is done.', 'One session more counts the rows of tables that are not too large for it (backup.count_rows).', 'It is listed, read through and hashed before it counts.'], command: {command: 'backup', params: {}, done: 'the backup is taken'}}),
	},
	{
		id: 'review', keys: ['s'], says: 'review the SQL of the pending revisions', short: 'review', group: 'actions', refuse: ask,
		run(doing) {
			doing.dispatch({type: 'view', view: 'review'});
			doing.query<ReviewAnswer>({command: 'review', params: {}}, answer => doing.dispatch({type: 'review', answer}));
		},
	},
	{
		id: 'rehearse', keys: ['r'], says: 'rehearse upgrade, downgrade and upgrade on a restored copy', short: 'rehearse', group: 'actions', refuse: free,
		run: doing => confirm(doing, {title: 'Rehearse on a copy', says: 'rehearse', words: ['The backup is restored into a server of its own; upgrade, downgrade and upgrade run there and are compared.', 'The target itself is only read.'], command: {command: 'rehearse', params: {}, done: 'the rehearsal is done: 4 shows it'}}),
	},
	{
		id: 'approve', keys: ['a'], says: 'approve the current plan by its digest', short: 'approve', group: 'actions', refuse: ask,
		run: doing => doing.query<Plan>({command: 'plan', params: planned(doing)}, plan => confirm(doing, {
			title: `Approve the plan ${plan.digest.slice(0, 16)}`, says: `approve as ${doing.state().by}`, body: confirmWords.plan(plan), words: ['The approval counts for this digest only: any change of a file, of the SQL or of the target voids it.'],
			command: {command: 'approve', params: {by: doing.state().by, digest: plan.digest}, done: `approved ${plan.digest.slice(0, 16)}`},
		})),
	},
	{
		id: 'upgrade', keys: ['u'], says: 'upgrade the database', short: 'upgrade', group: 'actions', refuse: free,
		// The whole path is only looked at, to choose from: it must not become the aim of a run whose items are about another.
		run: doing => doing.query<Plan>({command: 'plan', params: {action: 'upgrade', look: true}}, plan => {
			const {run} = doing.state();
			if (!run) return;
			if (plan.revisions.length === 0) return doing.say('there is nothing to upgrade: the database is at the head already');
			doing.dispatch({type: 'dialog', dialog: pickUpgrade(run, plan)});
		}),
	},
	{
		id: 'downgrade', keys: ['d'], says: 'downgrade: take revisions back', short: 'downgrade', group: 'actions', refuse: state => free(state) ?? (state.run ? undefined : 'no run is open'),
		run(doing) {
			const {run} = doing.state();
			if (run) doing.dispatch({type: 'dialog', dialog: pickDowngrade(run)});
		},
	},
	{
		id: 'maintain', keys: ['v'], says: 'VACUUM (ANALYZE) of the touched tables', short: 'vacuum', group: 'actions', refuse: free,
		run: doing => confirm(doing, {title: 'VACUUM (ANALYZE) of the touched tables', says: 'run it', words: ['It takes no lock that stops reads or writes, but it costs I/O.'], command: {command: 'maintain', params: {confirmed: true}, done: 'the tables are vacuumed and analysed'}}),
	},
	{
		id: 'drop-invalid', keys: ['D'], says: 'drop an invalid index that a failed CONCURRENTLY left behind', short: 'drop invalid', group: 'actions',
		when: state => invalidLeft(state) !== undefined, refuse: free,
		run(doing) {
			const index = invalidLeft(doing.state());
			if (index === undefined) return;
			confirm(doing, {
				title: `Drop the invalid index ${index}`, says: 'drop it', words: [`DROP INDEX CONCURRENTLY ${index}: it waits for older transactions on the table, and keeps nobody waiting.`, 'It is looked at once more right before: a valid index is never dropped.'],
				command: {command: 'maintain', params: {dropInvalid: index, confirmed: true}, done: `${index} is gone: u tries again`},
			});
		},
	},
	{
		id: 'hold', keys: ['p'], says: 'hold at the next safe point, or let it go on', short: 'hold', group: 'actions',
		when: state => Boolean(state.run?.running), refuse: ask,
		run(doing) {
			const running = doing.state().run?.running;
			const held = Boolean(running?.heldSince ?? running?.holdWanted);
			doing.ask(held ? {command: 'continue', params: {}, done: 'it goes on'} : {command: 'hold', params: {}, done: 'it holds at its next safe point'});
		},
	},
	{
		id: 'close', keys: [], says: 'close the run and write its report', group: 'actions', refuse: free,
		run: doing => confirm(doing, {title: 'Close the run', says: 'close it', words: ['The report is written; nothing more is decided in this run.'], command: {command: 'close', params: {}, done: 'the run is closed'}}),
	},
	{
		id: 'abandon', keys: [], says: 'abandon the run, with a reason', group: 'actions', refuse: free,
		run: doing => doing.dispatch({type: 'dialog', dialog: {kind: 'form', title: 'Abandon the run', body: [], cursor: 0, fields: [{name: 'reason', label: 'Reason', value: '', required: true}], command: {command: 'abandon', params: {}, done: 'the run is abandoned'}}}),
	},
];

function confirm(doing: Doing, {words, body = [], ...given}: Pick<Confirm, 'title' | 'says' | 'command'> & {words: string[]; body?: readonly Line[]}): void {
	const {run} = doing.state();
	doing.dispatch({type: 'dialog', dialog: {kind: 'confirm', top: 0, ...given, body: [...(run ? confirmWords.place(run) : []), ...body, ...words.map(text => [span(text, 'plain')])]}});
}

/** The invalid index that the last failure left, if it is still there. */
function invalidLeft(state: ConsoleState): string | undefined {
	const failed = failedOutcome(state.run);
	return failed ? stillInvalid(state.run, failed)[0] : undefined;
}

/** The plan that stands, made anew, so that its digest is of now. */
function planned(doing: Doing): Record<string, unknown> {
	const plan = doing.state().run?.plan;
	return plan ? {action: plan.action, ...(plan.to.length > 0 && {revision: plan.to.join(' ')})} : {action: 'upgrade'};
}
