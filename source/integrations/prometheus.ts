/** Prometheus: one instant query. */
import {Refusal} from '../journal/refusal.ts';
import {request} from './http.ts';

export interface PrometheusSeries {
	labels: Record<string, string>;
	/** Null for NaN and infinities: they are no measurement. */
	value: number | null;
	/** ISO 8601, UTC. */
	at: string;
}

/**
 * The series that an expression gives now; none is an empty list, which is not the same as 0.
 * `base` is Prometheus's address, such as `http://prometheus:9090` (a path in it is kept).
 * @throws Refusal (2) when it does not answer, or not as Prometheus does
 * (https://prometheus.io/docs/prometheus/latest/querying/api/).
 */
export async function queryPrometheus(base: string, expression: string, {timeoutMs = 10_000}: {timeoutMs?: number} = {}): Promise<PrometheusSeries[]> {
	const url = `${base.replace(/\/+$/, '')}/api/v1/query?query=${encodeURIComponent(expression)}`;
	const {status, body, error} = await request(url, {timeoutMs});
	if (status === null) throw new Refusal(2, `Prometheus did not answer: ${error}; correct \`metrics.prometheus\` or attest the item`);
	const answer = parse(body);
	if (answer?.status === 'error') throw new Refusal(2, `Prometheus refused the query ${expression}: ${answer.error ?? answer.errorType ?? 'no reason given'}`);
	const data = answer?.status === 'success' ? answer.data : undefined;
	switch (data?.resultType) {
		case 'scalar': return [{labels: {}, ...reading(data.result as [number, string])}];
		case 'vector': return (data.result as {metric: Record<string, string>; value: [number, string]}[]).map(({metric, value}) => ({labels: metric, ...reading(value)}));
		case undefined: throw new Refusal(2, `what answers for Prometheus is none (status ${status}); correct \`metrics.prometheus\``);
		default: throw new Refusal(2, `the query ${expression} gives a ${data?.resultType}; write one that gives a number or a vector of numbers`);
	}
}

interface Answer {
	status?: string;
	error?: string;
	errorType?: string;
	data?: {resultType: string; result: unknown};
}

function parse(body: string): Answer | null {
	try {
		return JSON.parse(body) as Answer;
	} catch {
		return null;
	}
}

function reading([seconds, text]: [number, string]): {value: number | null; at: string} {
	const value = Number(text);
	return {value: text !== '' && Number.isFinite(value) ? value : null, at: new Date(seconds * 1000).toISOString()};
}
