/** What a console may ask of a recording, in the words that it asks a room with; all else is refused. */
import {markOf} from '../../journal/marks.ts';
import {Refusal} from '../../journal/refusal.ts';
import type {SessionQuery} from '../../postgres/explain.ts';
import type {PastAnswer, RoomClient} from '../../room/protocol.ts';
import {chosenSession} from '../panels/live/state.ts';
import type {Store} from '../store.ts';
import {replayReason} from './state.ts';
import type {Tape} from './tape.ts';

/** The sampler keeps so much of a query. */
const recordedCharacters = 400;

export function tapeClient({store, tape}: {store: Store; tape: Tape}): RoomClient {
	const answers: Record<string, (params: Record<string, unknown>) => unknown> = {
		async history({from, to, most}): Promise<PastAnswer> {
			const range = {from: Number(from), to: Number(to)};
			const events = tape.timeline.slice(tape.timeline.count(range.from), tape.timeline.count(range.to));
			return {...range, points: await tape.figures.points({...range, most: Number(most)}), marks: events.flatMap(event => markOf(event) ?? []), begins: tape.figures.begins()};
		},
		session(): SessionQuery {
			const query = chosenSession(store.state())?.query;
			if (query === undefined || query === null) throw new Refusal(2, 'The recording has no query of this session.');
			return {query, complete: query.length < recordedCharacters, limitBytes: recordedCharacters, database: null};
		},
	};
	return {
		async ask<T>(command: string, params: Record<string, unknown> = {}): Promise<T> {
			const answer = answers[command];
			if (!answer) throw new Refusal(3, `No: ${replayReason}.`);
			return await answer(params) as T;
		},
		listen: () => () => {},
		gone: new Promise(() => {}),
		close() {},
	};
}
