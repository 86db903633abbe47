/** The application's logs speak of no database error. */
import {readLogErrors} from '../integrations/logs.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {Check} from './check.ts';
import {queryCounters} from './database-counters.ts';
import {needUpgrade} from './needed.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const postLogs: Check = {
	id: 'post.logs',
	says: 'The configured log commands (`logs`) show no line of a database error.',
	why: 'Missing columns, violated constraints and stale cached plans show first in the application\'s log. The command decides how far back it looks: it finds the start of the upgrade in HOLDPOINT_SINCE (ISO 8601). What is not configured is not read.',
	proves: 'partly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {startedAt} = needUpgrade(look);
		const {settings} = look;
		const counters = await queryCounters(look);
		if (settings.logs.length === 0) return warned(`For a person: no log is configured under \`logs\`; the server counts ${count(counters.deadlocks, 'deadlock')} and ${count(counters.rollbacks, 'rollback')}. Read the application's log${startedAt ? ` since ${startedAt}` : ''} and attest.`, [counters.evidence]);
		// Commands that can look back to a moment get it; the others look as far as they always do.
		const logs = await readLogErrors(settings.logs, {directory: settings.project, environment: {...settings.alembic.environment, ...(startedAt && {HOLDPOINT_SINCE: startedAt})}});
		const evidence: Evidence[] = [...logs.map((log): Evidence => ({kind: 'command', title: `${log.name}: ${log.ok ? `${log.count} of ${log.lines} lines with errors` : log.reason}`, command: log.command, exit: log.exit, body: log.errors.join('\n')})), counters.evidence];
		const bad = logs.filter(log => (log.count ?? 0) > 0);
		if (bad.length > 0) return failed(`${listed(bad.map(log => `${log.name} has ${count(log.count!, 'line')} with database errors, the newest: ${log.errors.at(-1)!.slice(0, 200)}`), 2)}`, evidence);
		const unread = logs.filter(log => !log.ok);
		if (unread.length > 0) return failed(`${listed(unread.map(log => `${log.name} could not be read: it ${log.reason}`))}.`, evidence);
		return passed(`No database error in ${listed(logs.map(log => `${count(log.lines!, 'line')} of ${log.name}`))}.`, evidence);
	},
};
