/** Last deeds: what must be gone when this process ends, by itself or by a signal that nobody else handles. */
import os from 'node:os';

const deeds = new Set<() => void>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a synchronous deed when the process exits; where only we listen, SIGINT, SIGTERM and SIGHUP become such an exit.
 * @returns takes it off again
 */
export function atExit(deed: () => void): () => void {
	if (deeds.size === 0) {
		process.on('exit', runDeeds);
		for (const signal of signals) {
			process.on(signal, exitUnlessHandled);
		}
	}
	deeds.add(deed);
	return () => {
		deeds.delete(deed);
		if (deeds.size === 0) {
			process.off('exit', runDeeds);
			for (const signal of signals) {
				process.off(signal, exitUnlessHandled);
			}
		}
	};
}

function exitUnlessHandled(signal: NodeJS.Signals): void {
	if (process.listenerCount(signal) === 1) {
		process.exit(128 + os.constants.signals[signal]);
	}
}

function runDeeds(): void {
	for (const deed of deeds) {
		deed();
	}
}
