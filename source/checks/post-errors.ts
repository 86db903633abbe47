/** The rate of errors is no higher than before. */
import type {Check} from './check.ts';
import {compareFigures, describeRate, figuresEvidence, rose, type Counted} from './database-counters.ts';
import {compareLogs, logEvidence} from './log-rates.ts';
import {describeMeasure, measuresEvidence, queryMeasures, risen} from './measures.ts';
import {needUpgrade} from './needed.ts';
import {failed, listed, passed, warned} from './verdict.ts';

/** A tenth more is within what rates do by themselves. */
const riseFactor = 1.1;

/** What the database itself counts of errors, and how many more than expected are no chance. */
const counters: readonly [Counted, string, number][] = [['rollbacks', 'rollbacks', 20], ['deadlocks', 'deadlocks', 1], ['conflicts', 'conflicts with recovery', 3], ['brokenSessions', 'sessions lost or ended by an error', 5]];

export const postErrors: Check = {
	id: 'post.errors',
	says: 'Since the upgrade neither the database\'s own counters of errors, nor a query of `metrics: {queries}` that counts errors, nor a log with `errors` of its own shows more than before it.',
	why: 'Some errors stand only on the users\' side of the application. A query counts as one of errors by its name (err, fail, 5xx, exception); without such a query, and without a log whose `errors` say what an error is, the database\'s own counters alone prove nothing, and a person attests.',
	proves: 'partly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const upgrade = needUpgrade(look);
		const comparison = await compareFigures(look);
		const measures = await queryMeasures(look, {errors: true, upgrade, kept: comparison.kept.before});
		const logs = await compareLogs(look, {upgrade, kept: comparison.kept.before, only: log => log.errors !== null});
		const evidence = [...measuresEvidence(measures), ...logs.map(logEvidence), figuresEvidence(comparison)];
		const say = ([name, words]: (typeof counters)[number]) => describeRate(words, spell => spell.counts[name], comparison);
		const more = [...risen(measures, riseFactor).map(describeMeasure), ...logs.filter(log => log.more).map(log => `${log.name} ${log.words}`), ...counters.filter(([name, , least]) => rose(name, least, comparison)).map(say)];
		if (more.length > 0) return failed(`More errors than before the upgrade: ${listed(more)}.`, evidence);
		const counted = comparison.before === null || comparison.after === null ? `the database's counters can't be compared: ${comparison.unknown.at(-1) ?? 'nothing was kept'}` : `${listed(counters.slice(0, 2).map(say))} ${comparison.after.words}`;
		const missing = measures.missing ?? logs.find(log => log.missing !== null)?.missing ?? null;
		if (missing !== null) return warned(`For a person: ${missing}; ${counted}. Look at your error rates and attest.`, evidence);
		if (measures.list.length + logs.length === 0) return warned(`For a person: no query that counts errors is configured (\`metrics: {queries}\`), and no log with \`errors\` of its own; ${counted}. Look at your error rates and attest.`, evidence);
		return passed(`No more errors than before the upgrade: ${listed([...measures.list.map(describeMeasure), ...logs.map(log => `${log.name} ${log.words}`)])}; ${counted}.`, evidence);
	},
};
