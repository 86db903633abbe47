/** Changes one limit of the guard's policy, by its name in holdpoint.yaml; pure. */
import {Refusal} from '../journal/refusal.ts';
import type {GuardPolicy} from '../journal/shapes/run.ts';

type Limit = Exclude<keyof GuardPolicy, 'samples' | 'action'>;

const limits: Record<string, Limit> = {
	max_blocked_sessions: 'maxBlockedSessions',
	max_blocked_seconds: 'maxBlockedSeconds',
	max_session_seconds: 'maxSessionSeconds',
	max_lag_seconds: 'maxLagSeconds',
	max_lag_bytes: 'maxLagBytes',
	min_free_connections_percent: 'minFreeConnectionsPercent',
	max_estimate_factor: 'maxEstimateFactor',
	min_free_disk_bytes: 'minFreeDiskBytes',
	max_retained_wal_bytes: 'maxRetainedWalBytes',
};

/** Every key with its value, as holdpoint.yaml has them. */
export function describePolicy(policy: GuardPolicy): [key: string, value: string][] {
	const numbers = Object.entries(limits).map(([key, limit]): [string, string] => [key, String(policy[limit] ?? 'off')]);
	return [...numbers, ['samples', String(policy.samples)], ['action', policy.action]];
}

/** @throws Refusal 2 for a key that is none, or a value that is no limit */
export function changePolicy(policy: GuardPolicy, key: string, value: string): GuardPolicy {
	if (key === 'action') {
		if (value !== 'cancel' && value !== 'alert') throw new Refusal(2, `The guard's action is cancel or alert, not ${JSON.stringify(value)}.`);
		return {...policy, action: value};
	}
	if (key === 'samples') {
		const samples = Number(value);
		if (!Number.isInteger(samples) || samples < 1) throw new Refusal(2, `The guard's samples are a whole number from 1, not ${JSON.stringify(value)}.`);
		return {...policy, samples};
	}
	const limit = limits[key];
	if (!limit) throw new Refusal(2, `The guard has no limit ${JSON.stringify(key)}; there are ${Object.keys(limits).join(', ')}, samples and action.`);
	if (value === 'off') return {...policy, [limit]: null};
	const number = Number(value);
	if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw new Refusal(2, `${key} is a number from 0, or off, not ${JSON.stringify(value)}.`);
	return {...policy, [limit]: number};
}
