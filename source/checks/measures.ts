/** Prometheus now against before the upgrade, query by query. */
import {queryPrometheus} from '../integrations/prometheus.ts';
import type {Look} from './check.ts';

export interface Measure {
	name: string;
	query: string;
	/** The largest of the series now; null when there is none. */
	now: number | null;
	/** The same before the upgrade; null when that can't be told. */
	before: number | null;
}

/** Names of queries that count errors, as people name them. */
const errorName = /err|fail|5xx|exception|reject|abort/i;

/**
 * Asks the queries about errors, or the others.
 * `startedAt`: of the upgrade, ISO 8601; a minute before it is the baseline.
 * @throws Refusal 2 when Prometheus does not answer
 */
export async function queryMeasures(look: Look, {errors, startedAt}: {errors: boolean; startedAt: string | null}): Promise<Measure[]> {
	const {prometheus, queries} = look.settings.metrics;
	if (prometheus === null) return [];
	const wanted = Object.entries(queries).filter(([name]) => errorName.test(name) === errors);
	return Promise.all(wanted.map(async ([name, query]) => ({
		name,
		query,
		now: largest(await queryPrometheus(prometheus, query)),
		// PromQL's @ takes any expression back in time when it stands in a subquery of one step.
		before: startedAt === null ? null : largest(await queryPrometheus(prometheus, `last_over_time((${query})[1m:1m] @ ${Math.floor(Date.parse(startedAt) / 1000) - 60})`)),
	})));
}

/** Such as `p99 0.2 → 0.9`. */
export function describeMeasure({name, now, before}: Measure): string {
	const words = (value: number | null) => value === null ? 'no data' : String(Number(value.toPrecision(4)));
	return `${name} ${words(before)} → ${words(now)}`;
}

function largest(series: {value: number | null}[]): number | null {
	const values = series.flatMap(each => each.value ?? []);
	return values.length > 0 ? Math.max(...values) : null;
}
