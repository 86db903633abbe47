/** Alarms: raised once, kept while it is so, cleared once. */
import {expect, test} from 'vitest';
import type {GuardPolicy} from '../../source/journal/shapes/run.ts';
import type {ActiveSession, LockWait, Sample} from '../../source/journal/shapes/sample.ts';
import {decideAlarms, noAlarms, type AlarmState} from '../../source/monitor/alarms.ts';

const policy: GuardPolicy = {maxBlockedSessions: 20, maxBlockedSeconds: 3, maxSessionSeconds: 60, maxLagSeconds: null, maxLagBytes: null, minFreeConnectionsPercent: 10, maxEstimateFactor: null, minFreeDiskBytes: null, maxRetainedWalBytes: null, samples: 2, action: 'cancel'};
const quiet: Sample = {
	at: '2026-11-23T01:00:00.000Z', server: {version: '15.18', role: 'primary', uptimeSeconds: 1}, active: [], locksWaiting: [], blockers: [], slots: [], progress: [], hidden: [], tookMs: 1,
	replication: [{name: 'standby1', state: 'streaming', sync: 'async', lagBytes: 0, lagSeconds: 0}],
	connections: {total: 10, max: 100, active: 1, idle: 9, idleInTransaction: 0, waiting: 0}, rates: {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null},
};
const session = (pid: number, more: Partial<ActiveSession>): ActiveSession => ({pid, user: 'ann', application: 'reports', client: null, state: 'active', seconds: 1, transactionSeconds: 1, waitEvent: null, query: null, blockedBy: [], migration: false, backendStart: null, backendType: 'client backend', ...more});
const wait = (pid: number, seconds: number): LockWait => ({pid, relation: 'orders', mode: 'AccessShareLock', seconds, blockedBy: [47], kind: 'relation'});
const look = (state: AlarmState, sample: Partial<Sample>) => decideAlarms(state, {sample: {...quiet, ...sample}, failure: null, policy, standbys: ['standby1']});

test.each<[string, Partial<Sample>, string, string]>([
	['blocked', {connections: {...quiet.connections, waiting: 6}, locksWaiting: [wait(1, 2.2)], blockers: [{pid: 47, waiting: [], total: 6}], active: [session(47, {})]}, 'warning', '6 sessions wait for locks, the longest 2.2 s; 6 of them behind pid 47 (reports, active, for 1.0 s).'],
	['blocked', {connections: {...quiet.connections, waiting: 5}, locksWaiting: Array.from({length: 12}, (_, index) => wait(index, 0.9))}, 'warning', '5 sessions wait for locks, the longest 0.9 s.'],
	['blocked', {connections: {...quiet.connections, waiting: 21}, locksWaiting: [wait(1, 2.2)]}, 'critical', '21 sessions wait for locks, the longest 2.2 s.'],
	['idle-blocker', {blockers: [{pid: 47, waiting: [], total: 3}], active: [session(47, {state: 'idle in transaction', transactionSeconds: 32})]}, 'warning', 'pid 47 (reports, idle in transaction, for 32 s) blocks 3 sessions and does nothing; a cancel does not end it, only terminating does.'],
	['lag', {replication: [{...quiet.replication[0]!, lagSeconds: 40, lagBytes: 12_300_000}]}, 'warning', 'Replication is behind: standby1 (40 s, 11.7 MB).'],
	['standby-missing', {replication: []}, 'critical', 'standby1 is not streaming from this server; its lag is unknown.'],
	['long-transaction', {active: [session(9, {transactionSeconds: 700})]}, 'note', 'pid 9 (reports, active, for 11 min 40 s) has the longest open transaction; CREATE INDEX CONCURRENTLY would wait for it.'],
	['connections', {connections: {...quiet.connections, total: 95}}, 'critical', '95 of 100 connections are used, 5 % are free.'],
	['slot-lost', {slots: [{name: 'gone', active: false, retainedBytes: null, invalidated: 'wal_removed'}]}, 'warning', 'The replication slot gone is invalidated (wal_removed): its reader can\'t go on and must be set up anew.'],
	['slot', {slots: [{name: 'old', active: false, retainedBytes: 2 * 1024 ** 3}]}, 'warning', 'The inactive replication slot old keeps 2.0 GB of WAL: the disk fills until it is used again or dropped.'],
])('%s is raised once, stays, and is cleared', (alarm, sample, level, text) => {
	const first = look(noAlarms, sample);
	expect(first.raised).toEqual([{alarm, level, text, since: quiet.at}]);
	const second = look(first.state, {...sample, at: '2026-11-23T01:00:02.000Z'});
	expect(second).toMatchObject({raised: [], cleared: [], alarms: [{alarm, since: quiet.at}]});
	expect(look(second.state, {})).toMatchObject({raised: [], cleared: [alarm], alarms: []});
});

test.each<[string, Partial<Sample>]>([
	['a calm server', {}],
	['unknown numbers', {replication: [{name: 'standby1', state: null, sync: null, lagBytes: null, lagSeconds: null}], connections: {total: null, max: null, active: null, idle: null, idleInTransaction: null, waiting: null}, slots: [{name: 's', active: false, retainedBytes: null}]}],
	['the migration\'s own long transaction', {active: [session(9, {transactionSeconds: 7000, migration: true})]}],
	['an expected standby, looked at from another standby', {server: {...quiet.server, role: 'standby'}, replication: []}],
])('%s raises nothing', (_, sample) => {
	expect(look(noAlarms, sample).alarms).toEqual([]);
});

