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
	tuplesRead: number | null;
	tempBytes: number | null;
	deadlocks: number | null;
	blocksHit: number | null;
	/** Found in shared buffers or not. */
	blocksAsked: number | null;
	/** Milliseconds that sessions were busy, waits included; before 14 unknown. */
	busyMs: number | null;
	/** Begun because their time had come. */
	checkpointsTimed: number | null;
	/** Begun because WAL had filled max_wal_size, or somebody asked. */
	checkpointsRequested: number | null;
	/** Milliseconds that they wrote and synced, told at the end of each. */
	checkpointMs: number | null;
}

export type Rates = Sample['rates'];

/** Per second since `before`; all null without one, after a restart or a reset, and where a counter went backwards. */
export function rates(before: Counters | null, now: Counters): Rates {
	const seconds = before ? now.at - before.at : 0;
	if (!before || seconds <= 0 || before.started !== now.started || before.reset !== now.reset) {
		return {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null, tuplesRead: null, tempBytes: null, deadlocks: null, cacheHit: null, transactionMs: null};
	}

	const rate = (name: keyof Counters): number | null => {
		const from = before[name];
		const to = now[name];
		return from === null || to === null || to < from ? null : (to - from) / seconds;
	};

	const [commits, rollbacks] = [rate('commits'), rate('rollbacks')];
	return {
		commits, rollbacks, tuplesWritten: rate('tuplesWritten'), walBytes: rate('walPosition'), tuplesRead: rate('tuplesRead'), tempBytes: rate('tempBytes'), deadlocks: rate('deadlocks'),
		cacheHit: share(rate('blocksHit'), rate('blocksAsked')),
		transactionMs: commits === null || rollbacks === null ? null : share(rate('busyMs'), commits + rollbacks),
	};
}

/** So long a look back tells whether they come too often: checkpoint_timeout is five minutes by default. */
const checkpointWindow = 900;

/** Checkpoints of the last 15 minutes, or since there are figures, and how long one of them wrote. @param earlier in the order of time */
export function checkpoints(earlier: readonly Counters[], now: Counters): Required<Pick<Rates, 'checkpointsTimed' | 'checkpointsRequested' | 'checkpointSeconds'>> {
	const counted = ({checkpointsTimed, checkpointsRequested}: Counters): number | null => checkpointsTimed === null || checkpointsRequested === null ? null : checkpointsTimed + checkpointsRequested;
	const total = counted(now);
	// Counters that were reset meanwhile had more before.
	const before = earlier.find(each => now.at - each.at <= checkpointWindow && each.started === now.started && (counted(each) ?? Infinity) <= (total ?? -1) && (each.checkpointMs ?? 0) <= (now.checkpointMs ?? 0));
	if (!before || total === null) return {checkpointsTimed: null, checkpointsRequested: null, checkpointSeconds: null};
	const many = total - counted(before)!;
	const ms = now.checkpointMs === null || before.checkpointMs === null ? null : now.checkpointMs - before.checkpointMs;
	return {checkpointsTimed: now.checkpointsTimed! - before.checkpointsTimed!, checkpointsRequested: now.checkpointsRequested! - before.checkpointsRequested!, checkpointSeconds: many === 0 || ms === null ? null : ms / 1000 / many};
}

/** Of nothing there is no share. */
const share = (part: number | null, whole: number | null): number | null => part === null || whole === null || whole === 0 ? null : part / whole;

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
