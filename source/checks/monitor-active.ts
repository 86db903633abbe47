/** What is at work on the database now, also what only holds a transaction open. */
import type {Sample} from '../journal/shapes/sample.ts';
import {queryEvidence, type Check, type CheckResult, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {peakOf, readOverRun, samplesEvidence, timeOf, type OverRun} from './over-run.ts';
import {count, listed, passed, warned} from './verdict.ts';

interface Active {
	pid: number;
	application: string | null;
	state: string | null;
	/** Of its transaction, else of its query. */
	seconds: number | null;
	query: string | null;
	migration: boolean;
}

/** `state = 'active'` alone misses the usual blocker: one that is idle in a transaction. */
const query = `SELECT pid, application_name AS application, state, extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start))::float8 AS seconds, wait_event_type || ':' || wait_event AS wait, pg_blocking_pids(pid) AS "blockedBy", left(query, 200) AS query
	FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle' AND application_name NOT LIKE 'holdpoint%' ORDER BY 4 DESC NULLS LAST LIMIT 200`;

/** Longer than this a transaction stands in the way of a migration. */
const longSeconds = 60;

export const monitorActive: Check = {
	id: 'monitor.active',
	says: 'The active queries were read, idle transactions included, and none is older than a minute; after an upgrade: over all samples recorded while it ran.',
	why: 'The document\'s `state = \'active\'` misses a session that is idle in a transaction, which is the usual blocker. A reading holds for that moment; what was recorded while the upgrade ran holds for good.',
	proves: 'wholly',
	dependsOn: ['target'],
	ttlMs: 60 * 1000,
	async run(look) {
		const run = readOverRun(look);
		if (run !== null) return judgeRun(run);
		const {active, evidence} = await readActive(look);
		const long = active.filter(each => !each.migration && (each.seconds ?? 0) > longSeconds);
		const hidden = active.filter(each => each.query === '<insufficient privilege>').length;
		const seen = `${count(active.length, 'session')} at work${hidden > 0 ? `, ${hidden} of them not readable for this role (GRANT pg_monitor)` : ''}`;
		if (long.length > 0) return warned(`${seen}; older than a minute: ${listed(long.map(each => `pid ${each.pid} (${each.application || 'no name'}, ${each.state ?? 'state not known'}, ${Math.round(each.seconds!)} s)`), 3)}.`, [evidence]);
		return passed(`${seen}, none in a transaction older than a minute.`, [evidence]);
	},
};

/** While the upgrade ran: how many were at work, and whose transaction stood longest in its way. */
function judgeRun(run: OverRun): CheckResult {
	const clients = ({active}: Sample) => active.filter(each => !each.migration && (each.backendType === null || each.backendType === 'client backend') && !each.application?.startsWith('holdpoint'));
	const most = peakOf(run, sample => [{value: clients(sample).length, what: ''}])!;
	const longest = peakOf(run, sample => clients(sample).map(each => ({value: each.transactionSeconds ?? each.seconds, what: `pid ${each.pid} (${each.application || 'no name'}, ${each.state ?? 'state not known'})`})));
	const evidence = [samplesEvidence('sessions at work', run, sample => `${clients(sample).length} at work: ${clients(sample).slice(0, 5).map(each => `pid ${each.pid} ${each.application ?? ''} ${each.state ?? 'state not known'} ${(each.transactionSeconds ?? each.seconds)?.toFixed(1) ?? '?'} s`).join('; ')}`)];
	const summary = `At most ${count(most.value, 'session')} at work beside the migration (${timeOf(most.at)}), the longest transaction ${longest === null ? 'none' : `${longest.value.toFixed(1)} s, ${longest.what} at ${timeOf(longest.at)}`}, ${run.words}.`;
	return {...(longest !== null && longest.value > longSeconds ? warned : passed)(summary, evidence), lasting: true};
}

async function readActive(look: Look) {
	const sample = look.sample();
	if (sample) {
		const active: Active[] = sample.active.filter(each => each.backendType === null || each.backendType === 'client backend').map(each => ({...each, seconds: each.transactionSeconds ?? each.seconds}));
		return {active, evidence: noteEvidence(`sessions at work in the sample of ${sample.at}`, [...active.map(each => `pid ${each.pid} ${each.application ?? ''} ${each.state ?? 'state not known'} ${each.seconds?.toFixed(1) ?? '?'} s: ${each.query?.replace(/\s+/g, ' ').slice(0, 200) ?? 'not readable'}`), ...sample.hidden])};
	}
	const rows = await (await look.session()).query<Active>(query);
	const running = look.state.running?.backend?.pid;
	return {active: rows.map(row => ({...row, migration: row.pid === running})), evidence: queryEvidence('sessions at work', query, rows)};
}
