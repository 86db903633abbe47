/** Ctrl-C, TERM and a lost terminal end the demo in good order; a second one ends it at once. */
import os from 'node:os';

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const signals: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Interruption {
	/** Aborted by the first signal. */
	readonly signal: AbortSignal;
	/** Resolves with the first signal, if there is one. */
	readonly came: Promise<Signal>;
	/** Exit code of a process that the signal ended. */
	exit(): number;
	/** From here on signals do again what they do by themselves. */
	done(): void;
}

/** @param last a synchronous deed for when the process exits before `done` */
export function interruptible({last}: {last: () => void}): Interruption {
	const controller = new AbortController();
	let first: Signal | null = null;
	let resolve: (signal: Signal) => void;
	const came = new Promise<Signal>(given => {
		resolve = given;
	});
	const heard = (signal: NodeJS.Signals) => {
		if (first !== null) {
			// The terminal's end often comes as two signals at once.
			if (signal === 'SIGINT') process.exit(exitOf(signal));
			return;
		}
		first = signal as Signal;
		controller.abort(new Error(`interrupted by ${signal}`));
		resolve(first);
	};
	for (const signal of signals) process.on(signal, heard);
	process.on('exit', last);
	return {
		signal: controller.signal,
		came,
		exit: () => exitOf(first ?? 'SIGINT'),
		done() {
			for (const signal of signals) process.off(signal, heard);
			process.off('exit', last);
		},
	};
}

/** For what can't be told to end by itself: the console that waits for a key. */
export async function endInterrupted(signal: Signal, end: () => Promise<void>): Promise<never> {
	await end().catch(() => {});
	process.exit(exitOf(signal));
}

function exitOf(signal: NodeJS.Signals): number {
	return 128 + os.constants.signals[signal];
}
