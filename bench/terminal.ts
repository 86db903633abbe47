/** A program on a terminal of its own, measured as a person's eyes and a machine's meters would. */
import pty from '@lydell/node-pty';
import {setTimeout as wait} from 'node:timers/promises';
import {quantile} from './figures.ts';
import {readTrees} from './process-tree.ts';

export interface TerminalProgram {
	argv: readonly string[];
	cwd?: string;
	env?: Record<string, string | undefined>;
	columns?: number;
	rows?: number;
	/** What the screen says once it is there. */
	ready: RegExp;
	/** Written one after the other when it is ready, before the warm-up. */
	first?: string[];
	/** Keys for the latency, written in turn. */
	keys: string[];
	/** Ends it in order. */
	end: string;
	/** Processes besides its own that do its work. */
	others?: () => Promise<number[]>;
}

export interface TerminalReading {
	/** Of one core, in percent. */
	cpuPercent: number;
	residentMiB: number;
	bytesPerSecond: number;
	/** From the key to the first byte of the answer, and to the last one before 25 ms of silence. */
	firstByteMs: {median: number; p95: number};
	paintedMs: {median: number; p95: number};
}

export interface TerminalOptions {
	warmUpMs: number;
	windowMs: number;
	presses: number;
	/** Called around the window. */
	during?: {start(): Promise<void>; stop(): Promise<void>};
}

/** A frame comes in pieces of a few milliseconds; the longer one waits for more, the more often a refresh is taken for a part of the answer. */
export const silenceMs = 25;

/** Starts it, waits, measures, and ends it. @throws Error when it never says what it should */
export async function measureTerminal(program: TerminalProgram, {warmUpMs, windowMs, presses, during}: TerminalOptions): Promise<TerminalReading> {
	const [file, ...rest] = program.argv as [string, ...string[]];
	const terminal = pty.spawn(file, rest, {name: 'xterm-256color', cols: program.columns ?? 120, rows: program.rows ?? 40, cwd: program.cwd, env: definedOf({...process.env, CI: undefined, ...program.env})});
	let [bytes, seen, lastAt] = [0, '', 0];
	let listener: (() => void) | null = null;
	terminal.onData(data => {
		bytes += Buffer.byteLength(data);
		lastAt = performance.now();
		if (seen.length < 2_000_000) seen += data;
		listener?.();
	});
	let over = false;
	const ended = new Promise<void>(resolve => terminal.onExit(() => {
		over = true;
		resolve();
	}));
	try {
		for (const until = Date.now() + 60_000; !program.ready.test(seen); await wait(20)) {
			if (over || Date.now() > until) throw new Error(`${program.argv.join(' ')} never said ${program.ready} in\n${seen.slice(-3000)}`);
		}
		for (const key of program.first ?? []) {
			terminal.write(key);
			await wait(500);
		}
		await wait(warmUpMs);
		const pids = [terminal.pid, ...await program.others?.() ?? []];
		await during?.start();
		const [before, bytesBefore] = [readTrees(pids), bytes];
		let resident = before.residentMiB;
		const started = performance.now();
		while (performance.now() - started < windowMs) {
			await wait(500);
			resident = Math.max(resident, readTrees(pids).residentMiB);
		}
		const seconds = (performance.now() - started) / 1000;
		const after = readTrees(pids);
		await during?.stop();
		const [bytesAfter] = [bytes];
		const [first, painted]: [number[], number[]] = [[], []];
		for (let press = 0; press < presses; press++) {
			// At a random phase of the refresh, as people press.
			await wait(150 + Math.random() * 400);
			const at = performance.now();
			const answered = new Promise<number>(resolve => {
				listener = () => resolve(performance.now());
				setTimeout(() => resolve(Number.NaN), 3000);
			});
			terminal.write(program.keys[press % program.keys.length]!);
			const answer = await answered;
			listener = null;
			if (Number.isNaN(answer)) continue;
			while (performance.now() - lastAt < silenceMs) await wait(5);
			first.push(answer - at);
			painted.push(lastAt - at);
		}
		const spread = (values: number[]) => ({median: quantile(values, 0.5), p95: quantile(values, 0.95)});
		return {
			cpuPercent: 100 * (after.cpuSeconds - before.cpuSeconds) / seconds, residentMiB: resident, bytesPerSecond: (bytesAfter - bytesBefore) / seconds,
			firstByteMs: spread(first), paintedMs: spread(painted),
		};
	} finally {
		if (!over) terminal.write(program.end);
		await Promise.race([ended, wait(3000)]);
		if (!over) terminal.kill('SIGKILL');
	}
}

/** Milliseconds from the start of a program to the first time that its screen says this. */
export async function timeToFrame({argv, cwd, env, ready, end}: Pick<TerminalProgram, 'argv' | 'cwd' | 'env' | 'ready' | 'end'>): Promise<number> {
	const [file, ...rest] = argv as [string, ...string[]];
	const started = performance.now();
	const terminal = pty.spawn(file, rest, {name: 'xterm-256color', cols: 120, rows: 40, cwd, env: definedOf({...process.env, CI: undefined, ...env})});
	let seen = '';
	const ended = new Promise<void>(resolve => terminal.onExit(() => resolve()));
	const ms = await new Promise<number>((resolve, reject) => {
		terminal.onData(data => {
			seen += data;
			if (ready.test(seen)) resolve(performance.now() - started);
		});
		setTimeout(() => reject(new Error(`${argv.join(' ')} never said ${ready} in\n${seen.slice(-3000)}`)), 60_000).unref();
	});
	terminal.write(end);
	await Promise.race([ended, wait(3000)]);
	terminal.kill('SIGKILL');
	return ms;
}

function definedOf(environment: Record<string, string | undefined>): Record<string, string> {
	return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
