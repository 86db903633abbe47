/** A forced switch of the WAL segment, waited for until it is archived: the one proof that archiving works now. It writes, and so is only made when asked for. */
import {setTimeout as wait} from 'node:timers/promises';
import type {Session} from './session.ts';

export interface Archived {
	/** The segment that was switched away from; null where it came to none. */
	segment: string | null;
	/** From the switch until the archiver had it; null when it did not. */
	seconds: number | null;
	/** What kept it; null when it was archived. */
	why: string | null;
	at: string;
}

interface Archiver {
	last: string | null;
	failed: string;
	failedSegment: string | null;
}

/** Never throws for what the server refuses: that is in `why`. */
export async function forceArchive(session: Session, {timeoutMs = 60_000, signal}: {timeoutMs?: number; signal?: AbortSignal | undefined} = {}): Promise<Archived> {
	const at = new Date().toISOString();
	const not = (why: string, segment: string | null = null): Archived => ({segment, seconds: null, why, at});
	const [settings] = await session.query<{mode: string}>('SELECT current_setting(\'archive_mode\') AS mode');
	if (session.inRecovery) return not('it is a standby, which has no WAL of its own to switch');
	if (settings!.mode === 'off') return not('archive_mode is off');
	const before = await queryArchiver(session);
	const started = performance.now();
	let segment: string;
	try {
		// Without a record since the last switch there would be nothing to switch.
		const [row] = await session.query<{segment: string}>('SELECT pg_walfile_name(pg_logical_emit_message(false, \'holdpoint\', \'a forced switch\')) AS segment');
		segment = row!.segment;
		await session.query('SELECT pg_switch_wal()');
	} catch (error) {
		if ((error as {code?: string}).code !== '42501') throw error;
		return not(`the role ${session.conninfo.user} may not call pg_switch_wal(); GRANT EXECUTE ON FUNCTION pg_switch_wal() TO ${session.conninfo.user} mends it`);
	}
	for (;;) {
		const {last, failed, failedSegment} = await queryArchiver(session);
		// Names of other files, such as of a timeline's history, begin otherwise or go on.
		if (last !== null && last.slice(8, 24) >= segment.slice(8, 24)) return {segment, seconds: (performance.now() - started) / 1000, why: null, at};
		if (failed !== before.failed) return not(`the archiver failed at ${failedSegment ?? 'it'}; the server's log has the message of archive_command`, segment);
		if (signal?.aborted) return not('the waiting was cancelled', segment);
		if (performance.now() - started > timeoutMs) return not(`it was not archived within ${timeoutMs / 1000} s`, segment);
		await wait(100);
	}
}

async function queryArchiver(session: Session): Promise<Archiver> {
	const [row] = await session.query<Archiver>('SELECT last_archived_wal AS last, failed_count::text AS failed, last_failed_wal AS "failedSegment" FROM pg_stat_archiver');
	return row!;
}
