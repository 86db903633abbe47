/** The sentences that confirmations share: where it happens, what is not satisfied, commit points, the way back. */
import type {Plan} from '../../journal/shapes/plan.ts';
import type {RunState} from '../../journal/shapes/run.ts';
import {plural, revisions, seconds} from '../parts/figures.ts';
import {line, span, type Line} from '../parts/line.ts';
import {wayBackWords} from '../panels/header/view.ts';
import {environmentLook} from '../theme.ts';

export const confirmWords = {
	/** Environment, host, database, role: always first, so that the eye finds it. */
	place(run: RunState): Line[] {
		const {target} = run;
		const look = environmentLook[target.environment];
		return [[span(` ${look.word} `, look.tone), span('  '), span(target.database, 'strong'), span(` on ${target.host}:${target.port} as ${target.role}`)], []];
	},

	/** A plan as a person wants to have it read out before the window. */
	plan(plan: Plan): Line[] {
		return [
			[span(`${plan.action} `, 'dim'), span(`${revisions(plan.from)} to ${revisions(plan.to)}`, 'strong'), span(`, ${plural(plan.revisions.length, 'revision')}`), span(plan.estimate ? `, about ${seconds(plan.estimate.seconds)} (${plan.estimate.basis})` : ', duration never measured', 'dim')],
			...plan.revisions.map(({revision, doc, sql, reason}) => [span(`   ${revision}  `, 'strong'), span(doc), ...(sql ? [] : [span(`  no SQL to review: ${reason ?? 'unknown why'}`, 'warn')])]),
			[span('digest ', 'dim'), span(plan.digest.slice(0, 16), 'strong'), span(plan.unstable.length > 0 ? `, left out as it differs each time: ${plan.unstable.join(', ')}` : '', 'warn')],
			[],
			...commitLines(plan),
			[span('way back  ', 'dim'), span(plan.wayBack.length > 0 ? plan.wayBack.map(wayBackWords).join('; or ') : 'none is known', plan.wayBack.length > 0 ? 'plain' : 'bad')],
			...pointLines(plan),
			...plan.warnings.map(warning => line(`! ${warning}`, 'warn')),
			...unmetLines(plan),
		];
	},
};

/** Where WAL is archived: the step before the first statement. */
function pointLines({restorePoint}: Plan): Line[] {
	if (!restorePoint) return [];
	return [restorePoint.name === null ? line(`! no restore point is made first: ${restorePoint.why ?? 'unknown why'}`, 'warn') : [span('first     ', 'dim'), span(`the restore point ${restorePoint.name} is made`)]];
}

function commitLines(plan: Plan): Line[] {
	if (plan.commitPoints.length === 0) return [line('one transaction: a failure takes everything back', 'good')];
	return plan.commitPoints.flatMap(({after, why, then}) => [
		[span('commit point ', 'dim'), span(`after ${after}`, 'strong'), span(`: ${why}`)],
		line(`   a later failure leaves: ${then}`, 'warn'),
	] as Line[]);
}

function unmetLines(plan: Plan): Line[] {
	if (plan.unmet.length === 0) return [line('every required item before this hold point is satisfied', 'good')];
	return [line(`${plural(plan.unmet.length, 'item')} not satisfied:`, 'bad'), ...plan.unmet.map(item => line(`   ${item.state}: ${item.text}`, 'warn'))];
}
