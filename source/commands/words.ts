/** Plans and outcomes in words, for people on a terminal; pure. */
import type {Outcome} from '../journal/shapes/outcome.ts';
import type {Plan, WayBack} from '../journal/shapes/plan.ts';

export function describePlan(plan: Plan): string {
	const {target} = plan;
	const lines = [
		`${plan.action} of ${target.database} on ${target.host}:${target.port} as ${target.role} (${target.environment === 'unknown' ? 'unknown, counts as production' : target.environment}; from ${target.source})`,
		`${plan.from.join(', ') || 'base'} → ${plan.to.join(', ') || 'base'}, ${plan.revisions.length} ${plan.revisions.length === 1 ? 'revision' : 'revisions'}:`,
		...plan.revisions.map(each => `  ${each.revision}  ${each.doc}${each.sql ? '' : `  (no SQL: ${each.reason})`}`),
		...(plan.commitPoints.length > 0 ? ['Commit points, after which a failure no longer takes everything back:'] : ['One transaction: a failure takes everything back.']),
		...plan.commitPoints.map(point => `  in or after ${point.after}: ${point.why}; a failure in it or later leaves ${point.then}`),
		...plan.warnings.map(warning => `Warning: ${warning}`),
		...(plan.unstable.length > 0 ? [`Not in the digest, since it comes out differently each time: ${plan.unstable.join(', ')}`] : []),
		...(plan.estimate ? [`Estimate: ${plan.estimate.seconds.toFixed(1)} s (${plan.estimate.basis})`] : []),
		...(plan.restorePoint ? [plan.restorePoint.name === null ? `No restore point is made first: ${plan.restorePoint.why ?? 'unknown why'}` : `A restore point is made first: ${plan.restorePoint.name}`] : []),
		...plan.wayBack.map(way => `Way back: ${describeWayBack(way)}`),
		plan.unmet.length === 0 ? 'Every item before its hold point is satisfied.' : `${plan.unmet.length} items before its hold point are not satisfied: ${plan.unmet.slice(0, 5).map(item => item.id).join(', ')}${plan.unmet.length > 5 ? ', …' : ''}`,
		`SQL: ${plan.sql}`,
		`Digest: ${plan.digest}`,
	];
	return lines.join('\n');
}

export function describeWayBack(way: WayBack): string {
	return `${way.kind}${way.to === undefined ? '' : ` to the restore point ${way.to}`}${way.seconds === undefined ? '' : `, ${way.seconds.toFixed(1)} s measured`}${way.loses ? `; loses ${way.loses}` : ''}`;
}

export function describeOutcome(outcome: Outcome): string {
	const lines = [
		`${outcome.action} ${outcome.status}: ${outcome.reason}`,
		...outcome.revisions.map(each => `  ${each.revision}  ${each.seconds.toFixed(2)} s`),
		...(outcome.attempts > 1 ? [`${outcome.attempts} attempts`] : []),
		...outcome.guard.map(act => `guard at ${act.at}, ${act.rule}: ${act.reason}; ${act.did}`),
		...outcome.database.left.map(left => `left behind: ${left}`),
		...outcome.database.invalidIndexes.map(index => `invalid index: ${index} (holdpoint maintain --drop-invalid ${index} drops it concurrently; then try again)`),
		`${outcome.seconds.toFixed(1)} s in all`,
	];
	return lines.join('\n');
}
