/** The guard's limits, one entry each: what is measured, against what, and the sentence when it is passed. */
import {byteWords} from '../journal/byte-words.ts';
import type {GuardPolicy} from '../journal/shapes/run.ts';
import type {GuardReading} from './guard-reading.ts';
import {countText, secondsText, sessionText} from './words.ts';

export interface LimitInput {
	reading: GuardReading;
	policy: GuardPolicy;
	/** How long the running statement should take, as rehearsed; null: nobody knows. */
	estimateSeconds?: number | null;
	/** How long it has been running; null: none is. */
	statementSeconds?: number | null;
}

/** A limit that is set, with its present value. */
export interface Limit {
	/** As in holdpoint.yaml. */
	rule: string;
	name: string;
	/** Undefined: this reading did not look; null: unknown. */
	value: number | null | undefined;
	limit: number;
	/** The value must not fall below it; else it must not rise above. */
	lower: boolean;
	text: (value: number | null) => string;
	/** By how much it grows each second for certain, as time itself does; null: only its past can tell. */
	growth: number | null;
	/** The sentence, once it is passed. */
	reason: () => string;
}

interface Rule {
	rule: string;
	name: string;
	key: keyof GuardPolicy;
	lower?: boolean;
	text: (value: number | null) => string;
	measure: (input: LimitInput, limit: number) => number | null | undefined;
	/** By how much the value grows each second, if it is known to grow. */
	growth?: (input: LimitInput) => number | null;
	/** `value` and `limit` as text. */
	reason: (input: LimitInput, value: string, limit: string) => string;
}

/** What takes less counts as this much: a statement of 2 ms that takes 20 harms nobody. */
const leastEstimateSeconds = 1;

const rules: Rule[] = [
	{
		rule: 'max_blocked_sessions', name: 'blocked sessions', key: 'maxBlockedSessions', text: countSessions,
		measure: ({reading}) => reading.behind && reading.behind.sessions,
		reason: ({reading}, _, limit) => crowdSentence(reading, `limit ${limit}`),
	},
	{
		rule: 'max_blocked_seconds', name: 'the longest wait', key: 'maxBlockedSeconds', text: secondsText,
		measure: ({reading}) => reading.behind && reading.behind.longestSeconds,
		growth: ({reading}) => reading.behind?.sessions ? 1 : null,
		reason: ({reading}, _, limit) => crowdSentence(reading, `limit ${limit} for one`),
	},
	{
		rule: 'max_session_seconds', name: 'the waits added up', key: 'maxSessionSeconds', text: secondsText,
		measure: ({reading}) => reading.behind && reading.behind.sessionSeconds,
		growth: ({reading}) => reading.behind?.sessions || null,
		reason: ({reading}, _, limit) => crowdSentence(reading, `limit ${limit} added up`),
	},
	{
		rule: 'max_lag_seconds', name: 'replication lag', key: 'maxLagSeconds', text: secondsText,
		measure: ({reading}, limit) => reading.standbys && worst(reading.standbys.map(({seconds}) => seconds), limit),
		reason: ({reading}, value, limit) => `The standby ${nameWorst(reading.standbys, 'seconds')} is ${value} behind (limit ${limit}).`,
	},
	{
		rule: 'max_lag_bytes', name: 'replication lag', key: 'maxLagBytes', text: byteWords,
		measure: ({reading}, limit) => reading.standbys && worst(reading.standbys.map(({bytes}) => bytes), limit),
		reason: ({reading}, value, limit) => `The standby ${nameWorst(reading.standbys, 'bytes')} is ${value} of WAL behind (limit ${limit}).`,
	},
	{
		rule: 'min_free_connections_percent', name: 'free connections', key: 'minFreeConnectionsPercent', lower: true, text: percentText,
		measure: ({reading: {connections}}) => connections && (connections.total === null || connections.max === null ? null : 100 * (connections.max - connections.total) / connections.max),
		reason: ({reading}, value, limit) => `Of ${reading.connections?.max} connections ${reading.connections?.total} are used: ${value} are free (limit ${limit}); ${countText(reading.behind?.sessions ?? 0, 'session waits', 'sessions wait')} behind the migration.`,
	},
	{
		rule: 'max_estimate_factor', name: 'duration by the estimate', key: 'maxEstimateFactor', text: timesText,
		// Between statements there is nothing to judge; without an estimate it is unknown.
		measure: ({estimateSeconds, statementSeconds}) => statementSeconds === undefined || statementSeconds === null ? undefined : estimateSeconds === undefined || estimateSeconds === null ? null : statementSeconds / Math.max(estimateSeconds, leastEstimateSeconds),
		growth: ({estimateSeconds, statementSeconds}) => typeof estimateSeconds === 'number' && typeof statementSeconds === 'number' ? 1 / Math.max(estimateSeconds, leastEstimateSeconds) : null,
		reason: ({estimateSeconds, statementSeconds}, value, limit) => `The statement has been running for ${secondsText(statementSeconds ?? null)}, ${value} the estimated ${secondsText(estimateSeconds ?? null)} (limit ${limit}).`,
	},
	{
		rule: 'min_free_disk_bytes', name: 'free disk space', key: 'minFreeDiskBytes', lower: true, text: byteWords,
		measure: ({reading}) => reading.freeDiskBytes,
		reason: (_, value, limit) => `On the server's disk ${value} are free (limit ${limit}).`,
	},
	{
		rule: 'max_retained_wal_bytes', name: 'WAL kept by a slot', key: 'maxRetainedWalBytes', text: byteWords,
		measure: ({reading}, limit) => reading.slots && (reading.slots.length === 0 ? 0 : worst(reading.slots.map(({bytes}) => bytes), limit)),
		reason: ({reading}, value, limit) => `The replication slot ${nameWorst(reading.slots, 'bytes')} keeps ${value} of WAL (limit ${limit}).`,
	},
];

