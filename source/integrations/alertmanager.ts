/** Alertmanager: what is firing, and what is kept silent. */
import {Refusal} from '../journal/refusal.ts';
import {request} from './http.ts';

export interface FiringAlert {
	name: string;
	severity: string | null;
	/** The alert's own summary or description. */
	summary: string | null;
	/** ISO 8601. */
	since: string;
	labels: Record<string, string>;
	/** It fires, but nobody is told: a silence, perhaps one made for this window and forgotten. */
	silenced: boolean;
}

interface Answer {
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	startsAt?: string;
	status?: {state?: string; silencedBy?: string[]};
}

/**
 * All alerts that fire now, silenced ones included and marked.
 * @throws Refusal (2) when Alertmanager does not answer, or not as its v2 API does
 * (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml).
 */
export async function readAlerts(base: string, {timeoutMs = 10_000}: {timeoutMs?: number} = {}): Promise<FiringAlert[]> {
	const url = `${base.replace(/\/+$/, '')}/api/v2/alerts?active=true&silenced=true&inhibited=false`;
	const {status, body, error} = await request(url, {timeoutMs});
	if (status === null) throw new Refusal(2, `Alertmanager did not answer: ${error}; correct \`alerts.alertmanager\` or attest the item`);
	const alerts = status === 200 ? parse(body) : null;
	if (alerts === null) throw new Refusal(2, `what answers for Alertmanager is none (status ${status}); correct \`alerts.alertmanager\``);
	return alerts.map(({labels = {}, annotations = {}, startsAt, status: state}) => ({
		name: labels['alertname'] ?? 'without a name',
		severity: labels['severity'] ?? null,
		summary: annotations['summary'] ?? annotations['description'] ?? null,
		since: startsAt ?? 'unknown',
		labels,
		silenced: state?.state === 'suppressed' || (state?.silencedBy?.length ?? 0) > 0,
	}));
}

function parse(body: string): Answer[] | null {
	try {
		const value: unknown = JSON.parse(body);
		return Array.isArray(value) ? value as Answer[] : null;
	} catch {
		return null;
	}
}
