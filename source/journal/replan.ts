/** What a new plan makes of the items: evidence of another upgrade is none of this one; pure. */
import {satisfiedStates, type Item} from './shapes/item.ts';
import type {Plan} from './shapes/plan.ts';

/**
 * The items once an upgrade was planned. Seals were for an upgrade that has run: without this they would carry the next
 * one past its hold point with nothing proven of it. A downgrade is the way back of what is sealed and leaves all as it is.
 * @param at ISO 8601 time of the plan
 */
export function replan(items: readonly Item[], {action, digest}: Pick<Plan, 'action' | 'digest'>, at: string): Item[] {
	return action === 'upgrade' ? items.map(item => replanned(item, digest, at)) : [...items];
}

function replanned({sealed, ...item}: Item, digest: string, at: string): Item {
	if (!satisfiedStates.has(item.state)) return item;
	const stale = (reason: string): Item => ({...item, state: 'stale', stale: reason, at});
	const plan = item.context?.['plan'];
	// What a person let pass for one plan is not let pass for another: they are asked again, with their words still there.
	if (item.state === 'waived' && (plan !== undefined || sealed)) return plan === digest ? {...item, ...(sealed && {sealed})} : stale(`it was waived by ${item.by ?? 'somebody'} for another plan (${item.note ?? 'no reason kept'}): waive it for this one, or prove it`);
	if (plan === undefined) return item;
	return plan === digest ? {...item, ...(sealed && {sealed})} : stale('the plan is another one since then');
}
