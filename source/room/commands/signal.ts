/** signal: cancels or terminates a backend of the server, checked by pid and backend_start. */
import {z} from 'zod';
import {isProduction} from '../../actions/policy.ts';
import {Refusal} from '../../journal/refusal.ts';
import {cancelBackend} from '../../postgres/signal.ts';
import {roomCommand} from './command.ts';

export const signal = roomCommand({
	name: 'signal',
	says: 'cancels or terminates a session, if it is still the one that was seen',
	decides: true,
	urgent: true,
	params: z.object({pid: z.number().int().positive(), backendStart: z.string(), terminate: z.boolean().default(false), confirm: z.string().optional(), reason: z.string().optional()}),
	async run(room, {pid, backendStart, terminate, confirm, reason}, asker) {
		const {target} = room.state();
		if (terminate && isProduction(target.environment) && confirm !== target.database) {
			throw new Refusal(3, `To terminate a session of ${target.database} (${target.environment}) needs the database's name to be typed.`);
		}
		const answer = await cancelBackend(await room.target.session(), {pid, backendStart, terminate});
		if (answer.result === 'denied') throw new Refusal(2, answer.reason);
		room.open(asker.by);
		room.keeper.record('backend-cancelled', asker.by, {pid, backendStart, terminate, accepted: answer.result === 'accepted', reason: reason ?? `${asker.by} asked for it`});
		return {done: answer.result === 'accepted', reason: answer.reason};
	},
});
