/** `holdpoint plan`: what an upgrade or downgrade would do. */
import {Refusal} from '../journal/refusal.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import type {Command} from './command.ts';
import {describePlan} from './words.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'plan [upgrade|downgrade] [REVISION]',
	says: 'What an upgrade (default: to head) or a downgrade would do: path, SQL, commit points, digest, way back.',
	words: 2,
	async run(call) {
		const {output} = call;
		const plan = await withRoom(call, {plans: true}, client => client.ask<Plan>('plan', wantedOf(call.input)));
		if (output.json) output.document(plan);
		output.text(plan.revisions.length > 0 ? describePlan(plan) : `The database is at ${plan.from.join(', ') || 'base'} already; there is nothing to ${plan.action}.`);
		return 0;
	},
};

/** The action may be left out: `plan 3f2a` is `plan upgrade 3f2a`. @throws Refusal 2 */
function wantedOf(words: readonly string[]): {action: Plan['action']; revision?: string} {
	const [first, second] = words;
	if (first === 'upgrade' || first === 'downgrade') {
		if (first === 'downgrade' && second === undefined) throw new Refusal(2, 'A downgrade needs the revision to go back to: holdpoint plan downgrade REVISION.');
		return {action: first, ...(second !== undefined && {revision: second})};
	}
	if (second !== undefined) throw new Refusal(2, `The action is upgrade or downgrade, not ${JSON.stringify(first)}: holdpoint plan [upgrade|downgrade] [REVISION].`);
	return {action: 'upgrade', ...(first !== undefined && {revision: first})};
}
