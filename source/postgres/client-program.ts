/** Runs one of PostgreSQL's programs, reads its lines as they come, and ends it when asked. */
import {execa} from 'execa';

export interface ClientRun {
	program: string;
	arguments: string[];
	/** The whole environment: nothing of this process's own is added. */
	environment: Record<string, string>;
	signal?: AbortSignal | undefined;
	/** Each line of stderr, where these programs talk. */
	onLine?: (line: string) => void;
}

export interface ClientEnd {
	exitCode: number | undefined;
	/** The signal that ended it. */
	signal: string | undefined;
	stdout: string;
	/** The last part of it: errors come last. */
	stderr: string;
	seconds: number;
}

const keptCharacters = 100_000;

/** Never throws for what the program does. SIGINT makes these programs cancel their queries on the server before they end; after 5 s they are killed. */
export async function runClient({program, arguments: argv, environment, signal, onLine}: ClientRun): Promise<ClientEnd> {
	const started = performance.now();
	const child = execa(program, argv, {
		env: environment, extendEnv: false, reject: false, stdin: 'ignore', killSignal: 'SIGINT', forceKillAfterDelay: 5000,
		...(signal === undefined ? {} : {cancelSignal: signal}), buffer: {stdout: true, stderr: false}, maxBuffer: {stdout: 100_000_000},
	});
	let stderr = '';
	for await (const line of child.iterable({from: 'stderr'})) {
		stderr = `${stderr}${line}\n`.slice(-keptCharacters);
		onLine?.(line as string);
	}
	const result = await child;
	if (result.exitCode === undefined && result.signal === undefined) stderr += `error: ${result.originalMessage ?? 'it could not be started'}\n`;
	return {exitCode: result.exitCode, signal: result.signal, stdout: result.stdout ?? '', stderr, seconds: (performance.now() - started) / 1000};
}
