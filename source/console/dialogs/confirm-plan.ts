/** Choosing the revision to go to, and the confirmation of an upgrade or downgrade. */
import type {Plan} from '../../journal/shapes/plan.ts';
import type {RunState} from '../../journal/shapes/run.ts';
import {plural, revisions} from '../parts/figures.ts';
import {line, span, type Line} from '../parts/line.ts';
import {inProduction, type ConsoleState} from '../state.ts';
import type {Confirm, Pick} from './dialog.ts';
import {confirmWords} from './words.ts';

/** Which of the pending revisions to go up to; the run's aim is offered, else the last one. */
export function pickUpgrade(run: RunState, plan: Plan): Pick {
	const aim = plan.revisions.findLastIndex(({revision}) => run.aim.includes(revision));
	return {
		kind: 'pick', then: 'upgrade-to', title: 'Upgrade to which revision?', cursor: aim >= 0 ? aim : plan.revisions.length - 1,
		body: [...confirmWords.place(run), line(`now at ${revisions(plan.from)}; everything up to the chosen one is applied`, 'dim')],
		rows: plan.revisions.map(({revision, doc}, index) => ({value: revision, line: [span(revision, 'strong'), span(`  ${doc}`), span(`${index === plan.revisions.length - 1 ? '  (the head)' : ''}${index === aim ? '  (the run\'s aim)' : ''}`, 'dim')]})),
	};
}

/** Where to go back to: what the last upgrade came from, and the revisions on the way. */
export function pickDowngrade(run: RunState): Pick {
	const last = run.actions.findLast(outcome => outcome.action === 'upgrade');
	const from = last?.from.length ? last.from : ['base'];
	const known = run.plan?.revisions ?? [];
	const now = last?.database.version ?? run.from;
	const between = known.slice(0, Math.max(0, known.findIndex(({revision}) => now.includes(revision))));
	return {
		kind: 'pick', then: 'downgrade-to', title: 'Downgrade to which revision?', cursor: 0,
		body: [...confirmWords.place(run), line(`now at ${revisions(now)}; everything after the chosen one is taken back`, 'dim')],
		rows: [
			{value: from.join(' '), line: [span(revisions(from), 'strong'), span(last ? '  where the last upgrade came from' : '  the very beginning', 'dim')]},
			...between.map(({revision, doc}) => ({value: revision, line: [span(revision, 'strong'), span(`  ${doc}`)] as Line})),
		],
	};
}

/** Shows the plan; in production an upgrade, and everywhere a downgrade, wants the database's name typed. */
export function confirmPlan(state: ConsoleState, run: RunState, plan: Plan): Confirm {
	const typed = plan.action === 'downgrade' || inProduction(state);
	const refused = plan.unmet.length > 0 && inProduction(state) ? `The hold point before ${plan.action} stands: ${plural(plan.unmet.length, 'item')} not satisfied. Check, attest or waive them; n goes to the next.` : undefined;
	return {
		kind: 'confirm', top: 0,
		title: `${plan.action === 'upgrade' ? 'Upgrade' : 'Downgrade'} ${run.target.database} to ${revisions(plan.to)}`,
		body: [...confirmWords.place(run), ...confirmWords.plan(plan), ...waivedWords(run, plan.action), ...holdWords(state)],
		...(refused && {refused}),
		...(typed && {typed: {want: run.target.database, text: ''}}),
		says: plan.action,
		command: {
			command: plan.action, done: `${plan.action} finished`,
			params: {revision: plan.to.length > 0 ? plan.to.join(' ') : 'base', expect: plan.digest, confirmed: true},
		},
	};
}

/** What persons let pass unproven, with their names and reasons; there to be read once more. */
function waivedWords(run: RunState, hold: Plan['action']): Line[] {
	const waived = run.items.filter(item => item.state === 'waived' && item.holds.includes(hold));
	return waived.length === 0 ? [] : [line(`${plural(waived.length, 'item')} waived:`, 'warn'), ...waived.map(item => line(`   ${item.text} (${item.by ?? 'nobody known'}: ${item.note ?? 'no reason kept'})`, 'warn'))];
}

function holdWords(state: ConsoleState): Line[] {
	return state.room?.inProcess ? [line('! the room lives in this terminal: closing it ends the run', 'bad')] : [line('it runs on when this terminal is closed', 'dim')];
}
