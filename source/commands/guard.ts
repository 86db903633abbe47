/** `holdpoint guard`: shows or changes the limits that the guard acts by, also while it runs. */
import {Refusal} from '../journal/refusal.ts';
import type {GuardPolicy} from '../journal/shapes/run.ts';
import {changePolicy, describePolicy} from '../room/guard-policy.ts';
import {readRuns} from './choose-run.ts';
import type {Call, Command} from './command.ts';
import {findRoom} from '../room/find-room.ts';
import {formatTable} from './table.ts';

export const command: Command = {
	usage: 'guard [KEY VALUE]',
	says: 'Shows the guard\'s limits, or changes one for the run at work: guard max_blocked_seconds 5; off switches one off.',
	words: 2,
	needs: 'settings',
	async run(call) {
		const {output, settings} = call;
		const [key, value] = call.input;
		if (key !== undefined && value === undefined) throw new Refusal(2, `${key} needs its value: holdpoint guard ${key} VALUE, or off.`);
		// A wrong key is told apart from a room that is not there.
		if (key !== undefined) changePolicy(settings.guard, key, value as string);
		const room = await findRoom(call);
		try {
			if (key !== undefined && !room) throw new Refusal(3, `No room is at work for this project, so there is no guard to change; \`guard: {${key}: ${value}}\` in holdpoint.yaml counts for new runs.`);
			const guard = room ? await room.client.ask<GuardPolicy>('guard', {key, value}) : policyAtRest(call);
			const reason = key === undefined ? (room ? 'The limits of the run at work.' : 'No room is at work; these are the limits that would count.') : `${key} is ${value} now.`;
			if (output.json) output.document({done: key !== undefined, reason, guard, configured: settings.guard});
			output.text(`${formatTable(markChanged(guard, settings.guard))}\n${reason}`);
			return 0;
		} finally {
			room?.client.close();
		}
	},
};

/** Each limit; one that was changed since with what it was configured as. */
function markChanged(guard: GuardPolicy, configured: GuardPolicy): string[][] {
	const before = new Map(describePolicy(configured));
	return describePolicy(guard).map(([key, value]) => (before.get(key) === value ? [key, value] : [key, value, `changed, configured ${before.get(key)}`]));
}

/** Those of the open run, which keeps what it was opened with; else the configured ones. */
function policyAtRest({settings}: Call): GuardPolicy {
	return readRuns(settings.stateDir).findLast(({state}) => state.state === 'open' && state.project === settings.project)?.state.guard ?? settings.guard;
}
