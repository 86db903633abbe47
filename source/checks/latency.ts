/** How long each statement takes on average, before the upgrade and since it, by pg_stat_statements; pure. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {StatementFigure, Statements} from '../postgres/figures.ts';
import type {Comparison} from './database-counters.ts';
import {noteEvidence} from './evidence.ts';
import {count, listed} from './verdict.ts';

export interface Compared {
	query: string;
	/** Since the upgrade. */
	calls: number;
	/** Mean milliseconds until the upgrade, and since it. */
	before: number;
	after: number;
}

export interface Latency {
	/** Statements called often enough since the upgrade, and before; the costliest first. */
	compared: Compared[];
	/** Of those, what takes at least twice as long and 5 ms longer. */
	slower: Compared[];
	/** All of them together take at least half as long again and 2 ms longer a call. */
	slowerOverall: boolean;
	/** Why it can't be told whether latency is as before; null when it can. */
	missing: string | null;
	/** Such as `12 statements over 3.0 min`. */
	basis: string;
}

/** A mean of fewer calls is chance. */
const leastCalls = 30;
/** A first answer after half a minute; the verdict ages, so that it is asked again later. */
const leastMinutes = 0.5;

/** Before: the mean since the statistics of statements began. Since: from the upgrade's end to now. */
export function compareLatency({kept, now, after}: Pick<Comparison, 'kept' | 'now' | 'after'>): Latency {
	const [was, then, is] = [kept.before?.figures?.statements, kept.after?.figures?.statements, now.statements];
	const none = (missing: string): Latency => ({compared: [], slower: [], slowerOverall: false, missing, basis: 'no statement'});
	if (is.rows === null) return none(is.missing!);
	if (!was?.rows || !then?.rows) return none(`there are no statements from before the upgrade to compare with${was?.missing ? ` (${was.missing})` : ''}`);
	if (was.since !== is.since) return none(`pg_stat_statements was reset at ${is.since ?? 'a time that is not known'}, so there is nothing to compare with`);
	const [earlier, begun] = [byId(was), byId(then)];
	const since = is.rows.flatMap((row): (StatementFigure & {mean: number | null})[] => {
		const first = begun.get(row.id);
		const calls = row.calls - (first?.calls ?? 0);
		const old = earlier.get(row.id);
		// Fewer calls than before: it was thrown out and taken up again.
		return calls > 0 ? [{...row, calls, totalMs: row.totalMs - (first?.totalMs ?? 0), mean: old && old.calls >= leastCalls && first && first.calls >= old.calls ? old.totalMs / old.calls : null}] : [];
	});
	const compared = since.filter(row => row.mean !== null && row.calls >= leastCalls).sort((a, b) => b.totalMs - a.totalMs)
		.map(({query, calls, totalMs, mean}) => ({query, calls, before: mean!, after: totalMs / calls}));
	const sum = (rows: readonly {totalMs: number}[]) => rows.reduce((total, {totalMs}) => total + totalMs, 0);
	const covered = compared.reduce((total, each) => total + each.calls * each.after, 0) / (sum(since) || 1);
	const calls = compared.reduce((total, each) => total + each.calls, 0);
	const [meanBefore, meanAfter] = [weigh(compared, calls, 'before'), weigh(compared, calls, 'after')];
	const minutes = after?.minutes ?? 0;
	return {
		compared, slower: compared.filter(each => each.after >= 2 * each.before && each.after >= each.before + 5),
		slowerOverall: calls > 0 && meanAfter >= 1.5 * meanBefore && meanAfter >= meanBefore + 2,
		missing: minutes < leastMinutes ? `only ${Math.round(minutes * 60)} s have gone by since the upgrade; ask again when half a minute has`
			: compared.length === 0 ? `no statement known from before was called ${leastCalls} times since the upgrade`
				: covered < 0.5 ? `the statements known from before are only ${Math.round(100 * covered)} % of the time spent since the upgrade` : null,
		basis: `${count(compared.length, 'statement')} over ${minutes.toFixed(1)} min, ${meanBefore.toFixed(2)} → ${meanAfter.toFixed(2)} ms a call`,
	};
}

function weigh(compared: readonly Compared[], calls: number, which: 'before' | 'after'): number {
	return calls === 0 ? 0 : compared.reduce((total, each) => total + each.calls * each[which], 0) / calls;
}

function byId({rows}: Statements): Map<string, StatementFigure> {
	return new Map((rows ?? []).map(row => [row.id, row]));
}

/** Such as `0.42 → 9.10 ms: SELECT …`. */
export function describeStatement({query, before, after}: Compared): string {
	return `${before.toFixed(2)} → ${after.toFixed(2)} ms: ${query.replace(/\s+/g, ' ').slice(0, 120)}`;
}

export function latencyEvidence(latency: Latency): Evidence {
	return noteEvidence(`mean time of each statement before the upgrade → since it (pg_stat_statements): ${latency.basis}`, [
		...(latency.missing === null ? [] : [`not settled: ${latency.missing}`]),
		...latency.compared.map(each => `${each.calls} calls, ${describeStatement(each)}`),
	]);
}

/** What got slower, in words; null when nothing did. */
export function describeSlower({slower, slowerOverall, basis}: Latency): string | null {
	if (slower.length > 0) return `slower than before the upgrade: ${listed(slower.map(describeStatement), 2)}`;
	return slowerOverall ? `slower than before the upgrade, all together: ${basis}` : null;
}
