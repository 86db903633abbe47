/** Runs the sidecar for a verb that only reads, and returns its lines. */
import {execa} from 'execa';
import {Refusal} from '../journal/refusal.ts';
import {bootstrap, firstLine} from './program.ts';
import type {AlembicProject} from './project.ts';

export interface AskOptions {
	timeoutMs: number;
	environment?: Record<string, string>;
}

/** @throws Refusal 2 when Python can't be started, takes too long or says nothing. */
export async function ask(project: AlembicProject, request: {verb: string; wanted?: object}, {timeoutMs, environment}: AskOptions): Promise<unknown[]> {
	const [program, ...rest] = project.python;
	const full = {ini: project.ini, section: project.section, arguments: project.arguments, timeoutMs, ...request};
	const result = await execa(program!, [...rest, '-c', bootstrap], {
		cwd: project.directory,
		env: {...project.environment, ...environment, PYTHONUNBUFFERED: '1'},
		extendEnv: false,
		input: `${firstLine(full)}\n`,
		// The sidecar ends itself in time; this is for a Python that never came so far.
		timeout: timeoutMs + 5000,
		reject: false,
		stripFinalNewline: false,
		maxBuffer: 256 * 1024 * 1024,
	});
	if (result.timedOut) throw new Refusal(2, `The project's env.py did not answer in ${Math.round(timeoutMs / 1000)} s (${project.directory}). Run \`alembic current\` there to see what it waits for.`);
	const lines = (result.stdout ?? '').split('\n').flatMap(parseMarked);
	if (lines.length > 0) return lines;
	throw new Refusal(2, `${project.python.join(' ')} gave no answer in ${project.directory}: ${lastLine(result.stderr) || (result.originalMessage ?? `exit code ${result.exitCode ?? 'none'}`)}`);
}

/** A line of the sidecar's own; anything else on the channel is noise (a container's runtime, a wrapper's banner). */
export function parseMarked(line: string): unknown[] {
	const mark = line.indexOf('\u001e');
	if (mark < 0) return [];
	try {
		return [JSON.parse(line.slice(mark + 1))];
	} catch {
		return [];
	}
}

/** The end of a traceback says what happened; passwords in URLs are blotted out. */
export function lastLine(text: string | undefined): string {
	const line = (text ?? '').trim().split('\n').at(-1)?.trim() ?? '';
	return line.replace(/(\w+:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:***@').slice(0, 500);
}
