/** The blocking tree out of plain lock rows. */
import {describe, expect, test} from 'vitest';
import {buildLockGraph} from '../../source/monitor/blocking.ts';
import type {LockRow} from '../../source/monitor/queries/contested.ts';
import type {WaitingSession} from '../../source/journal/shapes/sample.ts';

/** `10 holds AccessShare orders`, `20 wants AccessExclusive orders 2.5`: the last is for how many seconds. */
function locks(...lines: string[]): LockRow[] {
	return lines.map(line => {
		const [pid, verb, mode, object, seconds] = line.split(' ') as [string, string, string, string, string | undefined];
		const [kind, name] = object.includes(':') ? object.split(':') as [string, string] : ['relation', object];
		return {pid: Number(pid), granted: verb === 'holds', mode: `${mode}Lock`, waitSeconds: seconds === undefined ? null : Number(seconds), object, kind, relation: kind === 'relation' ? name : null};
	});
}

/** The forest as indented text. */
function draw(rows: LockRow[], leaders?: Map<number, number>): string[] {
	const line = (node: WaitingSession, depth: number): string[] => [`${'  '.repeat(depth)}${node.pid}`, ...node.waiting.flatMap(child => line(child, depth + 1))];
	return buildLockGraph(rows, leaders).blockers.flatMap(({pid, waiting, total}) => [`${pid} (${total})`, ...waiting.flatMap(node => line(node, 1))]);
}

test.each([
	['nobody waits', [], []],
	['readers queue behind an ALTER that waits for a reader', locks('10 holds AccessShare t', '20 wants AccessExclusive t 9', '31 wants AccessShare t 8', '32 wants AccessShare t 7'), ['10 (3)', '  20', '    31', '    32']],
	['the same when all were first seen in one look: no holder stands in the way of the readers', locks('10 holds AccessShare t', '31 wants AccessShare t 0', '32 wants AccessShare t 0', '40 wants AccessExclusive t 0'), ['10 (3)', '  40', '    31', '    32']],
	['a holder is the parent, not those before in the queue', locks('10 holds AccessExclusive t', '20 wants AccessExclusive t 9', '30 wants AccessShare t 8'), ['10 (2)', '  20', '  30']],
	['a chain over two tables', locks('10 holds AccessShare t', '20 wants AccessExclusive t 9', '20 holds RowExclusive u', '30 wants Share u 5'), ['10 (2)', '  20', '    30']],
	['who does not conflict does not wait for each other', locks('10 holds Share t', '20 wants RowExclusive t 4', '21 wants RowExclusive t 3'), ['10 (2)', '  20', '  21']],
	['a prepared transaction is pid 0', locks('0 holds RowExclusive t', '20 wants AccessExclusive t 1'), ['0 (1)', '  20']],
	['the largest tree first', locks('10 holds AccessExclusive a', '11 wants AccessShare a 1', '40 holds AccessExclusive b', '41 wants AccessShare b 1', '42 wants AccessShare b 1'), ['40 (2)', '  41', '  42', '10 (1)', '  11']],
	['a deadlock not yet found has its longest waiting as root', locks('10 holds Exclusive transactionid:1', '20 wants Share transactionid:1 0.2', '20 holds Exclusive transactionid:2', '10 wants Share transactionid:2 0.5'), ['10 (1)', '  20']],
	['an upgrade of one\'s own lock does not wait for oneself', locks('10 holds AccessShare t', '11 holds AccessShare t', '10 wants AccessExclusive t 1'), ['11 (1)', '  10']],
])('%s', (_, rows, expected) => {
	expect(draw(rows)).toEqual(expected);
});

test('workers of a parallel query count as their leader', () => {
	const rows = locks('11 holds AccessShare t', '20 wants AccessExclusive t 1');
	expect(draw(rows, new Map([[11, 10]]))).toEqual(['10 (1)', '  20']);
});

test('blockedBy names holders first, then the queue, and no more than twenty', () => {
	const rows = locks('10 holds AccessShare t', '20 wants AccessExclusive t 9', '30 wants AccessExclusive t 8');
	const graph = buildLockGraph(rows);
	expect(graph.blockedBy(30)).toEqual([10, 20]);
	expect(graph.waits).toEqual([
		{pid: 20, relation: 't', mode: 'AccessExclusiveLock', seconds: 9, blockedBy: [10], kind: 'relation'},
		{pid: 30, relation: 't', mode: 'AccessExclusiveLock', seconds: 8, blockedBy: [10, 20], kind: 'relation'},
	]);
	expect(buildLockGraph(clique(100)).blockedBy(1099)).toHaveLength(20);
});

describe('behind', () => {
	test.each([
		['direct and through others', locks('10 holds AccessShare t', '20 wants AccessExclusive t 9', '20 holds RowExclusive u', '30 wants AccessShare t 8', '31 wants Share u 5', '31 holds AccessExclusive v', '32 wants AccessShare v 2'), {sessions: 3, longestSeconds: 8, sessionSeconds: 15, relations: ['t', 'u', 'v']}],
		['not who came before it', locks('10 holds AccessExclusive t', '30 wants AccessShare t 9', '20 wants AccessExclusive t 8'), {sessions: 0, longestSeconds: 0, sessionSeconds: 0, relations: []}],
		['not who waits for another holder as well', locks('10 holds AccessExclusive t', '20 wants AccessExclusive t 9', '30 wants AccessShare t 8'), {sessions: 0, longestSeconds: 0, sessionSeconds: 0, relations: []}],
		['not an index built CONCURRENTLY that waits for its snapshot', locks('20 holds Exclusive virtualxid:4/7', '30 wants Share virtualxid:4/7 500'), {sessions: 0, longestSeconds: 0, sessionSeconds: 0, relations: []}],
		['not a VACUUM, but who waits behind that', locks('20 holds ShareUpdateExclusive t', '30 wants ShareUpdateExclusive t 60', '40 wants AccessExclusive t 4', '50 wants AccessShare t 3'), {sessions: 2, longestSeconds: 4, sessionSeconds: 7, relations: ['t']}],
		['rows that it has changed', locks('20 holds Exclusive transactionid:7', '30 wants Share transactionid:7 2', '30 holds Exclusive tuple:1', '31 wants Exclusive tuple:1 1'), {sessions: 2, longestSeconds: 2, sessionSeconds: 3, relations: []}],
		['unknown waits are unknown, not zero', locks('20 holds AccessExclusive t', '30 wants AccessShare t'), {sessions: 1, longestSeconds: null, sessionSeconds: null, relations: ['t']}],
	])('%s', (_, rows, expected) => {
		expect(buildLockGraph(rows).behind(20)).toEqual(expected);
	});
});

/** So many sessions who all want ACCESS EXCLUSIVE, behind an ALTER, behind a reader. */
function clique(size: number): LockRow[] {
	return locks('10 holds AccessShare t', '20 wants AccessExclusive t 9', ...Array.from({length: size}, (_, index) => `${1000 + index} wants AccessExclusive t ${(8 - index / 200).toFixed(3)}`));
}

test('800 waiters in a clique cost a few milliseconds', () => {
	const rows = clique(800);
	const times = Array.from({length: 30}, () => {
		const start = performance.now();
		const graph = buildLockGraph(rows);
		expect(graph.behind(10).sessions).toBe(801);
		expect(graph.blockers[0]!.total).toBe(801);
		return performance.now() - start;
	});
	// The fastest of many, since the machine may be busy: 3 ms when it is not; a quadratic way takes over 100.
	expect(Math.min(...times)).toBeLessThan(20);
});
