/** Facts of real migration files, read by the project's real Python once for a test file. */
import {readProject, type ProjectReading} from '../../source/alembic/reading.ts';
import {openProject} from '../../source/alembic/project.ts';
import type {ReadableFacts} from '../../source/alembic/facts.ts';
import {valueOf} from '../../source/alembic/problem.ts';
import {alembicProject, pythonPath} from '../servers.ts';

export interface Migrations {
	directory: string;
	graph: ProjectReading['graph'];
	/** By the name of its file without `.py`. */
	facts(name: string): ReadableFacts;
}

/** `files`: name without `.py` → its text. They need not hang together. */
export async function readMigrations(files: Record<string, string>): Promise<Migrations> {
	const {directory} = await alembicProject({url: 'postgresql://nobody@localhost/none', revisions: Object.fromEntries(Object.entries(files).map(([name, text]) => [`${name}.py`, text]))});
	const project = await openProject({directory, alembic: {python: [pythonPath], ini: null, section: 'alembic', arguments: [], environment: {}}, environment: process.env});
	const {facts, graph} = await readProject(project, {facts: true});
	const all = valueOf(facts);
	return {
		directory,
		graph,
		facts: name => {
			const found = all.find(each => each.file.endsWith(`/${name}.py`));
			if (!found || found.problem) throw new Error(`${name} has no facts`);
			return found as ReadableFacts;
		},
	};
}