/** Every limit that is set, with its present value. */
export function readLimits(input: LimitInput): Limit[] {
	return rules.flatMap(({rule, name, key, lower = false, text, measure, growth, reason}) => {
		const limit = input.policy[key];
		if (typeof limit !== 'number') return [];
		const value = measure(input, limit);
		return [{
			rule,
			name,
			value,
			limit,
			lower,
			text,
			growth: growth?.(input) ?? null,
			reason: () => reason(input, text(value ?? null), text(limit)),
		}];
	});
}

/** `23 sessions wait behind the migration on orders, the longest 2.4 s, 41 s added up (limit …); it waits itself for … behind pid 4711 (…).` */
function crowdSentence({behind, migration}: GuardReading, limit: string): string {
	const {sessions, longestSeconds, sessionSeconds, relations} = behind!;
	const on = relations.length > 0 ? ` on ${relations.join(', ')}` : '';
	const crowd = `${countText(sessions, 'session waits', 'sessions wait')} behind the migration${on}, the longest ${secondsText(longestSeconds)}, ${secondsText(sessionSeconds)} added up (${limit})`;
	const waits = migration?.waits;
	if (!waits) return migration?.state?.startsWith('idle in transaction') ? `${crowd}; the migration holds its locks and is ${migration.state}.` : `${crowd}.`;
	const what = waits.relation ? `${waits.mode} on ${waits.relation}` : waits.mode;
	const behindWhom = waits.blockers.length > 0 ? ` behind ${waits.blockers.map(sessionText).join(' and ')}` : '';
	return `${crowd}; the migration itself has been waiting ${secondsText(waits.seconds)} for ${what}${behindWhom}.`;
}

/** The largest; but while none passes the limit, one that is unknown, or none at all, makes it unknown. */
function worst(values: (number | null)[], limit: number): number | null {
	const known = values.filter(value => value !== null);
	const largest = known.length > 0 ? Math.max(...known) : null;
	return largest !== null && (largest > limit || known.length === values.length) ? largest : null;
}

function nameWorst<K extends 'seconds' | 'bytes'>(of: ({name: string} & {[P in K]: number | null})[] | undefined, key: K): string {
	return of?.toSorted((a, b) => (b[key] ?? -1) - (a[key] ?? -1))[0]?.name ?? '';
}

function countSessions(value: number | null): string {
	return value === null ? 'unknown' : String(value);
}

function percentText(value: number | null): string {
	return value === null ? 'unknown' : `${Math.floor(value)} %`;
}

function timesText(value: number | null): string {
	return value === null ? 'unknown' : `${Number(value.toFixed(1))} times`;
}
