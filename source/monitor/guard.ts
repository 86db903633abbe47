/** Decides when a running migration has to give way, by the policy written before the window; pure. */
import type {GuardPolicy} from '../journal/shapes/run.ts';
import type {Backend} from './connection.ts';
import {readLimits, type Limit, type LimitInput} from './guard-limits.ts';
import type {GuardReading} from './guard-reading.ts';
import {secondsText} from './words.ts';

export interface GuardState {
	/** Whose state this is: counts of one backend say nothing of another. */
	backend: Backend | null;
	/** Of each limit: in how many readings running it has been passed. */
	passed: Readonly<Record<string, number>>;
	/** Of each limit: its values of the last seconds, oldest first, so that one can say when it will be passed. */
	trends: Readonly<Record<string, Trend>>;
	/** Of each limit that could not be judged when it was last looked at: the sentence that says so. */
	unknown: Readonly<Record<string, string>>;
	/** The last decision while its limit is still passed. */
	decided: {rule: string; at: string} | null;
}

/** Values with their time in seconds since 1970. */
type Trend = readonly {at: number; value: number}[];

export const noGuardState: GuardState = {backend: null, passed: {}, trends: {}, unknown: {}, decided: null};

/** So far back a rate is taken from: long enough to be none of chance, short enough to be the present one. */
const trendSeconds = 5;
const leastTrendSeconds = 1;

export interface GuardDecision {
	/** Name of the limit, as in holdpoint.yaml. */
	rule: string;
	/** One sentence with its numbers and names. */
	reason: string;
	/** `alert`: only say what would have been done. */
	action: 'cancel' | 'alert';
	/** Cancelling does nothing to it (it is idle in a transaction), or did nothing within a second: terminate its backend. */
	terminate: boolean;
}

export interface GuardVerdict {
	state: GuardState;
	decision: GuardDecision | null;
	/** The limit that is closest to being passed; null when none is set or known. */
	nearest: Nearest | null;
	/** Limits that are set and can't be judged, one sentence each: what is unknown is not within its limit. */
	unknown: string[];
}

export interface Nearest {
	rule: string;
	/** Such as `12 of 20`. */
	text: string;
	/** How much of the limit is used up; 1 and more: passed. */
	share: number;
	/** How soon it is passed if it goes on like this; null where it does not come closer. */
	inSeconds: number | null;
}

export interface GuardInput extends LimitInput {
	previous: GuardState;
	/** The migration's proved backend; the guard acts on nothing else. */
	migration: Backend | null;
}

/**
 * Any one limit passed in `policy.samples` readings running is enough. What a reading did not look at (undefined) leaves its
 * limits' counts alone, so that a quick reading of locks and a slower one of everything can feed the same state.
 */
export function decideGuard({previous, reading, policy, migration, estimateSeconds, statementSeconds}: GuardInput): GuardVerdict {
	const same = migration !== null && previous.backend?.pid === migration.pid && previous.backend.backendStart === migration.backendStart;
	const before = same ? previous : {...noGuardState, backend: migration};
	// Without its backend there is nothing to act on, and what others suffer is not its doing.
	if (!migration || reading.migration?.pid !== migration.pid) return {state: before, decision: null, nearest: null, unknown: Object.values(before.unknown)};

	const limits = readLimits({reading, policy, estimateSeconds, statementSeconds});
	const passed = countPassed(before.passed, limits);
	const trends = followTrends(before.trends, limits, Date.parse(reading.at) / 1000);
	const unknown = followUnknown(before.unknown, limits);
	const over = limits.filter(limit => (passed[limit.rule] ?? 0) >= policy.samples).sort((a, b) => share(b) - share(a))[0];
	const decided = before.decided && passed[before.decided.rule] ? before.decided : null;
	const decision = over ? decide({over, reading, policy, decided}) : null;
	return {
		state: {backend: migration, passed, trends, unknown, decided: decision ? {rule: decision.rule, at: reading.at} : decided},
		decision,
		nearest: nearestOf(limits, trends),
		unknown: Object.values(unknown),
	};
}

function countPassed(before: GuardState['passed'], limits: Limit[]): Record<string, number> {
	const passed: Record<string, number> = {};
	for (const limit of limits) {
		const count = before[limit.rule] ?? 0;
		const now = limit.value === undefined || limit.value === null ? count : isPassed(limit) ? count + 1 : 0;
		if (now > 0) passed[limit.rule] = now;
	}

	return passed;
}

