/** Runs a program for setup, its output on our standard error, and ends it when setup is told to end. */
import {spawn} from 'node:child_process';

let interruptedBy = null;

/** The signal that asked setup to end, or null. */
export function interruption() {
	return interruptedBy;
}

/**
 * @param options.quiet keep the output and return it instead of showing it
 * @returns {Promise<{code: number, output: string}>} code 127 when there is no such program
 */
export function run(program, args, {cwd, env, quiet = false} = {}) {
	return new Promise(resolve => {
		const child = spawn(program, args, {cwd, env: env ?? process.env, stdio: ['ignore', quiet ? 'pipe' : 2, quiet ? 'pipe' : 2]});
		let output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', chunk => {
				output += chunk;
			});
		}
		// The program ends first, so that the caller's cleaning up is reached; the terminal sends Ctrl-C to both of us.
		const pass = signal => {
			interruptedBy = signal;
			child.kill(signal);
		};
		const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
		for (const signal of signals) {
			process.on(signal, pass);
		}
		const done = result => {
			for (const signal of signals) {
				process.off(signal, pass);
			}
			resolve(result);
		};
		child.once('error', error => done({code: 127, output: error.message}));
		child.once('close', (code, signal) => done({code: code ?? (signal === null ? 1 : 128), output}));
	});
}
