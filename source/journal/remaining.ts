/** How long a running upgrade still needs, from what its rehearsal measured of each statement; pure. */
import type {Rehearsal} from './shapes/rehearsal.ts';
import type {RunState, RunningAction} from './shapes/run.ts';

export interface Remaining {
	/** Of the rehearsed statements, from 1: the one that runs, or the last that has ended; 0 before the first. */
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
	const planned = rehearsal.statements.map(each => ({sql: plain(each.sql), seconds: each.estimateSeconds === undefined ? each.seconds : each.estimateSeconds}));
	const {next, measured, estimated} = follow(planned, ownStatements(running));
	const pace = estimated >= enoughSeconds ? measured / estimated : 1;
	const current = running.statement === null ? null : placeOf(planned, plain(running.statement.sql), next);
	const spent = running.statement === null ? 0 : Math.max(0, (now - Date.parse(running.statement.startedAt)) / 1000);
	const own = current === null ? null : planned[current]!.seconds;
	const estimate = own === null ? null : own * pace;
	const later = planned.slice(current === null ? next : current + 1);
	const unforeseen = running.statement !== null && estimate === null ? 1 : 0;
	return {
		number: current === null ? next : current + 1, total: planned.length, pace, estimate,
		seconds: later.reduce((sum, each) => sum + (each.seconds ?? 0) * pace, estimate === null ? 0 : Math.max(0, estimate - spent)),
		unknown: later.filter(each => each.seconds === null).length + unforeseen,
		over: estimate === null ? 0 : Math.max(0, spent - estimate),
	};
}

interface Planned {
	sql: string;
	/** Null: unknown. */
	seconds: number | null;
}

/** Of the attempt that runs: an attempt before it began with the same statement. */
function ownStatements({statements, attempt}: RunningAction): RunningAction['statements'] {
	const first = statements[0]?.sql;
	return attempt <= 1 ? statements : statements.slice(statements.findLastIndex(each => each.sql === first));
}

/** Walks along the rehearsed statements with those that have ended; one that was not rehearsed is passed over. */
function follow(planned: readonly Planned[], ended: RunningAction['statements']): {next: number; measured: number; estimated: number} {
	const reached = {next: 0, measured: 0, estimated: 0};
	for (const {sql, seconds} of ended) {
		const place = placeOf(planned, plain(sql), reached.next);
		if (place === null) continue;
		const known = planned[place]!.seconds;
		// A loop's thousandth statement belongs to the one that stands for all of them.
		if (known !== null && place >= reached.next) reached.estimated += known;
		if (known !== null) reached.measured += seconds;
		reached.next = Math.max(reached.next, place + 1);
	}
	return reached;
}

function placeOf(planned: readonly Planned[], sql: string, from: number): number | null {
	const place = planned.findIndex((each, index) => index >= from && each.sql === sql);
	if (place >= 0) return place;
	return planned[from - 1]?.sql === sql ? from - 1 : null;
}

/** Without the number that the journal puts behind a statement that stands for many. */
function plain(sql: Rehearsal['statements'][number]['sql']): string {
	return sql.replace(/ -- \d+ times$/, '').replaceAll(/\s+/g, ' ').trim();
}
