/** Who waits for whom now. */
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {count, listed, passed, warned} from './verdict.ts';

interface Waiting {
	pid: number;
	relation: string | null;
	mode: string;
	seconds: number | null;
	blockedBy: number[];
}

const query = (version: number) => `SELECT l.pid, CASE WHEN l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) THEN l.relation::regclass::text END AS relation, l.mode,
	extract(epoch FROM clock_timestamp() - ${version >= 140_000 ? 'l.waitstart' : 'a.query_start'})::float8 AS seconds, pg_blocking_pids(l.pid) AS "blockedBy"
	FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted ORDER BY 4 DESC NULLS LAST LIMIT 200`;

export const monitorLocks: Check = {
	id: 'monitor.locks',
	says: 'The locks that are not granted were read, with who holds them, and nobody waits.',
	why: 'A queue behind a lock grows by itself: everyone who comes later waits too. A reading holds for that moment; the live pane and the guard go on reading.',
	proves: 'wholly',
	dependsOn: ['target'],
	ttlMs: 60 * 1000,
	async run(look) {
		const {waiting, evidence} = await readWaiting(look);
		if (waiting.length === 0) return passed('No session waits for a lock.', [evidence]);
		const longest = Math.max(0, ...waiting.map(each => each.seconds ?? 0));
		return warned(`${count(waiting.length, 'session')} ${waiting.length === 1 ? 'waits' : 'wait'} for a lock, the longest ${longest.toFixed(1)} s: ${listed(waiting.map(each => `pid ${each.pid} for ${each.mode} on ${each.relation ?? 'what has no name'}, held up by ${each.blockedBy.join(', ') || 'nobody seen'}`), 3)}.`, [evidence]);
	},
};

async function readWaiting(look: Look) {
	const sample = look.sample();
	if (sample) {
		const waiting: Waiting[] = sample.locksWaiting;
		return {waiting, evidence: noteEvidence(`locks not granted in the sample of ${sample.at}`, [...waiting.map(each => `pid ${each.pid} waits ${each.seconds?.toFixed(1) ?? '?'} s for ${each.mode} on ${each.relation ?? '?'}, behind ${each.blockedBy.join(', ')}`), ...sample.hidden])};
	}
	const session = await look.session();
	const text = query(session.versionNumber);
	const waiting = await session.query<Waiting>(text);
	return {waiting, evidence: queryEvidence('locks not granted', text, waiting)};
}
