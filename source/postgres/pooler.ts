/** Recognises a connection pooler between us and the server: behind a transaction pooler, locks and settings of a session are fiction. */
import {connect, type Session} from './session.ts';

export interface PoolerAnswer {
	kind: 'none' | 'session' | 'transaction';
	/** What was seen, in one sentence. */
	reason: string;
}

/**
 * Says whether each transaction may run on another server connection.
 * A direct connection announces the pid of its backend at start-up, a pooler one of its own making. If so, a second connection
 * holds a transaction open: a transaction pooler lends it the server connection that ours used last, and ours changes its pid.
 */
export async function queryPooler(session: Session): Promise<PoolerAnswer> {
	const before = await queryPid(session);
	if (!session.optionsRefused && session.announcedPid === before && before === session.pid) return {kind: 'none', reason: `The connection announced its backend's own pid ${before}.`};
	if (before !== session.pid) return transaction(session.pid, before);

	const others: Session[] = [];
	try {
		for (let index = 0; index < 3; index++) {
			const other = await connect(session.conninfo, {application: 'holdpoint-probe'});
			others.push(other);
			await other.query('BEGIN');
			const now = await queryPid(session);
			if (now !== before) return transaction(before, now);
		}
		return {kind: 'session', reason: `The connection announced the pid ${session.announcedPid ?? 'of nobody'} but runs on the backend ${before}, which stays the same: a pooler in session mode or a proxy.`};
	} finally {
		await Promise.all(others.map(async other => {
			await other.query('ROLLBACK').catch(() => undefined);
			await other.close();
		}));
	}
}

async function queryPid(session: Session): Promise<number> {
	const [row] = await session.query<{pid: number}>('SELECT pg_backend_pid() AS pid');
	return row!.pid;
}

function transaction(before: number, now: number): PoolerAnswer {
	return {kind: 'transaction', reason: `Two transactions of one connection ran on two backends (${before} and ${now}): a pooler in transaction mode is in between.`};
}
