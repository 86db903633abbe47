/** Who waits for whom, from one reading of the contested locks; linear in the number of locks, whatever the shape of the graph. */
import type {Behind, Blocker, LockWait, WaitingSession} from '../journal/shapes/sample.ts';
import {findBehind} from './behind.ts';
import {conflictsOf} from './conflicts.ts';
import type {LockRow} from './queries/contested.ts';

/** One object that somebody waits for. */
export interface Contest {
	held: LockRow[];
	/** In the order of the queue. */
	queue: LockRow[];
}

export interface LockGraph {
	/** One for each session that waits, the longest wait first. */
	waits: LockWait[];
	/** Whom a session waits for: holders first, then those before it in the queue; at most 20 of them. */
	blockedBy(pid: number): number[];
	/** Each waiter once, under one blocker: a holder if there is one, else the longest waiting before it. The largest tree first. */
	blockers: Blocker[];
	/** The sessions that would go on if this one ended. */
	behind(pid: number): Behind;
}

/** In a clique of 800 waiters the complete lists would be 320,000 numbers. */
const mostNamed = 20;

/**
 * Builds the graph. A waiter is blocked by every holder of a lock that conflicts with the one it wants, and by everyone
 * before it in the queue who wants one. Workers of a parallel query count as their leader (`leaders`: pid → leader's pid).
 */
export function buildLockGraph(rows: readonly LockRow[], leaders: ReadonlyMap<number, number> = new Map()): LockGraph {
	const contests = groupByObject(rows, leaders);
	const waiting = new Map<number, LockRow>();
	const blockedBy = new Map<number, number[]>();
	for (const contest of contests.values()) {
		for (const [wait, pids] of nameBlockers(contest)) {
			if (waiting.has(wait.pid)) continue;
			waiting.set(wait.pid, wait);
			blockedBy.set(wait.pid, pids);
		}
	}

	const waits = [...waiting.values()].sort((a, b) => (b.waitSeconds ?? 0) - (a.waitSeconds ?? 0) || a.pid - b.pid);
	return {
		waits: waits.map(wait => ({pid: wait.pid, relation: wait.relation, mode: wait.mode, seconds: wait.waitSeconds, blockedBy: blockedBy.get(wait.pid) ?? [], kind: wait.kind})),
		blockedBy: pid => blockedBy.get(pid) ?? [],
		blockers: buildForest(waits, blockedBy, waiting),
		behind: pid => findBehind(pid, [...contests.values()]),
	};
}

function groupByObject(rows: readonly LockRow[], leaders: ReadonlyMap<number, number>): Map<string, Contest> {
	const contests = new Map<string, Contest>();
	for (const row of rows) {
		const lock = leaders.has(row.pid) ? {...row, pid: leaders.get(row.pid)!} : row;
		let contest = contests.get(lock.object);
		if (!contest) contests.set(lock.object, contest = {held: [], queue: []});
		(lock.granted ? contest.held : contest.queue).push(lock);
	}

	// Longest wait first: that is the order of the queue, but for the deadlock detector's rare rearrangement of it. Who has no time yet has only just come.
	// Before 14 the server says no times, and all who are first seen in one look wait equally long: then who wants what no holder stands against waits for one of the others.
	for (const {held, queue} of contests.values()) {
		const excluded = new Set([...new Set(held.map(({mode}) => mode))].flatMap(conflictsOf));
		queue.sort((a, b) => (b.waitSeconds ?? -1) - (a.waitSeconds ?? -1) || Number(excluded.has(b.mode)) - Number(excluded.has(a.mode)) || a.pid - b.pid);
	}
	return contests;
}

function nameBlockers({held, queue}: Contest): [LockRow, number[]][] {
	// For each mode that may be wanted: who stands in its way so far, by number of the mode and not of the waiters.
	const inTheWay = new Map<string, Set<number>>();
	const add = (lock: LockRow): void => {
		for (const mode of conflictsOf(lock.mode)) {
			let pids = inTheWay.get(mode);
			if (!pids) inTheWay.set(mode, pids = new Set());
			// One more than is named, as one of them may turn out to be the waiter itself.
			if (pids.size <= mostNamed) pids.add(lock.pid);
		}
	};

	// A holder that waits for nothing here is the more likely root; then the lowest pid, so that the tree keeps its order.
	const queued = new Set(queue.map(lock => lock.pid));
	for (const lock of held.toSorted((a, b) => Number(queued.has(a.pid)) - Number(queued.has(b.pid)) || a.pid - b.pid)) add(lock);
	return queue.map(wait => {
		const pids = [...inTheWay.get(wait.mode) ?? []].filter(pid => pid !== wait.pid).slice(0, mostNamed);
		add(wait);
		return [wait, pids];
	});
}

function buildForest(waits: LockRow[], blockedBy: Map<number, number[]>, waiting: Map<number, LockRow>): Blocker[] {
	const parents = cutCycles(waits, blockedBy, waiting);
	const children = new Map<number, LockRow[]>();
	const roots = new Set<number>();
	for (const wait of waits) {
		const parent = parents.get(wait.pid);
		if (parent === undefined) continue;
		const siblings = children.get(parent);
		if (siblings) siblings.push(wait);
		else children.set(parent, [wait]);
		if (!parents.has(parent)) roots.add(parent);
	}

	const nodes = new Map<number, WaitingSession>(waits.map(wait => [wait.pid, {pid: wait.pid, seconds: wait.waitSeconds, mode: wait.mode, relation: wait.relation, waiting: []}]));
	for (const [parent, below] of children) nodes.get(parent)?.waiting.push(...below.map(wait => nodes.get(wait.pid)!));
	return [...roots]
		.map(pid => {
			const below = (children.get(pid) ?? []).map(wait => nodes.get(wait.pid)!);
			return {pid, waiting: below, total: countBelow(below)};
		})
		.sort((a, b) => b.total - a.total || a.pid - b.pid);
}

/** The first blocker of each waiter; in a ring, which only a deadlock not yet found can be, the longest waiting has none. */
function cutCycles(waits: LockRow[], blockedBy: Map<number, number[]>, waiting: Map<number, LockRow>): Map<number, number> {
	const parents = new Map<number, number>();
	for (const wait of waits) {
		// Prepared transactions all have pid 0, as in pg_blocking_pids().
		const first = blockedBy.get(wait.pid)?.[0];
		if (first !== undefined) parents.set(wait.pid, first);
	}

	const settled = new Set<number>();
	for (const {pid} of waits) {
		const path: number[] = [];
		const seen = new Set<number>();
		for (let at: number | undefined = pid; at !== undefined && !settled.has(at); at = parents.get(at)) {
			if (seen.has(at)) {
				const ring = path.slice(path.indexOf(at));
				const longest = ring.reduce((a, b) => (waiting.get(b)?.waitSeconds ?? 0) > (waiting.get(a)?.waitSeconds ?? 0) ? b : a);
				parents.delete(longest);
				break;
			}

			seen.add(at);
			path.push(at);
		}

		for (const at of path) settled.add(at);
	}

	return parents;
}

function countBelow(waiting: WaitingSession[]): number {
	let total = 0;
	const open = [...waiting];
	for (let next = open.pop(); next; next = open.pop()) {
		total++;
		open.push(...next.waiting);
	}

	return total;
}

