/** One poll: all statements in one round trip and one short transaction. */
import {answerWithinMs, type MonitorSession, type Row} from './connection.ts';
import {pollQueries, type PollQueryName, type PollReadings} from './queries/index.ts';
import type {PollContext, PollQuery} from './queries/query.ts';

/** What one poll read; null where the server refuses the statement, or it was not its turn. `instance` is always there. */
export type Poll = {[N in PollQueryName]: PollReadings[N] | null} & Pick<PollReadings, 'instance'>;

/** Statements that this server refuses, with its reason and SQLSTATE. */
export type RefusedQueries = Map<PollQueryName, {reason: string; code: string}>;

/** What is known of one connection; a new one starts anew. */
export interface PollState {
	refused: RefusedQueries;
	/** Text of each statement as the server has it prepared; null: not known after an error. */
	prepared: Map<PollQueryName, string> | null;
	/** How many polls were asked. */
	polls: number;
}

export const newPollState = (): PollState => ({refused: new Map(), prepared: new Map(), polls: 0});

/** SQLSTATE of a right that is missing. */
export const insufficientPrivilege = '42501';
const pollsBetweenRights = 15;

const names = Object.keys(pollQueries) as PollQueryName[];

/**
 * Reads everything. Several statements in one text are one transaction, so that the copy of the sessions' state is made
 * once, and it ends with the text, so that no snapshot stays. They are prepared in the first poll, since planning them
 * costs the server more than running them. When it refuses one (a fork, a revoked function), that one is left out from then on,
 * and where it is a right that is missing, asked again now and then: somebody may have granted it.
 * @throws the driver's error when nothing can be read
 */
export async function queryPoll({session, context, state}: {session: MonitorSession; context: PollContext; state: PollState}): Promise<Poll> {
	if (state.polls % pollsBetweenRights === 0) for (const [name, {code}] of state.refused) if (code === insufficientPrivilege) state.refused.delete(name);
	const texts = new Map(names.filter(name => !state.refused.has(name) && isDue(name, {context, polls: state.polls})).map(name => [name, pollQueries[name].text(context)]));
	state.polls++;
	const statements = prepare(state, texts);
	try {
		const results = await session.multi(statements.map(({text}) => text).join(';\n'), {timeoutMs: answerWithinMs});
		return parsePoll(new Map(statements.flatMap(({name}, index) => name ? [[name, results[index] ?? []]] : [])));
	} catch (error) {
		state.prepared = null;
		if (!isRefusal(error)) throw error;
	}

	const results = new Map<PollQueryName, Row[]>();
	for (const [name, text] of texts) {
		try {
			results.set(name, (await session.multi(text, {timeoutMs: answerWithinMs}))[0] ?? []);
		} catch (error) {
			if (!isRefusal(error) || name === 'instance') throw error;
			const {message, code} = error as Error & {code: string};
			state.refused.set(name, {reason: message, code});
		}
	}

	return parsePoll(results);
}

/** Its turn has come, and there is something to ask about. */
function isDue(name: PollQueryName, {context, polls}: {context: PollContext; polls: number}): boolean {
	const {everyPolls}: PollQuery<unknown> = pollQueries[name];
	return (everyPolls === undefined || polls % everyPolls === 0) && (name !== 'tables' || (context.tables?.length ?? 0) > 0);
}

/** The statements of a poll; those with a name answer for that query, the others only prepare. */
function prepare(state: PollState, texts: Map<PollQueryName, string>): {name: PollQueryName | null; text: string}[] {
	const statements: {name: PollQueryName | null; text: string}[] = state.prepared ? [] : [{name: null, text: 'DEALLOCATE ALL'}];
	const prepared = state.prepared ??= new Map();
	for (const [name, text] of texts) {
		if (prepared.has(name) && prepared.get(name) !== text) statements.push({name: null, text: `DEALLOCATE holdpoint_${name}`});
		if (prepared.get(name) !== text) statements.push({name: null, text: `PREPARE holdpoint_${name} AS ${text}`});
		prepared.set(name, text);
		statements.push({name, text: `EXECUTE holdpoint_${name}`});
	}

	return statements;
}

function parsePoll(results: Map<PollQueryName, Row[]>): Poll {
	return Object.fromEntries(names.map(name => {
		const rows = results.get(name);
		return [name, rows ? (pollQueries[name] as PollQuery<unknown>).parse(rows) : null];
	})) as Poll;
}

/** Data that can't be represented, features not supported, syntax and rights: what will not be better at the next poll. */
function isRefusal(error: unknown): boolean {
	const {code} = error as {code?: unknown};
	return typeof code === 'string' && /^(0A|22|42)...$/.test(code);
}
