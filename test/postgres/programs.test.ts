/** PostgreSQL's programs are found where they are, and what is missing is named with how to get it. */
import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {findClientTool, findPrograms} from '../../source/postgres/programs.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-programs-'));
});

afterEach(async () => rm(folder, {recursive: true}));

test('this machine has a server with all its programs', async () => {
	const programs = await findPrograms({needs: ['postgres', 'initdb', 'pg_ctl', 'pg_basebackup', 'pg_dump']});
	expect(programs.version).toBeGreaterThanOrEqual(12);
	expect(programs.pg_dump).toBe(path.join(programs.directory, 'pg_dump'));
});

test('a link to postgres alone on the PATH leads to the folder it came from', async () => {
	const real = await findPrograms();
	await symlink(real.postgres, path.join(folder, 'postgres'));
	expect((await findPrograms({searchPath: folder, needs: ['postgres', 'initdb', 'pg_dump']})).directory).toBe(real.directory);
});

test('PG_BIN is the one place looked at, and what it lacks is named', async () => {
	await expect(findPrograms({directory: folder, needs: ['initdb', 'pg_basebackup']})).rejects.toMatchObject({
		exit: 2,
		message: expect.stringContaining(`initdb, pg_basebackup not found in ${folder}: install it`) as string,
	});
});

test('a pg_dump older than the server is refused with both versions', async () => {
	await writeProgram('pg_dump', 'pg_dump (PostgreSQL) 14.2');
	await expect(findClientTool('pg_dump', 16, {directory: folder})).rejects.toMatchObject({
		exit: 2,
		message: expect.stringMatching(/pg_dump is version 14, older than the server's 16.*PG_BIN/) as string,
	});
});

test('the newest client tool is taken, beta versions count', async () => {
	await writeProgram('psql', 'psql (PostgreSQL) 19beta1');
	expect(await findClientTool('psql', 15, {searchPath: folder})).toEqual({path: path.join(folder, 'psql'), version: 19});
});

async function writeProgram(name: string, says: string): Promise<void> {
	await mkdir(folder, {recursive: true});
	await writeFile(path.join(folder, name), `#!/bin/sh\necho '${says}'\n`);
	await chmod(path.join(folder, name), 0o755);
}
