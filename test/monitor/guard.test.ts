/** The guard's decisions, reading by reading. */
import {describe, expect, test} from 'vitest';
import type {GuardPolicy} from '../../source/journal/shapes/run.ts';
import type {Sample} from '../../source/journal/shapes/sample.ts';
import {decideGuard, nearestText, noGuardState, type GuardInput, type GuardState} from '../../source/monitor/guard.ts';
import {readStandbys, type GuardReading} from '../../source/monitor/guard-reading.ts';

const migration = {pid: 50, backendStart: '2026-11-23 01:00:00.000000+00'};
const [mib, gib] = [1024 ** 2, 1024 ** 3];
const off: GuardPolicy = {maxBlockedSessions: null, maxBlockedSeconds: null, maxSessionSeconds: null, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: null, maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel'};
const calm: GuardReading = {at: '2026-11-23T01:00:00.000Z', migration: {pid: 50, state: 'active', waits: null}, behind: {sessions: 0, longestSeconds: 0, sessionSeconds: 0, relations: []}};
const crowd = (sessions: number, longestSeconds: number, sessionSeconds: number): Partial<GuardReading> => ({behind: {sessions, longestSeconds, sessionSeconds, relations: ['orders']}});

/** Gives the readings one after another, a quarter of a second apart; returns what was decided at each. */
function play({policy, readings, ...more}: {policy: Partial<GuardPolicy>; readings: Partial<GuardReading>[]} & Partial<Omit<GuardInput, 'policy' | 'reading' | 'previous'>>) {
	let state: GuardState = noGuardState;
	return readings.map((reading, index) => {
		const at = new Date(Date.parse(calm.at) + index * 250).toISOString();
		const verdict = decideGuard({previous: state, reading: {...calm, at, ...reading}, policy: {...off, ...policy}, migration, ...more});
		state = verdict.state;
		return verdict;
	});
}

describe('each limit, passed twice running', () => {
	const waits = {mode: 'AccessExclusiveLock', relation: 'orders', seconds: 4, blockers: [{pid: 47, application: 'reports', user: 'ann', state: 'idle in transaction', transactionSeconds: 32}]};
	test.each<[string, Partial<GuardPolicy>, Partial<GuardReading>, Partial<Pick<GuardInput, 'estimateSeconds' | 'statementSeconds'>>, string]>([
		['max_blocked_sessions', {maxBlockedSessions: 20}, {...crowd(23, 2.4, 41), migration: {pid: 50, state: 'active', waits}}, {}, '23 sessions wait behind the migration on orders, the longest 2.4 s, 41 s added up (limit 20); the migration itself has been waiting 4.0 s for AccessExclusiveLock on orders behind pid 47 (reports, idle in transaction, for 32 s).'],
		['max_blocked_seconds', {maxBlockedSeconds: 3}, {...crowd(1, 3.2, 3.2), migration: {pid: 50, state: 'idle in transaction', waits: null}}, {}, '1 session waits behind the migration on orders, the longest 3.2 s, 3.2 s added up (limit 3.0 s for one); the migration holds its locks and is idle in transaction.'],
		['max_session_seconds', {maxSessionSeconds: 60}, crowd(30, 2.5, 61), {}, '30 sessions wait behind the migration on orders, the longest 2.5 s, 61 s added up (limit 60 s added up).'],
		['max_lag_seconds', {maxLagSeconds: 10}, {standbys: [{name: 'a', seconds: 2, bytes: 5}, {name: 'b', seconds: 12, bytes: 3}]}, {}, 'The standby b is 12 s behind (limit 10 s).'],
		['max_lag_bytes', {maxLagBytes: 64 * mib}, {standbys: [{name: 'a', seconds: null, bytes: 65 * mib}]}, {}, 'The standby a is 65.0 MB of WAL behind (limit 64.0 MB).'],
		['min_free_connections_percent', {minFreeConnectionsPercent: 10}, {...crowd(4, 1, 2), connections: {total: 95, max: 100}}, {}, 'Of 100 connections 95 are used: 5 % are free (limit 10 %); 4 sessions wait behind the migration.'],
		['max_estimate_factor', {maxEstimateFactor: 3}, {}, {estimateSeconds: 10, statementSeconds: 31}, 'The statement has been running for 31 s, 3.1 times the estimated 10 s (limit 3 times).'],
		['min_free_disk_bytes', {minFreeDiskBytes: 5 * gib}, {freeDiskBytes: 4 * gib}, {}, 'On the server\'s disk 4.0 GB are free (limit 5.0 GB).'],
		['max_retained_wal_bytes', {maxRetainedWalBytes: gib}, {slots: [{name: 'old', bytes: 2 * gib}, {name: 'new', bytes: 1}]}, {}, 'The replication slot old keeps 2.0 GB of WAL (limit 1.0 GB).'],
	])('%s', (rule, policy, reading, more, reason) => {
		const [first, second] = play({policy, readings: [reading, reading], ...more});
		expect(first!.decision).toBe(null);
		expect(second!.decision).toMatchObject({rule, reason, action: 'cancel'});
	});
});

test('one reading within the limit starts the count again, and a limit that is only reached is not passed', () => {
	const decisions = play({policy: {maxBlockedSessions: 2}, readings: [crowd(3, 1, 1), crowd(2, 1, 1), crowd(3, 1, 1), crowd(4, 1, 1)]}).map(verdict => verdict.decision !== null);
	expect(decisions).toEqual([false, false, false, true]);
});

test('after a cancel it waits a second, then says to terminate; an idle transaction is terminated at once', () => {
	const active = play({policy: {maxBlockedSessions: 2, samples: 1}, readings: Array.from({length: 6}, () => crowd(3, 1, 1))}).map(verdict => verdict.decision?.terminate ?? null);
	expect(active).toEqual([false, null, null, null, true, null]);
	const [idle] = play({policy: {maxBlockedSessions: 2, samples: 1}, readings: [{...crowd(3, 1, 1), migration: {pid: 50, state: 'idle in transaction', waits: null}}]});
	expect(idle!.decision).toMatchObject({terminate: true});
});

test('alert only tells, once for as long as it lasts', () => {
	const readings = [crowd(3, 1, 1), crowd(3, 2, 2), ...Array.from({length: 5}, () => crowd(3, 3, 3)), crowd(0, 0, 0), crowd(3, 1, 1)];
	const decisions = play({policy: {maxBlockedSessions: 2, samples: 1, action: 'alert'}, readings}).map(verdict => verdict.decision?.action ?? '-');
	expect(decisions.join(' ')).toBe('alert - - - - - - - alert');
});

test.each<[string, Partial<Pick<GuardInput, 'migration'>>, Partial<GuardReading>]>([
	['there is no migration', {migration: null}, {}],
	['its backend is gone', {}, {migration: null}],
	['another backend has its place', {}, {migration: {pid: 51, state: 'active', waits: null}}],
])('nothing is decided when %s', (_, more, reading) => {
	const verdicts = play({policy: {maxBlockedSessions: 1, samples: 1}, readings: [{...crowd(9, 9, 9), ...reading}], ...more});
	expect(verdicts[0]!.decision).toBe(null);
});

test('what counted for one backend does not count for the next one', () => {
	const {state} = decideGuard({previous: noGuardState, reading: {...calm, ...crowd(9, 9, 9)}, policy: {...off, maxBlockedSessions: 1}, migration});
	const next = {pid: 50, backendStart: '2026-11-23 01:05:00.000000+00'};
	expect(decideGuard({previous: state, reading: {...calm, ...crowd(9, 9, 9)}, policy: {...off, maxBlockedSessions: 1}, migration: next}).decision).toBe(null);
});

test('unknown is said and never counts as zero', () => {
	const policy = {maxLagSeconds: 10, maxLagBytes: 100, maxEstimateFactor: 2, minFreeDiskBytes: 1};
	const [some, none] = play({policy, readings: [{standbys: [{name: 'a', seconds: 1, bytes: 1}, {name: 'b', seconds: null, bytes: null}], freeDiskBytes: null}, {standbys: []}], estimateSeconds: null, statementSeconds: 5});
	expect(some!.unknown).toEqual([
		'max_lag_seconds: replication lag is unknown, so its limit of 10 s can\'t be judged.',
		'max_lag_bytes: replication lag is unknown, so its limit of 100 B can\'t be judged.',
		'max_estimate_factor: duration by the estimate is unknown, so its limit of 2 times can\'t be judged.',
		'min_free_disk_bytes: free disk space is unknown, so its limit of 1 B can\'t be judged.',
	]);
	expect(none!.unknown).toHaveLength(4);
	expect(some!.decision).toBe(null);
});

test('a reading that did not look at the lag leaves its count alone', () => {
	const late = {standbys: [{name: 'a', seconds: 60, bytes: 1}]};
	const decisions = play({policy: {maxLagSeconds: 10}, readings: [late, {}, {}, late]}).map(verdict => verdict.decision?.rule ?? null);
	expect(decisions).toEqual([null, null, null, 'max_lag_seconds']);
});

describe('which limit comes next, and when, at the present rate', () => {
	const free = (total: number): Partial<GuardReading> => ({connections: {total, max: 100}});
	test.each<[string, Partial<GuardPolicy>, Partial<GuardReading>[], Partial<Pick<GuardInput, 'estimateSeconds' | 'statementSeconds'>>, string | null]>([
		['the share that is used up', {maxBlockedSessions: 20, minFreeConnectionsPercent: 10}, [{...crowd(15, 1, 0), ...free(50)}], {}, 'max_blocked_sessions: 15 of 20'],
		['a queue that grows by four a second', {maxBlockedSessions: 20}, [2, 3, 4, 5, 6].map(sessions => crowd(sessions, 0, 0)), {}, 'max_blocked_sessions: 6 of 20, in 3.5 s'],
		['a queue that shrinks is not about to be too long', {maxBlockedSessions: 20}, [6, 5, 4, 3, 2].map(sessions => crowd(sessions, 0, 0)), {}, 'max_blocked_sessions: 2 of 20'],
		['half a second says nothing about a rate', {maxBlockedSessions: 20}, [crowd(2, 0, 0), crowd(9, 0, 0)], {}, 'max_blocked_sessions: 9 of 20'],
		['a wait grows with the clock', {maxBlockedSeconds: 3}, [crowd(1, 2, 2)], {}, 'max_blocked_seconds: 2.0 s of 3.0 s, in 1.0 s'],
		['the sum grows by how many wait', {maxSessionSeconds: 60}, [crowd(20, 2, 40)], {}, 'max_session_seconds: 40 s of 60 s, in 1.0 s'],
		['the soonest comes first, whatever its share', {maxBlockedSessions: 20, maxBlockedSeconds: 3}, [crowd(19, 1, 1)], {}, 'max_blocked_seconds: 1.0 s of 3.0 s, in 2.0 s'],
		['free connections, the other way round', {minFreeConnectionsPercent: 10}, [50, 55, 60, 65, 70].map(free), {}, 'min_free_connections_percent: 30 %, at least 10 %, in 1.0 s'],
		['disk that fills', {minFreeDiskBytes: gib}, [5, 4.9, 4.8, 4.7, 4.6].map(free => ({freeDiskBytes: free * gib})), {}, 'min_free_disk_bytes: 4.6 GB, at least 1.0 GB, in 9.0 s'],
		['a statement by its estimate; one under a second counts as one', {maxEstimateFactor: 3}, [{}], {estimateSeconds: 0.01, statementSeconds: 2}, 'max_estimate_factor: 2 times of 3 times, in 1.0 s'],
		['what only the sampler reads stays known between its samples', {maxLagSeconds: 10}, [{standbys: [{name: 'a', seconds: 4, bytes: 1}]}, {}], {}, 'max_lag_seconds: 4.0 s of 10 s'],
		['passed', {maxBlockedSessions: 1}, [crowd(2, 0, 0)], {}, 'max_blocked_sessions: 2 of 1, passed'],
		['nothing, where no limit is set', {}, [crowd(99, 99, 99)], {}, null],
	])('%s', (_, policy, readings, more, expected) => {
		const {nearest} = play({policy, readings, ...more}).at(-1)!;
		expect(nearest && nearestText(nearest)).toBe(expected);
	});
});

test('a standby that must be there and is not: its lag is unknown, and stays so for readings that do not look', () => {
	const standbys = readStandbys({replication: [{name: 'a', state: 'streaming', sync: 'async', lagSeconds: 1, lagBytes: 8}]} as unknown as Sample, ['a', 'b']);
	expect(standbys).toEqual([{name: 'a', seconds: 1, bytes: 8}, {name: 'b', seconds: null, bytes: null}]);
	const verdicts = play({policy: {maxLagSeconds: 10}, readings: [{standbys}, {}, {standbys: standbys.slice(0, 1)}]});
	expect(verdicts.map(verdict => verdict.unknown.length)).toEqual([1, 1, 0]);
});
