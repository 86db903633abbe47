/** Connections and latency are after the upgrade what they were before. */
import type {Check} from './check.ts';
import {queryCounters} from './database-counters.ts';
import {noteEvidence} from './evidence.ts';
import {describeMeasure, queryMeasures} from './measures.ts';
import {needUpgrade} from './needed.ts';
import {failed, listed, passed, warned} from './verdict.ts';

/** A half more than before is more than noise. */
const riseFactor = 1.5;
const fullShare = 0.9;

export const postMetrics: Check = {
	id: 'post.metrics',
	says: 'Connections are not near their limit, and no measure of `metrics: {queries}` rose by half since before the upgrade.',
	why: 'A plan that changed with the schema shows as latency, a lock that nobody gives back as connections. A few minutes are little: whether a rise is noise, a person judges; without Prometheus latency is not measured at all.',
	proves: 'partly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {startedAt} = needUpgrade(look);
		const counters = await queryCounters(look);
		const measures = await queryMeasures(look, {errors: false, startedAt});
		const evidence = [counters.evidence, ...(measures.length > 0 ? [noteEvidence('Prometheus, before the upgrade → now', measures.map(each => `${describeMeasure(each)} [${each.query}]`))] : [])];
		const connections = `${counters.connections} of ${counters.maxConnections} connections`;
		if (counters.connections >= fullShare * counters.maxConnections) return failed(`${connections} are taken.`, evidence);
		const risen = measures.filter(each => each.now !== null && each.before !== null && each.before > 0 && each.now > riseFactor * each.before);
		if (risen.length > 0) return failed(`Since before the upgrade rose: ${listed(risen.map(describeMeasure))}.`, evidence);
		const unknown = measures.filter(each => each.now === null || each.before === null);
		if (measures.length === 0) return warned(`For a person: ${connections}, ${counters.idleInTransaction} idle in transaction; latency is not measured here (no \`metrics: {prometheus, queries}\`). Look at your dashboard and attest.`, evidence);
		if (unknown.length > 0) return warned(`For a person: ${connections}; ${listed(unknown.map(describeMeasure))}: there is nothing to compare.`, evidence);
		return passed(`${connections}; ${listed(measures.map(describeMeasure))}.`, evidence);
	},
};
