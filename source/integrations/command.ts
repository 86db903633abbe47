/** Runs a command of the user's own: without a shell, for a limited time, with its outcome in words. */
import {execa} from 'execa';
import {missesExpectation} from './expectation.ts';

export interface UserCommandOptions {
	/** argv; secrets belong into `environment` or `input`, since every process list shows argv. */
	command: readonly string[];
	/** Where it runs, absolute. */
	directory: string;
	/** Added to this process's own. */
	environment?: Record<string, string | undefined>;
	timeoutMs: number;
	/** A text, or `/a pattern/`, that its standard output must have. */
	expect?: string | null;
	/** Given to its standard input, which is empty otherwise. */
	input?: string;
	/** Ends it early. */
	signal?: AbortSignal;
}

export interface UserCommandResult {
	/** Null when it did not end by itself: not started, ended by a signal, by its time limit or by us. */
	exit: number | null;
	/** Trimmed; of long outputs the last part. */
	stdout: string;
	stderr: string;
	seconds: number;
	/** It ended with 0 and met the expectation. */
	ok: boolean;
	/** Why it is ok or not, in a few words. */
	reason: string;
}

/** Kept of each stream; the end of an output says more than its beginning. */
const keptCharacters = 256 * 1024;

/** Runs it to its end. Never throws: what goes wrong is in `ok` and `reason`. */
export async function runUserCommand({command, directory, environment, timeoutMs, expect, input, signal}: UserCommandOptions): Promise<UserCommandResult> {
	const [program, ...parameters] = command;
	if (!program) return {exit: null, stdout: '', stderr: '', seconds: 0, ok: false, reason: 'the command is empty'};
	const started = performance.now();
	// A process group of its own, so that what it started ends with it.
	const child = execa(program, parameters, {cwd: directory, env: environment, detached: true, reject: false, buffer: false, stdin: input === undefined ? 'ignore' : 'pipe', ...input !== undefined && {input}});
	const stdout = keepEnd(child.stdout);
	const stderr = keepEnd(child.stderr);
	let endedBy: string | null = null;
	const end = (why: string) => {
		endedBy ??= why;
		endGroup(child.pid);
	};
	const timer = setTimeout(() => end(`gave no end within ${timeoutMs / 1000} s and was ended`), timeoutMs);
	const onAbort = () => end('was ended on request');
	signal?.addEventListener('abort', onAbort, {once: true});
	if (signal?.aborted) onAbort();
	const result = await child;
	clearTimeout(timer);
	signal?.removeEventListener('abort', onAbort);
	const seen = {stdout: stdout(), stderr: stderr(), seconds: (performance.now() - started) / 1000};
	const no = (exit: number | null, reason: string): UserCommandResult => ({...seen, exit, ok: false, reason});
	if (endedBy !== null) return no(null, endedBy);
	if (result.exitCode === undefined) return no(null, result.signal ? `was ended by ${result.signal}` : `${program} could not be started (${result.code ?? 'unknown'})`);
	if (result.exitCode !== 0) return no(result.exitCode, `ended with exit code ${result.exitCode}`);
	const missed = expect ? missesExpectation(seen.stdout, expect) : null;
	if (missed !== null) return no(0, `ended with exit code 0, but in its output ${missed}`);
	return {...seen, exit: 0, ok: true, reason: expect ? `ended with exit code 0 and printed ${expect}` : 'ended with exit code 0'};
}

/** Collects a stream's last characters; the returned function gives them, trimmed. */
function keepEnd(stream: NodeJS.ReadableStream | null | undefined): () => string {
	let text = '';
	let cut = 0;
	stream?.setEncoding('utf8');
	stream?.on('data', (chunk: string) => {
		text += chunk;
		if (text.length <= 2 * keptCharacters) return;
		cut += text.length - keptCharacters;
		text = text.slice(-keptCharacters);
	});
	stream?.on('error', () => {});
	return () => `${cut > 0 ? `[${cut} characters before this were left out]\n` : ''}${text}`.trim();
}

function endGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It has just ended by itself.
	}
}
