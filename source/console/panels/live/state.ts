/** What the live pane shows, from a sample: which sessions in which order, who blocks whom, how a queue grows. */
import type {ActiveSession, Blocker, LockWait, Sample, WaitingSession} from '../../../journal/shapes/sample.ts';
import type {Point} from '../../../monitor/series.ts';
import type {ConsoleState} from '../../state.ts';
import type {Sort} from './look.ts';

/** The newest sample. */
export function latest(state: Pick<ConsoleState, 'samples'>): Sample | undefined {
	return state.samples.at(-1);
}

/** What the live pane stands at: the newest sample, or the one it was frozen at. */
export function shownSample(state: Pick<ConsoleState, 'samples' | 'live'>): Sample | undefined {
	return state.live.frozen ?? latest(state);
}

/** The pids in an order: the migration always first, equals by how long they take. */
export function sortedPids(active: readonly ActiveSession[], sort: Sort): number[] {
	const byTime = (left: ActiveSession, right: ActiveSession): number => longest(right) - longest(left) || left.pid - right.pid;
	const by: Record<Sort, (left: ActiveSession, right: ActiveSession) => number> = {
		time: byTime,
		state: (left, right) => stateRank(left) - stateRank(right) || byTime(left, right),
		user: (left, right) => (left.user ?? '').localeCompare(right.user ?? '') || byTime(left, right),
		waits: (left, right) => waitRank(left) - waitRank(right) || (left.waitEvent ?? '').localeCompare(right.waitEvent ?? '') || byTime(left, right),
	};
	return active.toSorted((left, right) => Number(right.migration) - Number(left.migration) || by[sort](left, right)).map(({pid}) => pid);
}

/** The sessions that are shown, in their order, by the filter. */
export function sessions(state: Pick<ConsoleState, 'samples' | 'pidOrder' | 'filters' | 'live'>): ActiveSession[] {
	const byPid = new Map((shownSample(state)?.active ?? []).map(session => [session.pid, session]));
	return state.pidOrder.flatMap(pid => byPid.get(pid) ?? []).filter(session => fitsFilter(session, state.filters.live));
}

/** Whether pid, user, database elsewhere, application, client, state, wait or query contain the text; with `!` before it, whether none does. */
export function fitsFilter(session: Partial<ActiveSession>, filter = ''): boolean {
	const text = filter.toLowerCase();
	if (text === '' || text === '!') return true;
	const {pid, user, database, application, client, state, waitEvent, query} = session;
	const has = (wanted: string): boolean => `${pid} ${user ?? ''} ${database ?? ''} ${application ?? ''} ${client ?? ''} ${state ?? ''} ${waitEvent ?? ''} ${query ?? ''}`.toLowerCase().includes(wanted);
	return text.startsWith('!') ? !has(text.slice(1)) : has(text);
}

/** Whether this role sees what the sessions of other roles do: without it an empty list says nothing of them. */
export const seesOthers = ({connections}: Sample): boolean => connections.active !== null;

/** The session under the cursor, as the shown sample has it. */
export function chosenSession(state: Pick<ConsoleState, 'samples' | 'pid' | 'live'>): ActiveSession | undefined {
	return shownSample(state)?.active.find(session => session.pid === state.pid);
}

/** The pid at the root of the tree that a session waits in: its own where it is the root, null where it is in none. */
export function rootOf(sample: Sample, pid: number): number | null {
	const contains = (waiting: readonly WaitingSession[]): boolean => waiting.some(each => each.pid === pid || contains(each.waiting));
	return sample.blockers.find(blocker => blocker.pid === pid || contains(blocker.waiting))?.pid ?? null;
}

export interface BlockingRow {
	pid: number;
	depth: number;
	last: boolean;
	/** Everyone who waits below it. */
	total: number;
	/** What it waits for, in words; null at a root. */
	lock: string | null;
	seconds: number | null;
	session: ActiveSession | undefined;
}

/** The blocking trees as rows, the tree of the migration first; branches that were there `before` keep their order. */
export function blockingRows(sample: Sample, {before = []}: {before?: readonly number[]} = {}): BlockingRow[] {
	const byPid = new Map(sample.active.map(session => [session.pid, session]));
	const rank = new Map(before.map((pid, index) => [pid, index]));
	const rankOf = (pid: number): number => rank.get(pid) ?? Number.MAX_SAFE_INTEGER;
	const kinds = new Map(sample.locksWaiting.map(lock => [lock.pid, lock.kind]));
	const rows: BlockingRow[] = [];
	const migration = (pid: number) => Number(byPid.get(pid)?.migration ?? false);
	const add = (waiting: readonly WaitingSession[], depth: number): void => {
		const calm = waiting.toSorted((left, right) => rankOf(left.pid) - rankOf(right.pid));
		for (const [index, {pid, mode, relation, seconds, waiting: next}] of calm.entries()) {
			rows.push({pid, depth, last: index === calm.length - 1, total: below(next), lock: lockWords({mode, relation, kind: kinds.get(pid)}), seconds, session: byPid.get(pid)});
			add(next, depth + 1);
		}
	};

	const holds = (blocker: Blocker): number => Number(migration(blocker.pid) || contains(blocker.waiting, pid => migration(pid) === 1));
	for (const {pid, total, waiting} of sample.blockers.toSorted((left, right) => rankOf(left.pid) - rankOf(right.pid) || holds(right) - holds(left) || right.total - left.total)) {
		rows.push({pid, depth: 0, last: true, total, lock: null, seconds: byPid.get(pid)?.transactionSeconds ?? null, session: byPid.get(pid)});
		add(waiting, 1);
	}

	return rows;
}

/** `ShareLock on orders`; a wait for a row or for an old snapshot is one for the end of a transaction. */
export function lockWords({mode, relation, kind}: Pick<LockWait, 'mode' | 'relation' | 'kind'>): string {
	return relation === null && (kind === 'transactionid' || kind === 'virtualxid') ? 'the end of its transaction' : `${mode} on ${relation ?? kind ?? 'no relation'}`;
}

/** By how many sessions a second the queue behind the migration has grown over the last seconds; null: not known. */
export function queueGrowth(points: readonly Point[]): number | null {
	const now = points.at(-1);
	const then = points.findLast(point => now && now.at - point.at >= 5000);
	const [from, to] = [then?.high['behind'], now?.high['behind']];
	// Over a gap nothing is known.
	return from === undefined || to === undefined || now!.at - then!.at > 20_000 ? null : (to - from) / ((now!.at - then!.at) / 1000);
}

/** A session that has a transaction open and runs nothing. */
export const isIdleInTransaction = (session: Pick<ActiveSession, 'state'> | undefined): boolean => session?.state?.startsWith('idle in transaction') ?? false;

/** How long it has been at what it is at: idle ones by their transaction. */
export function longest(session: ActiveSession): number {
	return isIdleInTransaction(session) ? session.transactionSeconds ?? 0 : session.seconds ?? 0;
}

function below(waiting: readonly WaitingSession[]): number {
	return waiting.reduce((sum, next) => sum + 1 + below(next.waiting), 0);
}

function contains(waiting: readonly WaitingSession[], fits: (pid: number) => boolean): boolean {
	return waiting.some(each => fits(each.pid) || contains(each.waiting, fits));
}

function stateRank(session: ActiveSession): number {
	return session.blockedBy.length > 0 ? 0 : isIdleInTransaction(session) ? 1 : session.state === 'active' ? 2 : 3;
}

function waitRank(session: ActiveSession): number {
	return session.blockedBy.length > 0 ? 0 : session.waitEvent === null ? 2 : 1;
}
