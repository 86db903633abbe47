/** The rate of errors is no higher than before. */
import type {Check} from './check.ts';
import {queryCounters} from './database-counters.ts';
import {noteEvidence} from './evidence.ts';
import {describeMeasure, queryMeasures} from './measures.ts';
import {needUpgrade} from './needed.ts';
import {failed, listed, passed, warned} from './verdict.ts';

/** A tenth more is within what rates do by themselves. */
const riseFactor = 1.1;

export const postErrors: Check = {
	id: 'post.errors',
	says: 'No query of `metrics: {queries}` that counts errors is higher than before the upgrade.',
	why: 'Some errors stand only on the users\' side of the application. A query counts as one of errors by its name (err, fail, 5xx, exception); without one the database\'s own rollbacks are shown, and a person attests.',
	proves: 'partly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {startedAt} = needUpgrade(look);
		const counters = await queryCounters(look);
		const measures = await queryMeasures(look, {errors: true, startedAt});
		const evidence = [...(measures.length > 0 ? [noteEvidence('Prometheus, before the upgrade → now', measures.map(each => `${describeMeasure(each)} [${each.query}]`))] : []), counters.evidence];
		const risen = measures.filter(each => each.now !== null && each.before !== null && each.now > riseFactor * each.before);
		if (risen.length > 0) return failed(`More errors than before the upgrade: ${listed(risen.map(describeMeasure))}.`, evidence);
		const {commits, rollbacks} = counters;
		const share = commits + rollbacks > 0 ? `${(100 * rollbacks / (commits + rollbacks)).toFixed(1)} %` : 'none';
		if (measures.length === 0) return warned(`For a person: no query that counts errors is configured (\`metrics: {queries}\`); of the database's transactions ${share} were rolled back${counters.since ? ` since ${counters.since}` : ''}. Look at your error rates and attest.`, evidence);
		const unknown = measures.filter(each => each.now === null || each.before === null);
		if (unknown.length > 0) return warned(`For a person: ${listed(unknown.map(describeMeasure))}: there is nothing to compare.`, evidence);
		return passed(`No more errors than before the upgrade: ${listed(measures.map(describeMeasure))}.`, evidence);
	},
};
