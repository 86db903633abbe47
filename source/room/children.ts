/**
 * Programs that outlive the room: each in a process group of its own, with its output appended to files of the run,
 * its input a FIFO that never ends, and its exit status left behind by rename. The next room follows them on.
 */
import {execFileSync, spawn} from 'node:child_process';
import {closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, readSync, renameSync, watch, writeFileSync, writeSync} from 'node:fs';
import path from 'node:path';
import {StringDecoder} from 'node:string_decoder';
import {Refusal} from '../journal/refusal.ts';
import {readLife, readProcessIdentity, type ProcessIdentity} from '../postgres/process-identity.ts';

/**
 * $1 is the folder, the rest the program. Descriptor 3 is the FIFO, opened read-write, so that neither the room's death
 * is an end of file for the program, nor a write of the room ever finds no reader. It is inherited, not opened here: what
 * is written into a FIFO that nobody has open is lost. SIGHUP is ignored: closing a terminal is nothing.
 */
const wrapper = `folder=$1; shift; trap '' HUP; umask 077
"$@" <&3 >>"$folder/stdout" 2>>"$folder/stderr" 3<&-
code=$?
echo "$code" >"$folder/exit.partial" && mv "$folder/exit.partial" "$folder/exit"`;

export interface Child {
	readonly folder: string;
	/** Process id of the wrapper, the leader of the group. */
	readonly pid: number;
	/** Calls for each whole line of the standard output, from its first; returns when the program has ended and all was read, or with null when `signal` ends the looking. */
	follow(onLine: (line: string) => void, signal?: AbortSignal): Promise<ChildEnd>;
	/** Writes one line to the program's input. */
	write(line: string): void;
	/** The last lines of its standard error. */
	readErrors(maxBytes?: number): string;
}

/** `exit` is null when the program vanished without leaving its status: killed with its wrapper, or the machine went down. */
export interface ChildEnd {
	exit: number | null;
}

export interface StartChildOptions {
	/** New folder for its files. */
	folder: string;
	argv: string[];
	directory: string;
	environment: Record<string, string | undefined>;
	/** Written to its input at once; may hold secrets: it passes through a pipe, never a file. */
	firstLine?: string;
}

/** Starts a program that will outlive this process. @throws Refusal 2 when it can't be started. */
export function startChild({folder, argv, directory, environment, firstLine}: StartChildOptions): Child {
	mkdirSync(folder, {recursive: true, mode: 0o700});
	execFileSync('mkfifo', ['-m', '600', path.join(folder, 'control')]);
	for (const name of ['stdout', 'stderr']) closeSync(openSync(path.join(folder, name), 'a', 0o600));
	const control = openSync(path.join(folder, 'control'), constants.O_RDWR);
	const child = spawn('/bin/sh', ['-c', wrapper, 'holdpoint-child', folder, ...argv], {
		cwd: directory, env: environment as NodeJS.ProcessEnv, detached: true, stdio: ['ignore', 'ignore', 'ignore', control],
	});
	closeSync(control);
	child.on('error', () => {});
	if (!child.pid) throw new Refusal(2, `${argv[0]} can't be started in ${directory}.`);
	child.unref();
	writeFileSync(path.join(folder, 'child.json.partial'), `${JSON.stringify({pid: child.pid, identity: readProcessIdentity(child.pid)})}\n`, {mode: 0o600});
	renameSync(path.join(folder, 'child.json.partial'), path.join(folder, 'child.json'));
	const started = openChild(folder);
	if (firstLine !== undefined) started.write(firstLine);
	return started;
}

/** Takes up a program that an earlier room, or this one, started. */
export function openChild(folder: string): Child {
	const {pid, identity} = JSON.parse(readFileSync(path.join(folder, 'child.json'), 'utf8')) as {pid: number; identity: ProcessIdentity | null};
	return {
		folder,
		pid,
		follow: (onLine, signal) => follow(folder, {identity, onLine, signal}),
		write(line) {
			const descriptor = openSync(path.join(folder, 'control'), constants.O_RDWR);
			try {
				const bytes = Buffer.from(`${line}\n`);
				for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
			} finally {
				closeSync(descriptor);
			}
		},
		readErrors(maxBytes = 16_384) {
			const file = path.join(folder, 'stderr');
			if (!existsSync(file)) return '';
			return readFileSync(file).subarray(-maxBytes).toString('utf8');
		},
	};
}

async function follow(folder: string, {identity, onLine, signal}: {identity: ProcessIdentity | null; onLine: (line: string) => void; signal?: AbortSignal | undefined}): Promise<ChildEnd> {
	const descriptor = openSync(path.join(folder, 'stdout'), 'r');
	const take = lineTaker(descriptor, onLine);
	const wake = wakeOnChange(folder);
	try {
		for (;;) {
			// Read in this order: what was written before the end was left is then surely taken.
			const ended = existsSync(path.join(folder, 'exit'));
			const vanished = !ended && (identity === null || readLife(identity) === 'dead');
			take();
			if (ended) return {exit: Number.parseInt(readFileSync(path.join(folder, 'exit'), 'utf8'), 10)};
			if (signal?.aborted) return {exit: null};
			if (vanished) return {exit: existsSync(path.join(folder, 'exit')) ? Number.parseInt(readFileSync(path.join(folder, 'exit'), 'utf8'), 10) : null};
			await wake.next();
		}
	} finally {
		wake.close();
		closeSync(descriptor);
	}
}

function lineTaker(descriptor: number, onLine: (line: string) => void): () => void {
	const decoder = new StringDecoder('utf8');
	const buffer = Buffer.alloc(65_536);
	let rest = '';
	return () => {
		for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
			const lines = (rest + decoder.write(buffer.subarray(0, read))).split('\n');
			rest = lines.pop() ?? '';
			for (const line of lines) onLine(line);
		}
	};
}

/** File system events where they come, and a look every 200 ms, since they may not (network file systems, a death without a trace). */
function wakeOnChange(folder: string): {next(): Promise<void>; close(): void} {
	let wake: (() => void) | null = null;
	let pending = false;
	const ring = () => {
		pending = true;
		wake?.();
	};
	const watcher = watch(folder, {persistent: true}, ring);
	watcher.on('error', () => {});
	return {
		async next() {
			if (!pending) {
				await new Promise<void>(resolve => {
					wake = resolve;
					setTimeout(resolve, 200);
				});
			}
			wake = null;
			pending = false;
		},
		close: () => watcher.close(),
	};
}