/** Once is enough for an alert; a cancel that did not help within a second is followed by terminating the backend. */
function decide({over, reading, policy, decided}: {over: Limit; reading: GuardReading; policy: GuardPolicy; decided: GuardState['decided']}): GuardDecision | null {
	const sinceSeconds = decided ? (Date.parse(reading.at) - Date.parse(decided.at)) / 1000 : null;
	if (sinceSeconds !== null && (policy.action === 'alert' || sinceSeconds < 1)) return null;
	const idle = reading.migration!.state?.startsWith('idle in transaction') ?? false;
	const again = sinceSeconds === null ? '' : ` It was cancelled ${secondsText(sinceSeconds)} ago and is still there.`;
	return {rule: over.rule, reason: `${over.reason()}${again}`, action: policy.action, terminate: idle || sinceSeconds !== null};
}

function followTrends(before: GuardState['trends'], limits: Limit[], at: number): Record<string, Trend> {
	const trends: Record<string, Trend> = {};
	for (const {rule, value} of limits) {
		const seen = (before[rule] ?? []).filter(each => each.at >= at - trendSeconds);
		const trend = typeof value === 'number' ? [...seen, {at, value}] : seen;
		if (trend.length > 0) trends[rule] = trend;
	}

	return trends;
}

/** A limit that this reading did not look at stays as unknown as it was. */
function followUnknown(before: GuardState['unknown'], limits: Limit[]): Record<string, string> {
	return Object.fromEntries(limits.flatMap(limit => {
		const sentence = limit.value === null ? `${limit.rule}: ${limit.name} is unknown, so its limit of ${limit.text(limit.limit)} can't be judged.` : limit.value === undefined ? before[limit.rule] : undefined;
		return sentence === undefined ? [] : [[limit.rule, sentence]];
	}));
}

/** What will be passed within a minute comes first, the soonest of all; else what is used up most. */
function nearestOf(limits: Limit[], trends: GuardState['trends']): Nearest | null {
	const seen = limits.map(limit => (limit.value === undefined ? {...limit, value: trends[limit.rule]?.at(-1)?.value} : limit));
	const known = seen.filter(limit => typeof limit.value === 'number').map(limit => ({rule: limit.rule, text: distanceText(limit), share: share(limit), inSeconds: isPassed(limit) ? 0 : secondsLeft(limit, trends[limit.rule] ?? [])}));
	const soon = known.filter(each => each.inSeconds !== null && each.inSeconds <= 60).sort((a, b) => a.inSeconds! - b.inSeconds! || b.share - a.share)[0];
	if (soon) return soon;
	// A rate of five seconds says nothing of what is more than a minute away.
	const [next] = known.sort((a, b) => b.share - a.share);
	return next ? {...next, inSeconds: null} : null;
}

/** By the growth that is known for certain, else at the rate of the last seconds. */
function secondsLeft({value, limit, lower, growth}: Limit, trend: Trend): number | null {
	const [first, last] = [trend[0], trend.at(-1)];
	const measured = first && last && last.at - first.at >= leastTrendSeconds ? (last.value - first.value) / (last.at - first.at) : null;
	const perSecond = growth ?? measured;
	if (typeof value !== 'number' || perSecond === null || (lower ? perSecond >= 0 : perSecond <= 0)) return null;
	return (limit - value) / perSecond;
}

const distanceText = ({value, limit, lower, text}: Limit): string => `${text(value ?? null)}${lower ? ', at least' : ' of'} ${text(limit)}`;

/** `max_blocked_sessions: 12 of 20, in 8 s`: by which limit, and when, the migration will have to give way. */
export function nearestText({rule, text, inSeconds}: Nearest): string {
	return `${rule}: ${text}${inSeconds === null ? '' : inSeconds === 0 ? ', passed' : `, in ${inSeconds < 10 ? inSeconds.toFixed(1) : Math.round(inSeconds)} s`}`;
}

const isPassed = (limit: Limit): boolean => typeof limit.value === 'number' && (limit.lower ? limit.value < limit.limit : limit.value > limit.limit);

/** How much of its limit is used up; 1 and more: passed. */
function share({value, limit, lower}: Limit): number {
	if (typeof value !== 'number') return -1;
	if (lower) return value <= 0 ? Infinity : limit / value;
	return limit <= 0 ? (value > 0 ? Infinity : 0) : value / limit;
}
