/** guard: shows or changes the limits that the guard acts by, also while it runs. */
import {z} from 'zod';
import {changePolicy} from '../guard-policy.ts';
import {roomCommand} from './command.ts';

export const guard = roomCommand({
	name: 'guard',
	says: 'shows or changes the guard\'s limits',
	decides: false,
	params: z.object({key: z.string().optional(), value: z.string().optional()}),
	run(room, {key, value}, asker) {
		const policy = room.state().guard;
		if (key === undefined || value === undefined) return policy;
		room.actions.mustBeAllowed(asker);
		const changed = changePolicy(policy, key, value);
		room.open(asker.by);
		room.keeper.record('guard-changed', asker.by, {guard: changed, key, value});
		return changed;
	},
});
