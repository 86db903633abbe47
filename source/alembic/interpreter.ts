/** Which Python runs a project: the configured one, or the first candidate that can import Alembic. */
import {existsSync, readFileSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {Refusal} from '../journal/refusal.ts';
import {ask} from './ask.ts';
import type {AlembicProject} from './project.ts';

const helloSchema = z.object({event: z.literal('hello'), python: z.string(), alembic: z.string(), sqlalchemy: z.string()});

/** @throws Refusal 2 with every candidate and why it would not do. */
export async function findInterpreter(project: Omit<AlembicProject, 'python' | 'versions'>, configured: string[] | null): Promise<Pick<AlembicProject, 'python' | 'versions'>> {
	const tried: string[] = [];
	for (const candidate of configured ? [{python: configured, where: 'holdpoint.yaml'}] : listCandidates(project)) {
		try {
			const [line] = await ask({...project, python: candidate.python, versions: {python: '', alembic: '', sqlalchemy: ''}}, {verb: 'hello'}, {timeoutMs: 30_000});
			const {python, alembic, sqlalchemy} = helloSchema.parse(line);
			return {python: candidate.python, versions: {python, alembic, sqlalchemy}};
		} catch (error) {
			tried.push(`${candidate.python.join(' ')} (${candidate.where}): ${reasonOf(error)}`);
		}
	}
	throw new Refusal(2, `No Python with Alembic was found for ${project.directory}. Tried ${tried.join('; ') || 'nothing'}. Name it in holdpoint.yaml: alembic: {python: path/to/python}.`);
}

interface Candidate {
	python: string[];
	where: string;
}

/** In the order of how sure one can be: what the project itself brings, what is active, its package manager's, the system's. */
function listCandidates({directory, environment}: Omit<AlembicProject, 'python' | 'versions'>): Candidate[] {
	const found: Candidate[] = [];
	const add = (python: string[] | null, where: string) => {
		if (python && !found.some(each => each.python.join('\0') === python.join('\0'))) found.push({python, where});
	};
	// A project below its repository's root often has its environment there.
	for (const folder of foldersUp(directory, 3)) {
		for (const name of ['.venv', 'venv', 'env']) {
			const python = path.join(folder, name, 'bin/python');
			add(existsSync(python) ? [python] : null, 'in the project');
		}
	}
	const active = environment.VIRTUAL_ENV && path.join(environment.VIRTUAL_ENV, 'bin/python');
	add(active && existsSync(active) ? [active] : null, 'VIRTUAL_ENV');
	for (const folder of foldersUp(directory, 3)) {
		for (const [lock, command] of [['uv.lock', 'uv'], ['poetry.lock', 'poetry'], ['pdm.lock', 'pdm'], ['Pipfile.lock', 'pipenv']] as const) {
			if (existsSync(path.join(folder, lock)) && whereIs(command, environment)) add([command, 'run', 'python'], lock);
		}
	}
	add(interpreterOf(whereIs('alembic', environment)), 'alembic on the PATH');
	for (const name of ['python3', 'python']) add(whereIs(name, environment) ? [name] : null, 'on the PATH');
	return found;
}

/** The folder and those above it, up to the root of its repository. */
function foldersUp(directory: string, most: number): string[] {
	const folders: string[] = [];
	for (let folder = path.resolve(directory); folders.length < most; folder = path.dirname(folder)) {
		folders.push(folder);
		if (existsSync(path.join(folder, '.git')) || folder === path.dirname(folder)) break;
	}
	return folders;
}

function whereIs(program: string, environment: Record<string, string>): string | null {
	return (environment.PATH ?? '').split(path.delimiter).map(folder => path.join(folder, program)).find(file => existsSync(file)) ?? null;
}

/** The Python named in the first line of Alembic's own script. */
function interpreterOf(script: string | null): string[] | null {
	if (!script) return null;
	const [first = ''] = readFileSync(realpathSync(script), 'utf8').split('\n', 1);
	const match = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(first);
	if (!match) return null;
	const [, program = '', argument] = match;
	return path.basename(program) === 'env' && argument ? [argument] : [program];
}

function reasonOf(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return /No module named '?[\w.]+'?/.exec(text)?.[0] ?? text.replace(/^.*gave no answer in [^:]*: /, '').replace(/\.$/, '').slice(0, 200);
}
