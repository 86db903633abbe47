/** How long a lock has been awaited where the server does not say: before PostgreSQL 14, and in the first instant of a wait. */
import type {LockRow} from './queries/contested.ts';

/** When each wait, by pid and object, was first seen, in milliseconds. */
export type SeenWaits = ReadonlyMap<string, number>;

/**
 * Fills in the missing times from when the wait was first seen. That is a lower bound, never an exaggeration: the age of
 * the statement would make a long one look like a long wait, and the guard act on it.
 */
export function fillWaits({rows, seen, nowMs}: {rows: readonly LockRow[]; seen: SeenWaits; nowMs: number}): {rows: LockRow[]; seen: SeenWaits} {
	const still = new Map<string, number>();
	const filled = rows.map(row => {
		if (row.granted || row.waitSeconds !== null) return row;
		const key = `${row.pid} ${row.object}`;
		const since = seen.get(key) ?? nowMs;
		still.set(key, since);
		return {...row, waitSeconds: Math.max(0, nowMs - since) / 1000};
	});
	return {rows: filled, seen: still};
}
