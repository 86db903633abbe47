/** session, explain, history: what a person wants to see of the live state beyond a sample. */
import {z} from 'zod';
import {Refusal} from '../../journal/refusal.ts';
import {explainQuery, querySessionText} from '../../postgres/explain.ts';
import {marksBetween} from '../chart-marks.ts';
import type {PastAnswer} from '../protocol.ts';
import {roomCommand} from './command.ts';

const backend = z.object({pid: z.number().int().positive(), backendStart: z.string().max(64)});

export const session = roomCommand({
	name: 'session',
	says: 'the whole text of what a session runs',
	decides: false,
	params: backend,
	run: async (room, seen) => querySessionText(await room.target.session(), seen),
});

export const explain = roomCommand({
	name: 'explain',
	says: 'the plan of what a session runs, made without running it',
	decides: false,
	params: backend,
	async run(room, seen) {
		const {query, complete, limitBytes, database} = await querySessionText(await room.target.session(), seen);
		if (!complete) throw new Refusal(2, `No plan: its text is cut off at ${limitBytes} bytes (track_activity_query_size).`);
		if (database !== room.state().target.database) throw new Refusal(2, `No plan: it runs in the database ${database ?? 'of no name'}.`);
		// The monitor's limits: it neither waits for a lock nor plans for long.
		const own = await room.target.openSession('monitor');
		try {
			return {query, ...await explainQuery(own, query)};
		} finally {
			await own.close();
		}
	},
});

export const history = roomCommand({
	name: 'history',
	says: 'the figures of the run between two times, as few points as a chart has columns',
	decides: false,
	params: z.object({from: z.number(), to: z.number(), most: z.number().int().min(10).max(600).default(400)}),
	async run(room, {from, to, most}): Promise<PastAnswer> {
		const recorded = room.watch.history;
		return {from, to, points: await recorded?.points({from, to, most}) ?? [], marks: marksBetween(room.keeper.events, from, to), begins: recorded?.begins() ?? null};
	},
});
