/** PostgreSQL's programs are found where they are, and what is missing is named with how to get it. */
import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {findClientTool, findPrograms, findRestoreTool} from '../../source/postgres/programs.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-programs-'));
});

afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(folder, {recursive: true});
});

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
	vi.stubEnv('PG_BIN', folder);
	await expect(findPrograms({needs: ['initdb', 'pg_basebackup']})).rejects.toMatchObject({
		exit: 2,
		message: expect.stringContaining(`initdb, pg_basebackup not found in ${folder}; install it`) as string,
	});
	await writeProgram('pg_dump', 'pg_dump (PostgreSQL) 14.2');
	await expect(findClientTool('pg_dump', 16)).rejects.toMatchObject({
		exit: 2,
		message: expect.stringMatching(/pg_dump is version 14, older than the server's 16, and would refuse; install it .*postgresql-client-16.*PG_BIN/) as string,
	});
});

const installed = async (name: string, ...versions: string[]): Promise<{searchPath: string}> => {
	for (const version of versions) for (const one of ['psql', name]) await writeProgram(one, `${one} (PostgreSQL) ${version}`, path.join(folder, version));
	return {searchPath: versions.map(version => path.join(folder, version)).join(':')};
};

test('of several pg_dumps the one nearest to the server is taken, not the newest: what that writes an older server does not take back', async () => {
	const search = await installed('pg_dump', '19beta1', '97.2', '98.1');
	expect(await findClientTool('pg_dump', 97, search)).toEqual({path: path.join(folder, '97.2/pg_dump'), version: 97});
	expect(await findClientTool('pg_dump', 98, search)).toMatchObject({version: 98});
	expect(await findClientTool('pg_dump', 19, search)).toMatchObject({version: 19});
});

test.each([
	['the same', {server: 15, archive: 15}, '15.3'],
	['an archive of a newer pg_dump', {server: 15, archive: 16}, '16.2'],
	['a newer server', {server: 17, archive: 15}, '17.1'],
])('pg_restore for %s', async (_, pair, version) => {
	const search = await installed('pg_restore', '17.1', '16.2', '15.3');
	expect((await findRestoreTool(pair, search)).path).toBe(path.join(folder, version, 'pg_restore'));
});

test.each([
	['which sets what the server does not know', {server: 15, archive: 15}, /pg_restore can't restore onto PostgreSQL 15: .*transaction_timeout.*postgresql-client-15/],
	['for an archive that none can restore there', {server: 16, archive: 17}, /written by pg_dump 17 and can't be restored onto PostgreSQL 16: .*Take a new one by pg_dump 16/],
])('only a pg_restore of version 17, %s', async (_, pair, says) => {
	await writeProgram('pg_restore', 'pg_restore (PostgreSQL) 17.1');
	await expect(findRestoreTool(pair, {directory: folder})).rejects.toMatchObject({exit: 2, message: expect.stringMatching(says) as string});
});

async function writeProgram(name: string, says: string, where = folder): Promise<void> {
	await mkdir(where, {recursive: true});
	await writeFile(path.join(where, name), `#!/bin/sh\necho '${says}'\n`);
	await chmod(path.join(where, name), 0o755);
}
