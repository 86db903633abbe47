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

export interface Silence {
	/** Such as `alertname="Lag", severity=~"page|warn"`. */
	matchers: string;
	/** ISO 8601. */
	startsAt: string;
	endsAt: string;
	by: string;
	comment: string;
}

/**
 * All alerts that fire now, silenced ones included and marked.
 * @throws Refusal (2) when Alertmanager does not answer, or not as its v2 API does
 * (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml).
 */
export async function readAlerts(base: string, options: {timeoutMs?: number} = {}): Promise<FiringAlert[]> {
	const alerts = await ask<Answer>(base, 'alerts?active=true&silenced=true&inhibited=false', options);
	return alerts.map(({labels = {}, annotations = {}, startsAt, status: state}) => ({
		name: labels['alertname'] ?? 'without a name',
		severity: labels['severity'] ?? null,
		summary: annotations['summary'] ?? annotations['description'] ?? null,
		since: startsAt ?? 'unknown',
		labels,
		silenced: state?.state === 'suppressed' || (state?.silencedBy?.length ?? 0) > 0,
	}));
}

interface SilenceAnswer {
	matchers?: {name: string; value: string; isRegex?: boolean; isEqual?: boolean}[];
	startsAt?: string;
	endsAt?: string;
	createdBy?: string;
	comment?: string;
	status?: {state?: string};
}

/** The silences that are on now, whether they hide anything or not. @throws Refusal (2) as `readAlerts` does */
export async function readSilences(base: string, options: {timeoutMs?: number} = {}): Promise<Silence[]> {
	const silences = await ask<SilenceAnswer>(base, 'silences', options);
	return silences.filter(({status}) => status?.state === 'active').map(({matchers = [], startsAt, endsAt, createdBy, comment}) => ({
		matchers: matchers.map(({name, value, isRegex = false, isEqual = true}) => `${name}${isEqual ? isRegex ? '=~' : '=' : isRegex ? '!~' : '!='}${JSON.stringify(value)}`).join(', '),
		startsAt: startsAt ?? 'unknown', endsAt: endsAt ?? 'unknown', by: createdBy ?? 'unknown', comment: comment ?? '',
	}));
}

async function ask<T>(base: string, what: string, {timeoutMs = 10_000}: {timeoutMs?: number}): Promise<T[]> {
	const {status, body, error} = await request(`${base.replace(/\/+$/, '')}/api/v2/${what}`, {timeoutMs});
	if (status === null) throw new Refusal(2, `Alertmanager did not answer: ${error}; correct \`alerts.alertmanager\` or attest the item`);
	const list = status === 200 ? parse(body) : null;
	if (list === null) throw new Refusal(2, `what answers for Alertmanager is none (status ${status}); correct \`alerts.alertmanager\``);
	return list as T[];
}

function parse(body: string): unknown[] | null {
	try {
		const value: unknown = JSON.parse(body);
		return Array.isArray(value) ? value : null;
	} catch {
		return null;
	}
}
