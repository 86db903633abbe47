/** cancel, hold, continue: what anyone may do to the action that runs, from any shell. */
import {z} from 'zod';
import {isProduction} from '../../actions/policy.ts';
import {Refusal} from '../../journal/refusal.ts';
import {roomCommand} from './command.ts';

export const cancel = roomCommand({
	name: 'cancel',
	says: 'stops the running action by cancelling its backend; terminate ends its session',
	decides: true,
	urgent: true,
	params: z.object({terminate: z.boolean().default(false), confirm: z.string().optional(), reason: z.string().optional()}),
	async run(room, {terminate, confirm, reason}, asker) {
		const {target} = room.state();
		if (terminate && isProduction(target.environment) && confirm !== target.database) {
			throw new Refusal(3, `To terminate a session of ${target.database} (${target.environment}) needs the database's name: --confirm ${target.database}.`);
		}
		return room.actions.cancel({terminate, by: asker.by, reason: reason ?? `${asker.by} asked for it`});
	},
});

export const hold = roomCommand({
	name: 'hold',
	says: 'holds the running migration at its next safe point, where no transaction is open',
	decides: true,
	urgent: true,
	params: z.object({}),
	run: (room, _, asker) => room.actions.hold(asker.by),
});

export const proceed = roomCommand({
	name: 'continue',
	says: 'lets a held migration go on',
	decides: true,
	urgent: true,
	params: z.object({}),
	run: (room, _, asker) => room.actions.proceed(asker.by),
});
