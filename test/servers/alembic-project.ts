/** Small real Alembic projects in a folder of the test run. */
import {mkdtemp} from 'node:fs/promises';
import path from 'node:path';
import {inject} from 'vitest';
import {writeAlembicProject, type AlembicProject, type ProjectOptions} from './alembic-files.ts';

export {pythonPath, revisionFile, runAlembic} from './alembic-files.ts';
export type {AlembicProject} from './alembic-files.ts';

/** Writes the project; the caller removes it. In the run's folder, so that a failed test's project goes with it. */
export async function alembicProject(options: ProjectOptions): Promise<AlembicProject> {
	return writeAlembicProject(await mkdtemp(path.join(inject('testRun').folder, 'project-')), options);
}
