/** Runs the command line as people and scripts do: a process of its own, JSON on its standard output. */
import {execa} from 'execa';

export interface Answer<T> {
	/** What was run, for messages. */
	command: string;
	/** Null after a signal. */
	exit: number | null;
	/** Null when nothing was printed. */
	json: T | null;
	/** The last line on standard error. */
	lastWords: string;
	seconds: number;
}

export interface ProgramOptions {
	/** The runtime, its options and the entry. */
	program: readonly string[];
	environment: NodeJS.ProcessEnv;
	/** Options of every call. */
	always: readonly string[];
	signal: AbortSignal;
}

/** @throws AbortError when the signal came before its end; the command was then told to stop, and has stopped */
export async function runHoldpoint<T>({program, environment, always, signal}: ProgramOptions, args: readonly string[]): Promise<Answer<T>> {
	const [runtime, ...entry] = program as [string, ...string[]];
	const started = performance.now();
	// Detached: a Ctrl-C in the terminal reaches us alone, and we pass it on.
	const child = execa(runtime, [...entry, ...args, ...always, '--json'], {env: environment, extendEnv: false, stdin: 'ignore', reject: false, detached: true, maxBuffer: 50_000_000});
	const stop = () => child.kill('SIGTERM');
	signal.addEventListener('abort', stop);
	const kill = () => child.kill('SIGKILL');
	process.on('exit', kill);
	try {
		const {exitCode, stdout, stderr} = await child;
		signal.throwIfAborted();
		return {
			command: `holdpoint ${args[0]}`,
			exit: exitCode ?? null,
			json: parseJson<T>(stdout),
			lastWords: stderr.trim().split('\n').at(-1) ?? '',
			seconds: (performance.now() - started) / 1000,
		};
	} finally {
		signal.removeEventListener('abort', stop);
		process.off('exit', kill);
	}
}

function parseJson<T>(text: string): T | null {
	try {
		return JSON.parse(text) as T;
	} catch {
		return null;
	}
}
