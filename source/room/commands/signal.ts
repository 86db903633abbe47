/** signal, signal-all: cancel or terminate sessions of the server, checked by pid and backend_start. */
import {z} from 'zod';
import {isProduction} from '../../actions/policy.ts';
import {Refusal} from '../../journal/refusal.ts';
import {cancelBackend, type Backend, type SignalAnswer} from '../../postgres/signal.ts';
import type {Listener, Room} from '../room.ts';
import {roomCommand} from './command.ts';

const backend = z.object({pid: z.number().int().positive(), backendStart: z.string().max(64)});
const how = z.object({terminate: z.boolean().default(false), confirm: z.string().optional(), reason: z.string().optional()});

export const signal = roomCommand({
	name: 'signal',
	says: 'cancels or terminates a session, if it is still the one that was seen',
	decides: true,
	urgent: true,
	params: how.extend(backend.shape),
	async run(room, {pid, backendStart, ...given}, asker) {
		mustBeConfirmed(room, given);
		const answer = await send(room, {pid, backendStart}, {...given, asker});
		if (answer.result === 'denied') throw new Refusal(2, answer.reason);
		return {done: answer.result === 'accepted', reason: answer.reason};
	},
});

export const signalAll = roomCommand({
	name: 'signal-all',
	says: 'cancels or terminates several sessions, each if it is still the one that was seen',
	decides: true,
	urgent: true,
	params: how.extend({sessions: z.array(backend).min(1).max(200)}),
	async run(room, {sessions, ...given}, asker) {
		mustBeConfirmed(room, given);
		const told: {pid: number; result: SignalAnswer['result'] | 'refused'; reason: string}[] = [];
		for (const each of sessions) {
			try {
				told.push({pid: each.pid, ...await send(room, each, {...given, asker})});
			} catch (error) {
				// One that may not be ended is no reason to leave the others.
				if (!(error instanceof Refusal)) throw error;
				told.push({pid: each.pid, result: 'refused', reason: error.message});
			}
		}

		const accepted = told.filter(({result}) => result === 'accepted').length;
		const others = told.filter(({result}) => result !== 'accepted');
		const verb = given.terminate ? 'terminated' : 'cancelled';
		return {done: accepted > 0, told, reason: `${accepted} of ${told.length} ${verb}${others.length > 0 ? `; not: ${others.map(({reason}) => reason).slice(0, 3).join(' ')}` : ''}`};
	},
});

/** @throws Refusal 3 when the database's name is missing */
function mustBeConfirmed(room: Room, {terminate, confirm}: z.infer<typeof how>): void {
	const {target} = room.state();
	if (terminate && isProduction(target.environment) && confirm !== target.database) {
		throw new Refusal(3, `To terminate a session of ${target.database} (${target.environment}) needs the database's name to be typed.`);
	}
}

/** @throws Refusal 3 for the migration's own session and for holdpoint's */
async function send(room: Room, {pid, backendStart}: Backend, {terminate, reason, asker}: z.infer<typeof how> & {asker: Listener}): Promise<SignalAnswer> {
	const {running} = room.state();
	if (running?.backend?.pid === pid && running.backend.backendStart === backendStart) throw new Refusal(3, `pid ${pid} is the migration itself: x and X stop it, and read back what it left.`);
	const session = await room.target.session();
	const [own] = await session.query<{application: string}>(`SELECT application_name AS application FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz AND application_name LIKE 'holdpoint%'`, [pid, backendStart]);
	if (own) throw new Refusal(3, `pid ${pid} is holdpoint's own (${own.application}).`);
	const answer = await cancelBackend(session, {pid, backendStart, terminate});
	if (answer.result === 'denied') return answer;
	room.open(asker.by);
	room.keeper.record('backend-cancelled', asker.by, {pid, backendStart, terminate, accepted: answer.result === 'accepted', reason: reason ?? `${asker.by} asked for it`, answer: answer.reason});
	return answer;
}
