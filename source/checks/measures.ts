/** Prometheus since the upgrade against as long a time before it, query by query. */
import {queryPrometheus} from '../integrations/prometheus.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import {largest, type KeptFigures} from './baseline.ts';
import type {Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import type {Upgraded} from './needed.ts';

export interface Measure {
	name: string;
	query: string;
	/** The largest of the series, on average since the upgrade; null when there is none. */
	now: number | null;
	/** The same before the upgrade; null when that can't be told. */
	before: number | null;
}

export interface Measures {
	list: Measure[];
	/** Over how long each is averaged, in seconds. */
	seconds: number;
	/** What keeps them from proving anything; null when nothing does. */
	missing: string | null;
}

/** Names of queries that count errors, as people name them. */
const errorName = /err|fail|5xx|exception|reject|abort/i;

/** Of less than half a minute Prometheus has one sample or none. */
const leastSeconds = 30;
const mostSeconds = 3600;

/**
 * Asks the queries about errors, or the others, each on average over the time since the upgrade and over as long a time before it.
 * @throws Refusal 2 when Prometheus does not answer
 */
export async function queryMeasures(look: Look, {errors, upgrade: {startedAt, finishedAt}, kept}: {errors: boolean; upgrade: Upgraded; kept: KeptFigures | null}): Promise<Measures> {
	const {prometheus, queries} = look.settings.metrics;
	const elapsed = finishedAt === null ? null : Math.floor((look.now.getTime() - Date.parse(finishedAt)) / 1000);
	const seconds = Math.min(mostSeconds, Math.max(leastSeconds, elapsed ?? 0));
	const wanted = prometheus === null ? [] : Object.entries(queries).filter(([name]) => errorName.test(name) === errors);
	const average = (query: string, at = '') => `avg_over_time((${query})[${seconds}s:${Math.max(1, Math.round(seconds / 60))}s]${at})`;
	const list = await Promise.all(wanted.map(async ([name, query]) => ({
		name,
		query,
		now: largest(await queryPrometheus(prometheus!, average(query))),
		before: await before(async () => startedAt === null ? null : largest(await queryPrometheus(prometheus!, average(query, ` @ ${Math.floor(Date.parse(startedAt) / 1000)}`))), kept?.outside?.measures?.[name]),
	})));
	const unknown = list.filter(each => each.now === null || each.before === null).map(describeMeasure);
	const missing = list.length === 0 ? null : elapsed !== null && elapsed < leastSeconds ? `only ${elapsed} s have gone by since the upgrade; ask again when half a minute has` : unknown.length > 0 ? `${unknown.join(', ')}: there is nothing to compare` : null;
	return {list, seconds, missing};
}

/** Prometheus looks back as far as it keeps data and knows PromQL's `@` (from 2.33 on); what was kept at the upgrade's start serves where it doesn't. */
async function before(ask: () => Promise<number | null>, kept: number | null | undefined): Promise<number | null> {
	try {
		return await ask() ?? kept ?? null;
	} catch (error) {
		if (error instanceof Refusal && kept != null) return kept;
		throw error;
	}
}

/** Such as `p99 0.2 → 0.9`. */
export function describeMeasure({name, now, before}: Measure): string {
	const words = (value: number | null) => value === null ? 'no data' : String(Number(value.toPrecision(4)));
	return `${name} ${words(before)} → ${words(now)}`;
}

/** Those that rose by more than the factor; from nothing any rise counts. */
export function risen({list}: Measures, factor: number): Measure[] {
	return list.filter(each => each.now !== null && each.before !== null && each.now > factor * each.before);
}

export function measuresEvidence({list, seconds}: Measures): Evidence[] {
	return list.length === 0 ? [] : [noteEvidence(`Prometheus, on average over ${seconds} s before the upgrade → the last ${seconds} s`, list.map(each => `${describeMeasure(each)} [${each.query}]`))];
}
