/** What is at work on the database now, also what only holds a transaction open. */
import {queryEvidence, type Check, type Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
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
	says: 'The active queries were read, idle transactions included, and none is older than a minute.',
	why: 'The document\'s `state = \'active\'` misses a session that is idle in a transaction, which is the usual blocker. A reading holds for that moment; the live pane goes on reading.',
	proves: 'wholly',
	dependsOn: ['target'],
	ttlMs: 60 * 1000,
	async run(look) {
		const {active, evidence} = await readActive(look);
		const long = active.filter(each => !each.migration && (each.seconds ?? 0) > longSeconds);
		const hidden = active.filter(each => each.query === '<insufficient privilege>').length;
		const seen = `${count(active.length, 'session')} at work${hidden > 0 ? `, ${hidden} of them not readable for this role (GRANT pg_monitor)` : ''}`;
		if (long.length > 0) return warned(`${seen}; older than a minute: ${listed(long.map(each => `pid ${each.pid} (${each.application || 'no name'}, ${each.state ?? 'state not known'}, ${Math.round(each.seconds!)} s)`), 3)}.`, [evidence]);
		return passed(`${seen}, none in a transaction older than a minute.`, [evidence]);
	},
};

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
