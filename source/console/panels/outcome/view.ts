/** The screen after a failure: what is in the database now, what still runs, the choices, whom to call. */
import type {Outcome} from '../../../journal/shapes/outcome.ts';
import {revisions, seconds} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import {contactLines} from '../contacts/view.ts';
import type {Panel} from '../panel.ts';
import {choicesAfter, databaseWords, runsStill, stillInvalid} from './state.ts';

export const outcomePanel: Panel = {
	id: 'outcome',
	title: state => (state.outcome ? [span(` ${state.outcome.action.toUpperCase()} ${state.outcome.status.toUpperCase()} `, 'bad'), span(` exit ${state.outcome.exit}, after ${seconds(state.outcome.seconds)}  `, 'dim'), span('Esc leaves, f comes back', 'dim')] : []),
	needs: state => [state.outcome, state.contacts, state.samples, state.run?.backups, state.run?.actions, state.run?.running, state.blind],
	content(state, {width}) {
		const {outcome} = state;
		if (!outcome) return {lines: []};
		const text = (words: string, tone: Tone = 'plain'): Line[] => wrap(words, width - 6).map((row, index) => line(`${index === 0 ? '   ' : '     '}${row}`, tone));
		return {
			lines: [
				...text(outcome.reason, outcome.exit === 5 ? 'bad' : 'warn'),
				...(outcome.exit === 5 ? text('A person must look before anything else is done.', 'bad') : []),
				[], heading('In the database now'),
				...databaseWords(outcome, stillInvalid(state.run, outcome)).flatMap(({words, tone}) => text(words, tone)),
				...doneLines(outcome, text),
				...waivedLines(state, outcome, text),
				[], heading('Still running'),
				...runsStill(state).flatMap(({words, tone}) => text(words, tone)),
				[], heading('What can be done'),
				...choicesAfter(state, outcome).flatMap(choice => [
					[span('   '), span(choice.key, 'key'), span(`  ${choice.says}`, 'strong')] as Line,
					...text(`   ${choice.consequence}`, 'plain'), ...(choice.command ? text(`   $ ${choice.command}`, 'dim') : []),
				]),
				[], heading('Whom to call'),
				...callLines(state),
			],
		};
	},
};

function doneLines(outcome: Outcome, text: (words: string, tone?: Tone) => Line[]): Line[] {
	const guard = outcome.guard.flatMap(act => text(`the guard acted: ${act.reason}; ${act.did}`, 'warn'));
	const failed = outcome.statements.findLast(statement => statement.sqlstate);
	const attempts = outcome.attempts > 1 ? text(`${outcome.attempts} attempts were made`, 'dim') : [];
	return [...guard, ...(failed ? text(`the statement that failed (SQLSTATE ${failed.sqlstate}, after ${seconds(failed.seconds)}): ${failed.sql.replaceAll(/\s+/g, ' ')}`, 'warn') : []), ...attempts, ...(outcome.revisions.length > 0 ? text(`executed: ${revisions(outcome.revisions.map(({revision}) => revision))}`, 'dim') : [])];
}

/** What was let pass unproven may be why it failed. */
function waivedLines({run}: ConsoleState, {action}: Outcome, text: (words: string, tone?: Tone) => Line[]): Line[] {
	const waived = run?.items.filter(item => item.state === 'waived' && (item.holds as string[]).includes(action)) ?? [];
	return waived.flatMap(item => text(`waived by ${item.by ?? 'nobody known'} (${item.note ?? 'no reason kept'}): ${item.text}`, 'warn'));
}

function callLines(state: ConsoleState): Line[] {
	return state.contacts && state.contacts.length > 0 ? contactLines(state.contacts).map(row => [span('  '), ...row]) : [line('   nobody is named in the checklist or in holdpoint.yaml', 'warn')];
}

function heading(words: string): Line {
	return line(` ${words}`, 'title');
}