test('a value around its limit rings once', () => {
	const lag = (seconds: number) => ({replication: [{...quiet.replication[0]!, lagSeconds: seconds}]});
	let state: AlarmState = noAlarms;
	const rings = [31, 29, 31, 20, 31, 14].map(seconds => {
		const {raised, cleared, state: next} = look(state, lag(seconds));
		state = next;
		return raised.length > 0 ? 'raised' : cleared.length > 0 ? 'cleared' : '-';
	});
	expect(rings).toEqual(['raised', '-', '-', '-', '-', 'cleared']);
});

test.each<[string, Partial<Sample['server']>, RegExp | null]>([
	['the same server', {timeline: 1, systemIdentifier: '7'}, null],
	['a standby that was promoted', {timeline: 2, systemIdentifier: '7'}, /^A failover took place: the server is on timeline 2, this run was pinned on 1\./],
	['another server at the address', {timeline: 1, systemIdentifier: '8'}, /^Another server answers here: its system identifier is 8, this run is pinned to 7\./],
	['a timeline that is not known', {timeline: null}, null],
])('which server answers: %s', (_, server, text) => {
	const {alarms} = decideAlarms(noAlarms, {sample: {...quiet, server: {...quiet.server, ...server}}, failure: null, policy, standbys: ['standby1'], pinned: {systemIdentifier: '7', timeline: 1}});
	expect(alarms).toEqual(text === null ? [] : [{alarm: 'failover', level: 'critical', text: expect.stringMatching(text), since: quiet.at}]);
});

test('one that becomes worse is raised again', () => {
	const first = look(noAlarms, {connections: {...quiet.connections, waiting: 6}});
	const second = look(first.state, {connections: {...quiet.connections, waiting: 30}});
	expect([first.raised[0]!.level, second.raised[0]!.level]).toEqual(['warning', 'critical']);
});

test('while the database can\'t be read, that is the alarm, and the others stay up', () => {
	const late = look(noAlarms, {replication: [{...quiet.replication[0]!, lagSeconds: 40}]});
	const failure = {error: 'The server closed the connection.', since: '2026-11-23T01:00:03.000Z'};
	const blind = decideAlarms(late.state, {sample: null, failure, policy, standbys: []});
	expect(blind.raised).toEqual([{alarm: 'blind', level: 'critical', text: 'The database can\'t be read: The server closed the connection.', since: failure.since}]);
	expect(blind.cleared).toEqual([]);
	const again = decideAlarms(blind.state, {sample: null, failure, policy, standbys: []});
	expect(again.raised).toEqual([]);
	expect(look(again.state, {}).cleared.sort()).toEqual(['blind', 'lag']);
});

test('rollbacks are told by what they were before the migration', () => {
	const rolled = (rollbacks: number, migration: boolean): Partial<Sample> => ({rates: {...quiet.rates, rollbacks}, active: migration ? [session(9, {migration: true})] : []});
	const seen: [number, boolean][] = [[2, false], [2, false], [5, true], [7, true], [7, true], [3.5, true], [2, true]];
	let state = noAlarms;
	const told = seen.map(([rollbacks, migration]) => {
		const next = look(state, rolled(rollbacks, migration));
		({state} = next);
		return next.raised[0]?.text ?? next.cleared[0] ?? '-';
	});
	expect(told).toEqual(['-', '-', '-', '7.0 transactions a second are rolled back, before the migration 2.0: an application may fail with what it has changed.', '-', '-', 'rollbacks']);
	// Without the time before there is nothing to compare with.
	expect(look(noAlarms, rolled(99, true)).raised).toEqual([]);
});

test('transactions that take five times as long for five seconds, while nobody waits for a lock: the migration\'s own share is taken off', () => {
	const busy = (second: number, transactionMs: number, more: Partial<Sample> = {}): Partial<Sample> => ({at: new Date(Date.parse(quiet.at) + second * 1000).toISOString(), rates: {...quiet.rates, commits: 190, rollbacks: 10, transactionMs}, active: [session(9, {migration: true})], ...more});
	const told = (samples: Partial<Sample>[]) => {
		let state = look(noAlarms, {...busy(-1, 4), active: []}).state;
		return samples.map(sample => {
			const next = look(state, sample);
			({state} = next);
			return next.raised[0]?.text ?? next.cleared[0] ?? '-';
		});
	};
	const slow = 'A transaction takes 25 ms on average, before the migration 4.0 ms, and nobody waits for a lock: the migration\'s load slows others down. p holds it at its next safe point, x cancels it.';
	expect(told([busy(0, 30), busy(2, 30), busy(4, 30), busy(6, 30), busy(7, 16), busy(8, 14)])).toEqual(['-', '-', '-', slow, '-', 'slow']);
	// The end of a long statement, waits for locks, its own load alone, and what is quick all the same.
	expect(told([busy(0, 300), busy(2, 300), busy(3, 4), busy(6, 4)])).toEqual(['-', '-', '-', '-']);
	for (const each of [(second: number) => busy(second, 300, {connections: {...quiet.connections, waiting: 1}}), (second: number) => busy(second, 9)]) expect(told([0, 2, 4, 6].map(each))).toEqual(['-', '-', '-', '-']);
});
