/** What happens per second: differences between the counters of two polls. */
import type {Sample} from '../journal/shapes/sample.ts';

/** Counters as the server gives them, ever growing until a reset; null where unknown. */
export interface Counters {
	/** Seconds since 1970 by the server's clock. */
	at: number;
	/** When the server was started, in the same seconds. */
	started: number | null;
	/** When the statistics were last reset; null: never. */
	reset: number | null;
	commits: number | null;
	rollbacks: number | null;
	tuplesWritten: number | null;
	/** Bytes of WAL since its beginning. */
	walPosition: number | null;
}

export type Rates = Sample['rates'];

/** Per second since `before`; all null without one, after a restart or a reset, and where a counter went backwards. */
export function rates(before: Counters | null, now: Counters): Rates {
	const seconds = before ? now.at - before.at : 0;
	if (!before || seconds <= 0 || before.started !== now.started || before.reset !== now.reset) {
		return {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null};
	}

	const rate = (name: 'commits' | 'rollbacks' | 'tuplesWritten' | 'walPosition'): number | null => {
		const from = before[name];
		const to = now[name];
		return from === null || to === null || to < from ? null : (to - from) / seconds;
	};

	return {commits: rate('commits'), rollbacks: rate('rollbacks'), tuplesWritten: rate('tuplesWritten'), walBytes: rate('walPosition')};
}

/**
 * The counters to compare with, of earlier ones in the order of time: the youngest that is two seconds old, since backends
 * report theirs once a second at most, so that what a shorter window says is noise; else the oldest there is.
 */
export function baseline(earlier: readonly Counters[], now: Counters): Counters | null {
	for (let index = earlier.length - 1; index >= 0; index--) {
		const counters = earlier[index];
		if (counters && now.at - counters.at >= 2) return counters;
	}

	return earlier[0] ?? null;
}
