/** No statement can run for ever, and none is cut off before its time. */
import {queryEvidence, type Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {describeDuration, queryTimeout} from './timeout-settings.ts';
import {failed, listed, onlyIfSeen, passed, warned} from './verdict.ts';

/** Settings that would end the migration's session from the outside; they are not ours to set. */
const killers = `SELECT name, setting::bigint * CASE unit WHEN 's' THEN 1000 WHEN 'min' THEN 60000 ELSE 1 END AS ms, source FROM pg_settings WHERE name IN ('transaction_timeout', 'idle_session_timeout') AND setting <> '0'`;

export const largeStatementTimeout: Check = {
	id: 'large.statement-timeout',
	says: 'holdpoint sets a statement_timeout for the migration, longer than the longest rehearsed statement, and nothing else ends the session sooner.',
	why: 'A statement that runs away holds its locks until someone notices; a limit that is too short throws away hours of work at the end.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'target', 'rehearsal'],
	async run(look) {
		const {statementTimeoutMs} = look.settings.migration;
		const {own, stored, evidence, unseen} = await queryTimeout(look, 'statement_timeout');
		const rows = await (await look.session()).query<{name: string; ms: string; source: string}>(killers);
		const rehearsal = await look.rehearsal();
		const longestMs = Math.max(0, ...(rehearsal?.statements.map(each => each.seconds * 1000) ?? []));
		evidence.unshift(noteEvidence('what holdpoint sets in the migration\'s own session', [`${describeDuration(statementTimeoutMs)} (\`migration.statement_timeout\`), none for CONCURRENTLY`, rehearsal ? `longest rehearsed statement: ${(longestMs / 1000).toFixed(1)} s` : 'not rehearsed: no statement was measured']));
		evidence.push(queryEvidence('other limits that would end the session', killers, rows));
		if (statementTimeoutMs === 0) return failed('`migration.statement_timeout` is 0: a statement that runs away holds its locks for ever.', evidence);
		const off = own.filter(each => each.off);
		if (off.length > 0) return failed(`The migration switches statement_timeout off: ${listed(off.map(each => each.place))}.`, evidence);
		if (longestMs >= statementTimeoutMs) return failed(`The longest rehearsed statement took ${(longestMs / 1000).toFixed(1)} s, and statement_timeout is ${describeDuration(statementTimeoutMs)}.`, evidence);
		const shorter = [...rows.map(row => `${row.name} ${describeDuration(Number(row.ms))} (${row.source})`), ...stored.filter(each => /^(transaction_timeout|idle_)/.test(each.setting) && !each.setting.endsWith('=0')).map(each => `${each.setting} (${each.where})`)];
		if (shorter.length > 0) return onlyIfSeen(warned(`statement_timeout is ${describeDuration(statementTimeoutMs)}, but the session can be ended by ${listed(shorter)}.`, evidence), unseen);
		if (2 * longestMs > statementTimeoutMs) return onlyIfSeen(warned(`The longest rehearsed statement took ${(longestMs / 1000).toFixed(1)} s, more than half of statement_timeout (${describeDuration(statementTimeoutMs)}).`, evidence), unseen);
		return onlyIfSeen(passed(`statement_timeout is ${describeDuration(statementTimeoutMs)}, set by holdpoint before each statement${rehearsal ? `; the longest rehearsed one took ${(longestMs / 1000).toFixed(1)} s` : ''}.`, evidence), unseen);
	},
};
