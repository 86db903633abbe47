/** Asks the sidecar what only needs to be read. */
import {setTimeout as wait} from 'node:timers/promises';
import {Refusal} from '../journal/refusal.ts';
import type {AlembicProject} from './project.ts';
import {startReader, type Reader} from './reader.ts';

export interface AskOptions {
	timeoutMs: number;
	/** Added to the project's environment for this question. */
	environment?: Record<string, string>;
	/** From a second Python beside the first: what depends on its hash seed comes out differently there. */
	second?: boolean;
}

/** Those that take questions now. */
const readers = new Map<string, Reader>();

/** @throws Refusal 2 when Python can't be started, takes too long or says nothing. */
export async function ask(project: AlembicProject, request: {verb: 'hello' | 'read'; wanted?: object}, {timeoutMs, environment, second = false}: AskOptions): Promise<unknown[]> {
	const reader = readerOf(project, second);
	const enough = new AbortController();
	// The sidecar ends the question itself in time; this is for a Python that never came so far.
	const late = wait(timeoutMs + 5000, null, {signal: enough.signal}).catch(() => null);
	const answered = await Promise.race([reader.ask({ini: project.ini, section: project.section, arguments: project.arguments, timeoutMs, environment, ...request}), late]);
	enough.abort();
	if (!answered) {
		reader.kill();
		throw new Refusal(2, `The project's env.py did not answer in ${Math.round(timeoutMs / 1000)} s (${project.directory}). Run \`alembic current\` there to see what it waits for.`);
	}
	if (answered.events.length > 0) return answered.events;
	throw new Refusal(2, `${project.python.join(' ')} gave no answer in ${project.directory}: ${lastLine(answered.errors) || answered.failure}`);
}

/** Starts both Pythons of readPlanned before there is a question. */
export function startReaders(project: AlembicProject): void {
	for (const second of [false, true]) readerOf(project, second);
}

function readerOf(project: AlembicProject, second: boolean): Reader {
	const key = JSON.stringify([project.python, project.directory, project.environment, second]);
	const known = readers.get(key);
	if (known) return known;
	const started = startReader(project, () => {
		if (readers.get(key) === started) readers.delete(key);
	});
	readers.set(key, started);
	return started;
}

/** The end of a traceback says what happened; passwords in URLs are blotted out. */
function lastLine(text: string): string {
	const line = text.trim().split('\n').at(-1)?.trim() ?? '';
	return line.replace(/(\w+:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:***@').slice(0, 500);
}
