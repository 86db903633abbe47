/** Who waits for one session, directly or through others: the number that the guard acts by. */
import type {Behind} from '../journal/shapes/sample.ts';
import type {Contest} from './blocking.ts';
import {conflict} from './conflicts.ts';
import type {LockRow} from './queries/contested.ts';

/**
 * The sessions that would go on if `pid` ended. Not counted:
 * - who also waits for a holder that has nothing to do with `pid`: ending `pid` would not help it;
 * - who waits for a snapshot (`virtualxid`: CREATE INDEX CONCURRENTLY) or for maintenance to end (VACUUM, ANALYZE and CONCURRENTLY take
 *   SHARE UPDATE EXCLUSIVE): no traffic of the service waits like that, though what waits behind these is counted.
 */
export function findBehind(pid: number, contests: readonly Contest[]): Behind {
	const reached = reach(pid, contests);
	const waits: LockRow[] = [];
	for (const {held, queue} of contests) {
		const strangers = held.filter(lock => lock.pid !== pid && !reached.has(lock.pid));
		for (const wait of queue) {
			if (!reached.has(wait.pid) || isMaintenance(wait)) continue;
			if (!strangers.some(lock => conflict(lock.mode, wait.mode))) waits.push(wait);
		}
	}

	const seconds = waits.map(wait => wait.waitSeconds).filter(value => value !== null);
	return {
		sessions: waits.length,
		longestSeconds: waits.length === 0 ? 0 : seconds.length === 0 ? null : Math.max(...seconds),
		sessionSeconds: waits.length === 0 ? 0 : seconds.length === 0 ? null : seconds.reduce((sum, value) => sum + value, 0),
		relations: countRelations(waits),
	};
}

/** Everyone who waits for `pid` or for somebody who does. Each waiter is taken out of its queue once, so the clique costs no more than the queue. */
function reach(pid: number, contests: readonly Contest[]): Set<number> {
	const inContests = new Map<number, number[]>();
	contests.forEach(({held, queue}, index) => {
		for (const lock of [...held, ...queue]) {
			const list = inContests.get(lock.pid);
			if (!list) inContests.set(lock.pid, [index]);
			else if (list.at(-1) !== index) list.push(index);
		}
	});
	const left = contests.map(({queue}) => queue.map((wait, place) => ({wait, place})));
	const reached = new Set<number>();
	const open = [pid];
	for (let blocker = open.pop(); blocker !== undefined; blocker = open.pop()) {
		for (const index of inContests.get(blocker) ?? []) {
			const {held, queue} = contests[index]!;
			const holds = held.filter(lock => lock.pid === blocker).map(lock => lock.mode);
			const place = queue.findIndex(lock => lock.pid === blocker);
			const wants = queue[place]?.mode;
			left[index] = left[index]!.filter(({wait, place: its}) => {
				if (wait.pid === pid || reached.has(wait.pid)) return false;
				const blocked = wait.pid !== blocker && (holds.some(mode => conflict(mode, wait.mode)) || (wants !== undefined && place < its && conflict(wants, wait.mode)));
				if (blocked) {
					reached.add(wait.pid);
					open.push(wait.pid);
				}

				return !blocked;
			});
		}
	}

	return reached;
}

const isMaintenance = (wait: LockRow): boolean => wait.kind === 'virtualxid' || (wait.kind === 'relation' && wait.mode === 'ShareUpdateExclusiveLock');

/** The names of what is waited for, the most wanted first. */
function countRelations(waits: LockRow[]): string[] {
	const counts = new Map<string, number>();
	for (const {relation} of waits) {
		if (relation !== null) counts.set(relation, (counts.get(relation) ?? 0) + 1);
	}

	return [...counts].sort((a, b) => b[1] - a[1]).map(([relation]) => relation).slice(0, 5);
}
