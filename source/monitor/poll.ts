/** One poll: all statements in one round trip and one short transaction. */
import {answerWithinMs, type MonitorSession, type Row} from './connection.ts';
import {pollQueries, type PollQueryName, type PollReadings} from './queries/index.ts';
import type {PollContext, PollQuery} from './queries/query.ts';

/** What one poll read; null where the server refuses the statement. `instance` is always there. */
export type Poll = {[N in PollQueryName]: PollReadings[N] | null} & Pick<PollReadings, 'instance'>;

/** Statements that this server refuses, with its reason; kept by the caller as long as the connection lives. */
export type RefusedQueries = Map<PollQueryName, string>;

const names = Object.keys(pollQueries) as PollQueryName[];

/**
 * Reads everything. Several statements in one text are one transaction, so that the copy of the sessions' state is made
 * once, and it ends with the text, so that no snapshot stays. When the server refuses one of them (a fork, a
 * revoked function), that one is left out from then on.
 * @throws the driver's error when nothing can be read
 */
export async function queryPoll({session, context, refused}: {session: MonitorSession; context: PollContext; refused: RefusedQueries}): Promise<Poll> {
	const wanted = names.filter(name => !refused.has(name));
	const texts = wanted.map(name => pollQueries[name].text(context));
	try {
		const results = await session.multi(texts.join(';\n'), {timeoutMs: answerWithinMs});
		return parsePoll(new Map(wanted.map((name, index) => [name, results[index] ?? []])));
	} catch (error) {
		if (!isRefusal(error)) throw error;
	}

	const results = new Map<PollQueryName, Row[]>();
	for (const [index, name] of wanted.entries()) {
		try {
			results.set(name, (await session.multi(texts[index]!, {timeoutMs: answerWithinMs}))[0] ?? []);
		} catch (error) {
			if (!isRefusal(error) || name === 'instance') throw error;
			refused.set(name, (error as Error).message);
		}
	}

	return parsePoll(results);
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
