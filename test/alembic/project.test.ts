/** Which Python is found for a project, and what is said when there is none. */
import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openProject} from '../../source/alembic/project.ts';
import {pythonPath} from '../servers.ts';

let folder: string;
const alembic = {python: null as string[] | null, ini: null, section: 'alembic', arguments: [], environment: {}};

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-python-'));
});
afterAll(async () => {
	await rm(folder, {recursive: true, force: true});
});

async function place(name: string): Promise<string> {
	const directory = path.join(folder, name);
	await mkdir(path.join(directory, '.git'), {recursive: true});
	return directory;
}

test('the Python of the project\'s own .venv, also above the project', async () => {
	const directory = await place('own');
	await symlink(path.resolve(path.dirname(pythonPath), '..'), path.join(directory, '.venv'));
	await mkdir(path.join(directory, 'backend'));
	const project = await openProject({directory: path.join(directory, 'backend'), alembic, environment: {PATH: '/usr/bin:/bin'}});
	expect(project.python).toEqual([path.join(directory, '.venv/bin/python')]);
	expect(project.versions?.alembic).toMatch(/^1\./);
});

test('VIRTUAL_ENV, a lock file\'s command, the first line of `alembic`, a configured command', async () => {
	const active = await openProject({directory: await place('active'), alembic, environment: {PATH: '/usr/bin:/bin', VIRTUAL_ENV: path.resolve(path.dirname(pythonPath), '..')}});
	expect(active.python).toEqual([pythonPath]);

	const directory = await place('locked');
	const bin = path.join(directory, 'bin');
	await mkdir(bin);
	await writeFile(path.join(bin, 'poetry'), `#!/bin/sh\necho 'a banner'; shift 2; exec ${pythonPath} "$@"\n`);
	await chmod(path.join(bin, 'poetry'), 0o755);
	await writeFile(path.join(directory, 'poetry.lock'), '');
	const environment = {PATH: `${bin}:/usr/bin:/bin`};
	expect((await openProject({directory, alembic, environment})).python).toEqual(['poetry', 'run', 'python']);
	await rm(path.join(directory, 'poetry.lock'));
	await writeFile(path.join(bin, 'alembic'), `#!${pythonPath}\n`);
	expect((await openProject({directory, alembic, environment})).python).toEqual([pythonPath]);
	const command = [path.join(bin, 'poetry'), 'run', 'python'];
	expect((await openProject({directory, alembic: {...alembic, python: command}, environment})).python).toEqual(command);
});

test('no Python with Alembic: what was tried, and how to name one', async () => {
	const directory = await place('none');
	await expect(openProject({directory, alembic: {...alembic, python: ['/nowhere/python']}, environment: {PATH: '/usr/bin:/bin'}}))
		.rejects.toMatchObject({exit: 2, message: expect.stringMatching(/Tried \/nowhere\/python \(holdpoint\.yaml\).*alembic: \{python/)});
	const bare = path.join(directory, 'bin');
	await mkdir(bare);
	await writeFile(path.join(bare, 'python3'), "#!/bin/sh\necho \"ModuleNotFoundError: No module named 'alembic'\" >&2; exit 1\n");
	await chmod(path.join(bare, 'python3'), 0o755);
	await expect(openProject({directory, alembic, environment: {PATH: bare}})).rejects.toMatchObject({exit: 2, message: expect.stringContaining("python3 (on the PATH): No module named 'alembic'")});
});
