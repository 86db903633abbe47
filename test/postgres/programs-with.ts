/** PostgreSQL's client programs, one of them behind a script: how a program that fails, or damages what it writes, is had. */
import {mkdtemp, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {findClientTool} from '../../source/postgres/programs.ts';
import {testPrograms} from '../servers.ts';

/** Makes a folder of them below `parent`; in the script `$real` is the real program. Returns the folder. */
export async function programsWith(parent: string, name: 'pg_dump' | 'pg_dumpall', script: string): Promise<string> {
	const folder = await mkdtemp(path.join(parent, 'bin-'));
	const real = path.dirname((await findClientTool('pg_dump', (await testPrograms()).version)).path);
	for (const one of ['pg_dump', 'pg_dumpall', 'pg_restore']) {
		const body = one === name ? `real=${path.join(real, name)}\n${script}` : `exec ${path.join(real, one)} "$@"`;
		await writeFile(path.join(folder, one), `#!/bin/sh\n${body}\n`, {mode: 0o755});
	}
	return folder;
}
