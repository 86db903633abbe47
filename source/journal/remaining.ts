/** How long a running upgrade still needs, from what its rehearsal measured of each statement; pure. */
import type {RunState, RunningAction} from './shapes/run.ts';

export interface Remaining {
	/** Of the rehearsed statements, each of its times counted, from 1: the one that runs, or the last that has ended; 0 before the first. */
	number: number;
	total: number;
	/** Of the statements whose length is known. */
	seconds: number;
	/** Statements still to come, the running one among them, whose length nobody knows. */
	unknown: number;
	/** Seconds that the running statement is over its estimate; 0 as long as it is not. */
	over: number;
	/** The running statement's own estimate, by the pace so far; null where it is not known or none runs. */
	estimate: number | null;
	/** Measured so far against estimated so far; 1 until enough has run. */
	pace: number;
}

/** Below it a pace says more of the clock than of the machine. */
const enoughSeconds = 1;

/**
 * Null where the plan that runs was not rehearsed. Waits for locks are in what was spent and never in an estimate.
 * @param now milliseconds since 1970
 */
export function remainingOf({running, rehearsal, plan}: Pick<RunState, 'running' | 'rehearsal' | 'plan'>, now: number): Remaining | null {
	if (running?.action !== 'upgrade' || !rehearsal || rehearsal.statements.length === 0 || rehearsal.digest !== plan?.digest) return null;
	const planned = rehearsal.statements.map(({sql, times = 1, seconds, estimateSeconds}): Planned => ({...counted(sql, times), seconds: estimateSeconds === undefined ? seconds : estimateSeconds}));
	const {measured, estimated, ...ended} = follow(planned, ownStatements(running));
	const pace = estimated >= enoughSeconds ? measured / estimated : 1;
	const {statement} = running;
	const found = statement && placeOf(planned, counted(statement.sql).sql, ended);
	// Of a loop some have ended that are not yet told, since they are told together.
	const current = found && {...found, done: Math.max(found.done, Math.min(found.done + statement.number - running.lastStatement - 1, planned[found.index]!.times - 1))};
	const spent = statement ? Math.max(0, (now - Date.parse(statement.startedAt)) / 1000) : 0;
	const own = current && secondsOf(planned[current.index]!, 1);
	const estimate = own === null ? null : own * pace;
	const reached = current ? {index: current.index, done: current.done + 1} : ended;
	const later = planned.slice(reached.index).map((each, index) => ({each, times: Math.max(0, each.times - (index === 0 ? reached.done : 0))}));
	const unforeseen = statement && estimate === null ? 1 : 0;
	return {
		number: countOf(planned.slice(0, reached.index)) + Math.min(reached.done, planned[reached.index]?.times ?? 0), total: countOf(planned), pace, estimate,
		seconds: later.reduce((sum, {each, times}) => sum + (secondsOf(each, times) ?? 0) * pace, estimate === null ? 0 : Math.max(0, estimate - spent)),
		unknown: later.reduce((sum, {each, times}) => sum + (each.seconds === null ? times : 0), unforeseen),
		over: estimate === null ? 0 : Math.max(0, spent - estimate),
	};
}

interface Planned {
	sql: string;
	times: number;
	/** Of all its times together; null: unknown. */
	seconds: number | null;
}

/** A planned statement, and how often it has ended of its times. */
interface Place {
	index: number;
	done: number;
}

const secondsOf = ({seconds, times}: Planned, some: number): number | null => seconds === null ? null : seconds * some / times;

const countOf = (planned: readonly Planned[]): number => planned.reduce((sum, {times}) => sum + times, 0);

/** Of the attempt that runs: an attempt before it began with the same statement. */
function ownStatements({statements, attempt}: RunningAction): RunningAction['statements'] {
	const first = statements[0]?.sql;
	return attempt <= 1 ? statements : statements.slice(statements.findLastIndex(each => each.sql === first));
}

/** Walks along the rehearsed statements with those that have ended; one that was not rehearsed is passed over. */
function follow(planned: readonly Planned[], ended: RunningAction['statements']): Place & {measured: number; estimated: number} {
	let [place, measured, estimated]: [Place, number, number] = [{index: 0, done: 0}, 0, 0];
	for (const {sql: told, seconds} of ended) {
		const {sql, times} = counted(told);
		const found = placeOf(planned, sql, place);
		if (!found) continue;
		place = found;
		// The same loop may be told in other portions here than in the rehearsal.
		for (let left = times; left > 0; place = {index: place.index + 1, done: 0}) {
			const each = planned[place.index]!;
			const take = Math.min(left, each.times - place.done);
			estimated += secondsOf(each, take) ?? 0;
			place = {...place, done: place.done + take};
			left -= take;
			// One that came more often than rehearsed belongs to the last of them.
			if (left === 0 || planned[place.index + 1]?.sql !== sql) break;
		}

		if (planned[place.index]!.seconds !== null) measured += seconds;
	}

	return {...place, measured, estimated};
}

/** Where such a statement is still to come; else the last one that has ended, if it was such. */
function placeOf(planned: readonly Planned[], sql: string, {index, done}: Place): Place | null {
	const next = planned.findIndex((each, at) => at >= index && each.sql === sql && (at > index || done < each.times));
	if (next >= 0) return next === index ? {index, done} : {index: next, done: 0};
	return planned[index]?.sql === sql ? {index, done} : null;
}

/** Without the number that the journal puts behind a statement that stands for many. */
function counted(sql: string, times = 1): {sql: string; times: number} {
	const many = / -- (\d+) times$/.exec(sql);
	return {sql: sql.slice(0, many?.index).replaceAll(/\s+/g, ' ').trim(), times: many ? Number(many[1]) : times};
}
