/** Numbers and sessions as the sentences of alarms and guard name them. */
import type {ActiveSession} from '../journal/shapes/sample.ts';

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 7 min`; `unknown`. */
export function secondsText(seconds: number | null): string {
	if (seconds === null) return 'unknown';
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 120) return `${whole} s`;
	if (whole < 7200) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

/** `1 session`, `23 sessions`. */
export const countText = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** `pid 4711 (reports, idle in transaction, 32 s)`: what is known of it. */
export function sessionText({pid, application, user, state, transactionSeconds}: Pick<ActiveSession, 'pid' | 'application' | 'user' | 'state' | 'transactionSeconds'>): string {
	const known = [application || user, state, transactionSeconds === null ? null : `for ${secondsText(transactionSeconds)}`].filter(Boolean);
	return known.length > 0 ? `pid ${pid} (${known.join(', ')})` : `pid ${pid}`;
}
