/** Waits on a condition, never for a fixed time. */
import {setTimeout as wait} from 'node:timers/promises';

/**
 * Asks again every 20 ms until the answer is truthy.
 * @param says what is waited for, for the error
 * @param timeoutMs default 15 s
 */
export async function eventually<T>(says: string, ask: () => T | Promise<T>, timeoutMs = 15_000): Promise<NonNullable<T>> {
	const deadline = Date.now() + timeoutMs;
	let last: unknown;
	while (Date.now() < deadline) {
		try {
			const answer = await ask();
			if (answer) {
				return answer;
			}
			last = answer;
		} catch (error) {
			last = error;
		}
		await wait(20);
	}
	throw new Error(`waited ${timeoutMs} ms in vain for: ${says}; last: ${String(last)}`);
}
