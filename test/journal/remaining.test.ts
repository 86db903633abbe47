/** What is left of an upgrade, told from its rehearsal statement by statement. */
import {expect, test} from 'vitest';
import {remainingOf} from '../../source/journal/remaining.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';

const start = Date.parse('2026-03-01T12:00:00Z');
const statement = (sql: string, estimateSeconds: number | null) => ({sql, seconds: 1, locks: [], rewrote: [], scanned: [], rows: null, walBytes: null, estimateSeconds});
const rehearsed = [statement('ALTER TABLE a ADD x int', 0.1), statement('UPDATE a SET x = 1', 10), statement('UPDATE a SET x = 1', 40), statement('CREATE INDEX i ON a (x)', 20), statement('VACUUM b', null)];

const batches = [statement('BEGIN', 0), {...statement('UPDATE a', 2), times: 2}, {...statement('UPDATE a', 4), times: 4}, statement('COMMIT', 0)];

/** The statements that have ended with their seconds, and since how long which one runs. */
function run({ended = [], now, attempt = 1, digest = 'd', number, statements = rehearsed}: {number?: number; statements?: typeof rehearsed; ended?: [string, number][]; now?: [sql: string, seconds: number]; attempt?: number; digest?: string}): Parameters<typeof remainingOf>[0] {
	return {
		plan: {digest} as RunState['plan'], rehearsal: {digest: 'd', statements} as unknown as RunState['rehearsal'],
		running: {action: 'upgrade', attempt, lastStatement: 0, statements: ended.map(([sql, seconds]) => ({sql, seconds})), statement: now ? {sql: now[0], number: number ?? 1, startedAt: new Date(start - now[1] * 1000).toISOString()} : null} as RunState['running'],
	};
}

test.for<[what: string, given: Parameters<typeof run>[0], left: object]>([
	['before the first', {}, {number: 0, total: 5, seconds: 70.1, unknown: 1, pace: 1}],
	['in the middle of one', {ended: [['ALTER TABLE a\n ADD x int', 0.1]], now: ['UPDATE a SET x = 1', 4]}, {number: 2, seconds: 66, over: 0, estimate: 10}],
	['twice as slow so far: the rest takes twice as long', {ended: [['UPDATE a SET x = 1', 20]], now: ['CREATE INDEX i ON a (x)', 10]}, {number: 4, pace: 2, seconds: 30, unknown: 1}],
	['over its estimate', {now: ['CREATE INDEX i ON a (x)', 25]}, {number: 4, seconds: 0, over: 5}],
	['of unknown length', {now: ['VACUUM b', 25]}, {number: 5, seconds: 0, unknown: 1, over: 0, estimate: null}],
	['one that was not rehearsed', {ended: [['UPDATE a SET x = 1', 10]], now: ['DELETE FROM a', 1]}, {number: 2, seconds: 60, unknown: 2}],
	['many in one, as the journal tells a loop', {ended: [['ALTER TABLE a ADD x int', 0.1], ['UPDATE a SET x = 1', 10], ['UPDATE a SET x = 1 -- 68 times', 40]]}, {number: 3, seconds: 20, unknown: 1}],
	['batches, told in other portions than they were rehearsed', {statements: batches, ended: [['BEGIN', 0], ['UPDATE a -- 4 times', 8]], now: ['UPDATE a', 1]}, {number: 6, total: 8, pace: 2, seconds: 3, estimate: 2, over: 0}],
	['batches that have ended since and are not yet told', {statements: batches, ended: [['BEGIN', 0], ['UPDATE a -- 3 times', 3]], now: ['UPDATE a', 0], number: 3}, {number: 7, total: 8, pace: 1, seconds: 1}],
	['more batches than there were rows for', {statements: batches, ended: [['BEGIN', 0], ['UPDATE a -- 9 times', 9]], now: ['UPDATE a', 0]}, {number: 7, total: 8, seconds: 1.5, over: 0}],
	['a second attempt begins at the beginning', {attempt: 2, ended: [['ALTER TABLE a ADD x int', 0.1], ['UPDATE a SET x = 1', 3], ['ALTER TABLE a ADD x int', 0.1]]}, {number: 1, seconds: 70, unknown: 1}],
])('%s', ([, given, left]) => {
	const told = remainingOf(run(given), start)!;
	expect({...told, seconds: Number(told.seconds.toFixed(6))}).toMatchObject(left);
});

test('another plan than the rehearsed one says nothing', () => {
	expect(remainingOf(run({digest: 'other'}), start)).toBeNull();
});
