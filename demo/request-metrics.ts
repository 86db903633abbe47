/** Counts requests as Prometheus' text format wants them. */

export interface RequestMetrics {
	count(status: number, seconds: number): void;
	/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
	text(): string;
}

/** A request that takes longer than this is one that a customer feels. */
const slowSeconds = 1;

export function countRequests(): RequestMetrics {
	const byClass: Record<string, number> = {'2xx': 0, '4xx': 0, '5xx': 0};
	let slow = 0;
	let total = 0;
	return {
		count(status, seconds) {
			byClass[`${Math.floor(status / 100)}xx`]! += 1;
			total += seconds;
			if (seconds > slowSeconds) slow++;
		},
		text: () => [
			'# HELP shop_requests_total Requests answered, by class of status.',
			'# TYPE shop_requests_total counter',
			...Object.entries(byClass).map(([name, value]) => `shop_requests_total{class="${name}"} ${value}`),
			'# HELP shop_slow_requests_total Requests that took longer than a second.',
			'# TYPE shop_slow_requests_total counter',
			`shop_slow_requests_total ${slow}`,
			'# HELP shop_request_seconds_total Time spent on all requests.',
			'# TYPE shop_request_seconds_total counter',
			`shop_request_seconds_total ${total.toFixed(6)}`,
			'',
		].join('\n'),
	};
}
