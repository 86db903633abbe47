/** Connections and latency are after the upgrade what they were before. */
import type {Check} from './check.ts';
import {compareFigures, figuresEvidence, perMinute, type Comparison} from './database-counters.ts';
import {compareLatency, describeSlower, latencyEvidence} from './latency.ts';
import {describeMeasure, measuresEvidence, queryMeasures, risen} from './measures.ts';
import {needUpgrade} from './needed.ts';
import {failed, listed, passed, warned} from './verdict.ts';

/** A half more than before is more than noise. */
const riseFactor = 1.5;
const fullShare = 0.9;
/** So many rows a table has before reading it whole costs anything. */
const largeRows = 10_000;

export const postMetrics: Check = {
	id: 'post.metrics',
	says: 'Nine tenths of the connections are not taken, no statement takes twice as long as before the upgrade (pg_stat_statements), and no measure of `metrics: {queries}` rose by half.',
	why: 'A plan that changed with the schema shows as latency, a lock that nobody gives back as connections. Statements count from 30 calls and half a minute on; minutes say less than hours, so the answer ages quickly. Without pg_stat_statements and Prometheus latency is not measured, and a person attests.',
	proves: 'partly',
	dependsOn: ['target', 'current'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const upgrade = needUpgrade(look);
		const comparison = await compareFigures(look);
		const {kept, now: {connections: {total, usable, byState}}} = comparison;
		const latency = compareLatency(comparison);
		const measures = await queryMeasures(look, {errors: false, upgrade, kept: kept.before});
		const scans = moreScans(comparison);
		const evidence = [figuresEvidence(comparison), ...(latency.compared.length > 0 || latency.missing !== null ? [latencyEvidence(latency)] : []), ...measuresEvidence(measures)];
		const connections = `${total} of ${usable} connections${kept.before?.figures ? ` (${kept.before.figures.connections.total} before)` : ''}`;
		if (total >= fullShare * usable) return failed(`${connections} are taken.`, evidence);
		const rose = risen(measures, riseFactor);
		if (rose.length > 0) return failed(`Since before the upgrade rose: ${listed(rose.map(describeMeasure))}.`, evidence);
		const slower = latency.missing === null || latency.slower.length > 0 ? describeSlower(latency) : null;
		if (slower !== null) return failed(`${connections}; ${slower}.`, evidence);
		if (scans.length > 0) return warned(`For a person: ${connections}; read whole more often than before the upgrade: ${listed(scans, 2)}. An index may be missing, or not used: look at those queries and attest.`, evidence);
		const proven = [...(latency.missing === null ? [`no slower: ${latency.basis}`] : []), ...(measures.list.length > 0 && measures.missing === null ? [listed(measures.list.map(describeMeasure))] : [])];
		if (measures.missing !== null || proven.length === 0) {
			const why = measures.missing ?? `latency is not measured here: ${latency.missing}; or configure \`metrics: {prometheus, queries}\``;
			return warned(`For a person: ${connections}, ${byState['idle in transaction'] ?? 0} idle in transaction; ${why}. Look at your dashboard and attest.`, evidence);
		}
		return passed(`${connections}; ${proven.join('; ')}.`, evidence);
	},
};

/** Large tables that are read from end to end twice as often as before, and at least ten times more. */
function moreScans({before, after, now}: Comparison): string[] {
	if (before === null || after === null) return [];
	return now.tables.filter(({liveRows}) => (liveRows ?? 0) >= largeRows).flatMap(({name}) => {
		const [was, is] = [before.scans.get(name), after.scans.get(name)];
		if (was === undefined || is === undefined || is - 2 * was / before.minutes * after.minutes < 10) return [];
		return [`${name} ${perMinute(was, before)} → ${perMinute(is, after)}`];
	});
}
