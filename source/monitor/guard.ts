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
	/** The last decision while its limit is still passed. */
	decided: {rule: string; at: string} | null;
}

export const noGuardState: GuardState = {backend: null, passed: {}, decided: null};

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
	/** The limit that is closest to being passed; null when none is set or known. `inSeconds`: how soon, if it goes on like this. */
	nearest: {rule: string; text: string; inSeconds: number | null} | null;
	/** Limits that are set and can't be judged, one sentence each: what is unknown is not within its limit. */
	unknown: string[];
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
	if (!migration || reading.migration?.pid !== migration.pid) return {state: before, decision: null, nearest: null, unknown: []};

	const limits = readLimits({reading, policy, estimateSeconds, statementSeconds});
	const passed = countPassed(before.passed, limits);
	const over = limits.filter(limit => (passed[limit.rule] ?? 0) >= policy.samples).sort((a, b) => share(b) - share(a))[0];
	const decided = before.decided && passed[before.decided.rule] ? before.decided : null;
	const decision = over ? decide({over, reading, policy, decided}) : null;
	return {
		state: {backend: migration, passed, decided: decision ? {rule: decision.rule, at: reading.at} : decided},
		decision,
		nearest: nearestOf(limits),
		unknown: limits.flatMap(limit => limit.value === null ? [`${limit.rule}: ${limit.name} is unknown, so its limit of ${limit.text(limit.limit)} can't be judged.`] : []),
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

function nearestOf(limits: Limit[]): GuardVerdict['nearest'] {
	const known = limits.filter(limit => typeof limit.value === 'number').sort((a, b) => share(b) - share(a))[0];
	return known ? {rule: known.rule, text: `${known.name} ${known.text(known.value ?? null)} of ${known.text(known.limit)}`, inSeconds: isPassed(known) ? 0 : known.inSeconds} : null;
}

const isPassed = (limit: Limit): boolean => typeof limit.value === 'number' && (limit.lower ? limit.value < limit.limit : limit.value > limit.limit);

/** How much of its limit is used up; 1 and more: passed. */
function share({value, limit, lower}: Limit): number {
	if (typeof value !== 'number') return -1;
	if (lower) return value <= 0 ? Infinity : limit / value;
	return limit <= 0 ? (value > 0 ? Infinity : 0) : value / limit;
}
