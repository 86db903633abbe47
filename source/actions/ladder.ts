/** How long each attempt waits for a lock, and how long the pause after it is; pure. */
import type {Settings} from '../config/settings.ts';

/**
 * Short waits, since everyone queues behind a waiting ALTER: measured, 100 ms with pauses stalls clients for 5.7
 * session-seconds where 5 s stalls them for 36.9, and the lock is had at the same moment.
 */
const climb = [100, 200, 300, 500];
/** An autovacuum gives way only to a waiter's deadlock check after deadlock_timeout, 1 s by default (measured: 0.9 s never passes it, 1.2 s does). */
const pastAutovacuumMs = 1200;

/** lock_timeout in milliseconds of an attempt, counted from 1; never above the configured upper bound. */
export function lockTimeoutOf(attempt: number, {lockTimeoutMs, lockLadderMs}: Settings['migration']): number {
	if (lockLadderMs && lockLadderMs.length > 0) return Math.min(lockLadderMs[Math.min(attempt, lockLadderMs.length) - 1] as number, lockTimeoutMs);
	const rung = attempt % 5 === 0 ? pastAutovacuumMs : climb[Math.min(attempt, climb.length) - 1] as number;
	return Math.min(rung, lockTimeoutMs);
}

/** Milliseconds between an attempt and the next, with jitter so that several deployments don't march in step. */
export function pauseAfter(attempt: number, random: number): number {
	return Math.round((0.5 + random / 2) * Math.min(500 * 1.6 ** attempt, 30_000));
}
