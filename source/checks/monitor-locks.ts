/** Who waits for whom now. */
import {queryEvidence, type Check, type CheckResult, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {peakOf, readOverRun, samplesEvidence, timeOf, type OverRun} from './over-run.ts';
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

/** Where the guard has no limit of its own. */
const longSeconds = 3;

export const monitorLocks: Check = {
	id: 'monitor.locks',
	says: 'The locks that are not granted were read, with who holds them, and nobody waits; after an upgrade: over all samples recorded while it ran, nobody waited longer than the guard allows.',
	why: 'A queue behind a lock grows by itself: everyone who comes later waits too. A reading holds for that moment; what was recorded while the upgrade ran holds for good.',
	proves: 'wholly',
	dependsOn: ['target'],
	ttlMs: 60 * 1000,
	async run(look) {
		const run = readOverRun(look);
		if (run !== null) return judgeRun(run, look.state.guard.maxBlockedSeconds ?? longSeconds);
		const {waiting, evidence} = await readWaiting(look);
		if (waiting.length === 0) return passed('No session waits for a lock.', [evidence]);
		const longest = Math.max(0, ...waiting.map(each => each.seconds ?? 0));
		return warned(`${count(waiting.length, 'session')} ${waiting.length === 1 ? 'waits' : 'wait'} for a lock, the longest ${longest.toFixed(1)} s: ${listed(waiting.map(each => `pid ${each.pid} for ${each.mode} on ${each.relation ?? 'what has no name'}, held up by ${each.blockedBy.join(', ') || 'nobody seen'}`), 3)}.`, [evidence]);
	},
};

/** Who waits for less than the guard allows is the price of a migration, and told. */
function judgeRun(run: OverRun, limit: number): CheckResult {
	const most = peakOf(run, sample => [{value: sample.locksWaiting.length, what: ''}])!;
	const longest = peakOf(run, sample => sample.locksWaiting.map(each => ({value: each.seconds, what: `pid ${each.pid} for ${each.mode} on ${each.relation ?? 'what has no name'}, held up by ${each.blockedBy.join(', ') || 'nobody seen'}`})));
	const behind = peakOf(run, sample => sample.blockers.filter(blocker => sample.active.some(each => each.pid === blocker.pid && each.migration)).map(({total}) => ({value: total, what: ''})));
	const evidence = [samplesEvidence('locks not granted', run, sample => sample.locksWaiting.length === 0 ? null : sample.locksWaiting.slice(0, 5).map(each => `pid ${each.pid} waits ${each.seconds?.toFixed(1) ?? '?'} s for ${each.mode} on ${each.relation ?? '?'}, behind ${each.blockedBy.join(', ')}`).join('; '))];
	if (most.value === 0) return {...passed(`No session waited for a lock ${run.words}.`, evidence), lasting: true};
	const summary = `At most ${count(most.value, 'session')} waited for a lock (${timeOf(most.at)})${behind === null ? '' : `, ${behind.value} of them behind the migration`}; the longest ${longest === null ? 'time is not known' : `${longest.value.toFixed(1)} s: ${longest.what}, at ${timeOf(longest.at)}`}, ${run.words}.`;
	return {...(longest !== null && longest.value > limit ? warned : passed)(summary, evidence), lasting: true};
}

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
