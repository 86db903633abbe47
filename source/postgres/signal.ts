/** Cancels or terminates a backend, only if it is still the one that was meant. */
import type {Session} from './session.ts';

export interface Backend {
	pid: number;
	/** pg_stat_activity.backend_start as text with its zone, exact to the microsecond. */
	backendStart: string;
}

export interface SignalAnswer {
	result: 'accepted' | 'not-found' | 'denied';
	/** One sentence. Accepted is not done: an idle session ignores a cancel; ask again whether it is there. */
	reason: string;
}

/** Sends the signal in the statement that checks (pid, backend_start), so that a reused pid is never hit. */
export async function cancelBackend(session: Session, {pid, backendStart, terminate = false}: Backend & {terminate?: boolean}): Promise<SignalAnswer> {
	const verb = terminate ? 'terminate' : 'cancel';
	try {
		const [row] = await session.query<{sent: boolean}>(
			`SELECT pg_${verb}_backend(pid) AS sent FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz`,
			[pid, backendStart],
		);
		if (!row && await isHidden(session, pid)) return {result: 'denied', reason: `This role may not see whether ${pid} is still the backend that was meant, and nothing was sent. GRANT pg_monitor, or the backend's own role, mends it.`};
		if (!row) return {result: 'not-found', reason: `The backend ${pid} is not there any more; nothing was sent.`};
		return row.sent
			? {result: 'accepted', reason: `The server accepted to ${verb} the backend ${pid}.`}
			: {result: 'not-found', reason: `The backend ${pid} ended before the signal reached it.`};
	} catch (error) {
		if ((error as {code?: string}).code !== '42501') throw error;
		return {result: 'denied', reason: `This role may not ${verb} the backend ${pid}: ${(error as Error).message}. GRANT pg_signal_backend, or the backend's own role, mends it, except for a superuser's backend.`};
	}
}

/** To who has pg_signal_backend alone, the sessions of other roles show no beginning. */
async function isHidden(session: Session, pid: number): Promise<boolean> {
	return (await session.query('SELECT FROM pg_stat_activity WHERE pid = $1 AND backend_start IS NULL', [pid])).length > 0;
}

export interface BackendState {
	state: string | null;
	waitEventType: string | null;
	waitEvent: string | null;
	query: string | null;
	/** Seconds since the transaction began; null when none is open. */
	transactionSeconds: number | null;
}

/** That a backend whose beginning this role may not see is the migration's: its session holds the advisory lock that keeps a second one out, and pg_locks hides nothing. */
export const isHiddenMigration = (start: string, pid: string): string => `(${start} IS NULL AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = ${pid} AND l.locktype = 'advisory' AND l.granted))`;

/** What the migration's backend does now, or null when it is gone. */
export async function queryBackend(session: Session, {pid, backendStart}: Backend): Promise<BackendState | null> {
	const [row] = await session.query<BackendState>(
		`SELECT state, wait_event_type AS "waitEventType", wait_event AS "waitEvent", query, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS "transactionSeconds"
		FROM pg_stat_activity WHERE pid = $1 AND (backend_start = $2::timestamptz OR ${isHiddenMigration('backend_start', '$1')})`,
		[pid, backendStart],
	);
	return row ?? null;
}
