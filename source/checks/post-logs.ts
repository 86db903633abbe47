/** The logs speak of no database error that was not there before. */
import {findErrors} from '../integrations/logs.ts';
import {readServerLog} from '../postgres/server-log.ts';
import type {KeptFigures, Moment} from './baseline.ts';
import type {Check, Look} from './check.ts';
import {compareFigures, describeRate, figuresEvidence} from './database-counters.ts';
import {noteEvidence} from './evidence.ts';
import {compareLog, compareLogs, logEvidence, type ComparedLog} from './log-rates.ts';
import {needUpgrade} from './needed.ts';
import {failed, listed, passed, warned} from './verdict.ts';

export const postLogs: Check = {
	id: 'post.logs',
	says: 'Neither the configured log commands (`logs`) nor, where it can be read, the server\'s own log show a database error that the time before the upgrade did not have, or twice as many a minute.',
	why: 'Missing columns, violated constraints and stale cached plans show first in the application\'s log. A command decides how far back it looks: it finds the moment from which on in HOLDPOINT_SINCE (ISO 8601). What is not configured is not read; the server\'s log alone says nothing of what the application swallowed.',
	proves: 'partly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const upgrade = needUpgrade(look);
		const comparison = await compareFigures(look);
		const logs = await compareLogs(look, {upgrade, kept: comparison.kept.before});
		const server = await readServer(look, comparison);
		const evidence = [...logs.map(logEvidence), 'unread' in server ? noteEvidence('the server\'s own log', [`not read: ${server.unread}`]) : noteEvidence(`the server's own log: ${server.words}`, server.errors), figuresEvidence(comparison)];
		const all = 'unread' in server ? logs : [...logs, server];
		const bad = all.filter(log => log.more);
		if (bad.length > 0) return failed(`${listed(bad.map(log => `${log.name} has ${log.words}${log.newKinds.length > 0 ? `, new is ${listed(log.newKinds)}` : ''}; the newest: ${log.errors.at(-1)!.slice(0, 200)}`), 2)}`, evidence);
		const unread = logs.filter(log => !log.ok);
		if (unread.length > 0) return failed(`${listed(unread.map(log => log.missing!))}.`, evidence);
		const serverWords = 'unread' in server ? server.unread : `the server's own log has ${server.words}`;
		if (logs.length === 0) return warned(`For a person: no log is configured under \`logs\`; ${serverWords}; ${describeRate('rollbacks', spell => spell.counts.rollbacks, comparison)}. Read the application's log${upgrade.startedAt ? ` since ${upgrade.startedAt}` : ''} and attest.`, evidence);
		return passed(`No database error that was not there before: ${listed(all.map(log => `${log.name} has ${log.words}`))}${'unread' in server ? '; the server\'s own log was not read' : ''}.`, evidence);
	},
};

/** Since the end of the upgrade: the failed attempts of its lock ladder are in the log too. Before: since the plan was made. */
async function readServer(look: Look, {kept, before, after, now}: {kept: Record<Moment, KeptFigures | null>} & Pick<Awaited<ReturnType<typeof compareFigures>>, 'before' | 'after' | 'now'>): Promise<ComparedLog | {unread: string}> {
	const [planned, start, end] = [kept.planned?.figures, kept.before?.figures, kept.after?.figures ?? kept.before?.figures];
	const session = await look.session();
	const since = end ? await readServerLog(session, end.serverLog, now.serverLog) : {unread: 'unread' in now.serverLog ? now.serverLog.unread : 'where the server\'s log ended before the upgrade was not kept'};
	if ('unread' in since) return since;
	const earlier = planned && start ? await readServerLog(session, planned.serverLog, start.serverLog) : null;
	const reading = {name: 'the server\'s log', command: [], exit: null, ok: true, seconds: 0, ...findErrors(since.text, null)};
	const minutes = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000;
	return compareLog(reading, {
		minutes: after === null ? minutes(end!.at, now.at) : after.minutes,
		earlier: earlier && 'text' in earlier && before !== null ? findErrors(earlier.text, null) : null, earlierMinutes: planned && start ? minutes(planned.at, start.at) : 0,
	});
}
