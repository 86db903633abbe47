/** An Alembic project and the Python that runs it. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import {findInterpreter} from './interpreter.ts';

export interface AlembicProject {
	/** Absolute; Alembic runs there. */
	directory: string;
	/** Command and arguments that run the project's own Python. */
	python: string[];
	/** As Python said at the start; null where it was not asked. */
	versions: {python: string; alembic: string; sqlalchemy: string} | null;
	ini: string | null;
	section: string;
	/** Further global arguments of Alembic, such as `-x tenant=a`. */
	arguments: string[];
	/** The whole environment of its process. */
	environment: Record<string, string>;
}

export interface OpenProjectOptions {
	directory: string;
	alembic: Settings['alembic'];
	environment: NodeJS.ProcessEnv;
	/** A configured interpreter is taken at its word, which saves the half second that asking it takes. Default false. */
	trusting?: boolean;
}

/**
 * Finds the project's Python by asking candidates whether they can import Alembic.
 * @throws Refusal 2 when none can, with what was tried.
 */
export async function openProject({directory, alembic, environment, trusting = false}: OpenProjectOptions): Promise<AlembicProject> {
	if (!existsSync(directory)) throw new Refusal(2, `There is no folder ${directory}. Name the folder of alembic.ini with --project.`);
	const whole = Object.fromEntries(Object.entries({...environment, ...alembic.environment}).filter((entry): entry is [string, string] => entry[1] !== undefined));
	// Inside a container the same folder has another name: what lies in it is named from there.
	const inside = alembic.ini && path.relative(directory, path.resolve(directory, alembic.ini));
	const ini = inside && !inside.startsWith('..') ? inside : alembic.ini;
	const base = {directory, ini, section: alembic.section, arguments: alembic.arguments, environment: whole};
	if (trusting && alembic.python) return {...base, python: alembic.python, versions: null};
	const {python, versions} = await findInterpreter(base, alembic.python);
	return {...base, python, versions};
}
