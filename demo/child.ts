/** Starts a part of the sandbox as a process of its own that ends when we do, however we end. */
import {spawn} from 'node:child_process';
import type {ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {closeSync, openSync} from 'node:fs';
import path from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable, Writable} from 'node:stream';
import {Refusal} from '../source/journal/refusal.ts';

export interface Child<Line = unknown> {
	pid: number;
	/** The first line that it said: it is ready. */
	first: Line;
	/** The newest line. */
	last(): Line | null;
	/** Asks it to end, insists after 5 s, and resolves when it is gone. */
	end(): Promise<void>;
	/** At once, and whatever it started. */
	kill(): void;
}

/**
 * Runs a TypeScript file of this folder. Its settings go in as the first line of its standard input (they hold a password, and arguments are for all to see);
 * that input staying open is what says we are alive. It speaks JSON lines.
 * @throws Refusal (2) when it ends before its first line
 */
export async function startChild<Line>({file, settings, log}: {file: string; settings: unknown; log: string}): Promise<Child<Line>> {
	const errors = openSync(log, 'a', 0o600);
	const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), path.join(import.meta.dirname, file)], {
		stdio: ['pipe', 'pipe', errors],
		// Ctrl-C in the terminal is ours to handle; it ends when we have decided to.
		detached: true,
	}) as ChildProcessByStdio<Writable, Readable, null>;
	closeSync(errors);
	child.stdin.on('error', () => undefined);
	child.stdin.write(`${JSON.stringify(settings)}\n`);
	const gone = once(child, 'exit');
	gone.catch(() => undefined);
	let newest: Line | null = null;
	const lines = createInterface({input: child.stdout});
	lines.on('line', line => {
		newest = JSON.parse(line) as Line;
	});
	const [first] = await Promise.race([once(lines, 'line'), gone.then(() => [null])]);
	if (first === null) {
		throw new Refusal(2, `The sandbox's ${path.basename(file, '.ts')} did not start; its words are in ${log}.`);
	}
	/** With whatever it started: it leads a group of its own. */
	const kill = () => {
		try {
			process.kill(-child.pid!, 'SIGKILL');
		} catch {
			// It has ended by itself.
		}
	};
	return {
		pid: child.pid!,
		first: JSON.parse(first as string) as Line,
		last: () => newest,
		async end() {
			child.stdin.end();
			const insist = setTimeout(kill, 5000);
			if (child.exitCode === null && child.signalCode === null) {
				await gone;
			}
			clearTimeout(insist);
		},
		kill,
	};
}
