/** Finds the Alembic project and its holdpoint.yaml. */
import {readFile, stat} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {Refusal} from '../journal/refusal.ts';

export interface ProjectPlace {
	/** Absolute. */
	project: string;
	/** Absolute path of holdpoint.yaml, or null. */
	config: string | null;
	/** Whether alembic.ini or a pyproject.toml with `[tool.alembic]` stands in the project's folder. */
	alembic: boolean;
}

/**
 * The project named by `--project` (its folder, or its alembic.ini), else the nearest folder upwards from
 * `directory` that has alembic.ini, a pyproject.toml with `[tool.alembic]`, or a holdpoint.yaml.
 * @throws Refusal (2) when there is none and `needsProject`, or when a named path does not exist.
 */
export async function readProject({project, config, directory, needsProject}: {project?: string; config?: string; directory: string; needsProject: boolean}): Promise<ProjectPlace> {
	const configFile = config === undefined ? null : resolve(directory, config);
	if (configFile !== null && !await isFile(configFile)) {
		throw new Refusal(2, `there is no configuration file ${configFile}; correct --config, or write one with \`holdpoint init\``);
	}
	const folder = project === undefined ? await findUpwards(directory) : await readNamedProject(resolve(directory, project));
	if (folder === null && needsProject && configFile === null) {
		throw new Refusal(2, `no Alembic project in ${directory} or any folder above it (looked for alembic.ini, and pyproject.toml with [tool.alembic]); go to the project's folder, or name it with --project DIR`);
	}
	const place = folder ?? (configFile !== null && needsProject ? dirname(configFile) : directory);
	const inPlace = join(place, 'holdpoint.yaml');
	return {project: place, config: configFile ?? (await isFile(inPlace) ? inPlace : null), alembic: await hasAlembic(place)};
}

async function readNamedProject(path: string): Promise<string> {
	const found = await stat(path).catch(() => null);
	if (!found) throw new Refusal(2, `there is no folder ${path}; correct --project`);
	return found.isDirectory() ? path : dirname(path);
}

async function findUpwards(directory: string): Promise<string | null> {
	for (let folder = resolve(directory); ; folder = dirname(folder)) {
		if (await hasAlembic(folder) || await isFile(join(folder, 'holdpoint.yaml'))) return folder;
		if (folder === dirname(folder)) return null;
	}
}

/** A table header is enough to know; the project's own Alembic reads the rest. */
async function hasAlembic(folder: string): Promise<boolean> {
	if (await isFile(join(folder, 'alembic.ini'))) return true;
	const toml = await readFile(join(folder, 'pyproject.toml'), 'utf8').catch(() => '');
	return /^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*(?:"alembic"|'alembic'|alembic)[ \t]*[.\]]/m.test(toml);
}

async function isFile(path: string): Promise<boolean> {
	return (await stat(path).catch(() => null))?.isFile() ?? false;
}
