/** What the live pane shows, from the samples: sessions in a calm order, who blocks whom, lag over time. */
import type {ActiveSession, Sample, WaitingSession} from '../../../journal/shapes/sample.ts';
import type {ConsoleState} from '../../state.ts';

/** The newest sample. */
export function latest(state: Pick<ConsoleState, 'samples'>): Sample | undefined {
	return state.samples.at(-1);
}

/**
 * The pids in the order they are shown: the migration first, then the longest.
 * While somebody chooses (`keep`), the order before stays and newcomers go to the end, so that no row moves under the cursor.
 */
export function pidOrder(active: readonly ActiveSession[], options: {before: readonly number[]; keep: boolean}): number[] {
	const sorted = active.toSorted((left, right) => Number(right.migration) - Number(left.migration) || longest(right) - longest(left) || left.pid - right.pid).map(({pid}) => pid);
	if (!options.keep) return sorted;
	const present = new Set(sorted);
	const known = new Set(options.before);
	return [...options.before.filter(pid => present.has(pid)), ...sorted.filter(pid => !known.has(pid))];
}

/** The sessions that are shown, in their order, by the filter. */
export function sessions(state: Pick<ConsoleState, 'samples' | 'pidOrder' | 'filters'>): ActiveSession[] {
	const active = latest(state)?.active ?? [];
	const byPid = new Map(active.map(session => [session.pid, session]));
	const filter = (state.filters.live ?? '').toLowerCase();
	return state.pidOrder.flatMap(pid => byPid.get(pid) ?? []).filter(session => filter === '' || textOfSession(session).includes(filter));
}

/** The session under the cursor, as the newest sample has it. */
export function chosenSession(state: Pick<ConsoleState, 'samples' | 'pid'>): ActiveSession | undefined {
	return latest(state)?.active.find(session => session.pid === state.pid);
}

export interface BlockingRow {
	pid: number;
	depth: number;
	last: boolean;
	/** Everyone who waits below it. */
	total: number;
	mode: string | null;
	relation: string | null;
	seconds: number | null;
	session: ActiveSession | undefined;
}

/** The blocking trees as rows, the tree of the migration first, bounded so that 800 waiters stay readable. */
export function blockingRows(sample: Sample, limit: number): {rows: BlockingRow[]; hidden: number} {
	const byPid = new Map(sample.active.map(session => [session.pid, session]));
	const rows: BlockingRow[] = [];
	const migration = (pid: number) => Number(byPid.get(pid)?.migration ?? false);
	const add = (waiting: WaitingSession, depth: number, last: boolean): void => {
		rows.push({pid: waiting.pid, depth, last, total: below(waiting), mode: waiting.mode, relation: waiting.relation, seconds: waiting.seconds, session: byPid.get(waiting.pid)});
		for (const [index, next] of waiting.waiting.entries()) add(next, depth + 1, index === waiting.waiting.length - 1);
	};

	for (const blocker of sample.blockers.toSorted((left, right) => migration(right.pid) - migration(left.pid) || right.total - left.total)) {
		rows.push({pid: blocker.pid, depth: 0, last: true, total: blocker.total, mode: null, relation: null, seconds: byPid.get(blocker.pid)?.transactionSeconds ?? null, session: byPid.get(blocker.pid)});
		for (const [index, waiting] of blocker.waiting.entries()) add(waiting, 1, index === blocker.waiting.length - 1);
	}

	return {rows: rows.slice(0, limit), hidden: Math.max(0, rows.length - limit)};
}

/** Lag of one standby over the samples, in seconds, oldest first; null where it was not known. */
export function lagSeries(samples: readonly Sample[], name: string): (number | null)[] {
	return samples.map(sample => sample.replication.find(standby => standby.name === name)?.lagSeconds ?? null);
}

function below(waiting: WaitingSession): number {
	return waiting.waiting.reduce((sum, next) => sum + 1 + below(next), 0);
}

function longest(session: ActiveSession): number {
	return session.state?.startsWith('idle in transaction') ? session.transactionSeconds ?? 0 : session.seconds ?? 0;
}

function textOfSession(session: ActiveSession): string {
	return `${session.pid} ${session.user ?? ''} ${session.application ?? ''} ${session.client ?? ''} ${session.state ?? ''} ${session.waitEvent ?? ''} ${session.query ?? ''}`.toLowerCase();
}
