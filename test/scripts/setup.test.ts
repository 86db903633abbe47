/** scripts/setup.mjs: quick when all is there, plain about what is missing, and it installs only when the lock file says so. */
import {chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterEach, beforeEach, expect, test} from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let copy: string;

/** A checkout of its own with the installed packages and Python linked in; npm is a program that writes down what it is told, and fails. */
beforeEach(async () => {
	copy = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-setup-'));
	for (const name of ['scripts', 'source/postgres/program-folders.json', 'package.json', 'package-lock.json']) {
		await cp(path.join(root, name), path.join(copy, name), {recursive: true});
	}
	await symlink(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
	await mkdir(path.join(copy, '.cache'));
	await symlink(path.join(root, '.cache/python'), path.join(copy, '.cache/python'));
	await writeFile(path.join(copy, 'npm'), `#!/bin/sh\necho "$@" >> ${copy}/asked\nexit 1\n`);
	await chmod(path.join(copy, 'npm'), 0o755);
});

afterEach(async () => rm(copy, {recursive: true, force: true}));

test('with everything there it says so at once and starts nothing', async () => {
	const {exitCode, stderr, durationMs} = await setup();
	expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^setup: ready: Node 2\d\.\d+\.\d+, Alembic 1\.20\.1, PostgreSQL in \/\S+$/)]);
	// About 0.1 s on an idle machine; the promise is a second.
	expect(durationMs).toBeLessThan(1000);
});

test('a PG_BIN without the programs is named with what it lacks', async () => {
	const {exitCode, stderr} = await setup({PG_BIN: copy});
	expect(exitCode).toBe(1);
	expect(stderr).toContain(`PG_BIN names ${copy}, which lacks postgres, initdb`);
});

test('a package of another version than the locked one makes it run "npm ci"', async () => {
	const lock = await readFile(path.join(copy, 'package-lock.json'), 'utf8');
	await writeFile(path.join(copy, 'package-lock.json'), lock.replace(/("node_modules\/meow": \{\s+"version": )"[^"]+"/, '$1"99.0.0"'));
	const {exitCode, stderr} = await setup();
	expect(exitCode).toBe(1);
	expect(await readFile(path.join(copy, 'asked'), 'utf8')).toMatch(/^ci /);
	expect(stderr).toContain('"npm ci" did not bring what package-lock.json names (exit 1)');
});

test('another setup at work is waited for; a dead one\'s lock is taken', async () => {
	const lock = path.join(copy, '.cache/setup.lock');
	await mkdir(lock);
	await writeFile(path.join(lock, 'pid'), '999999999');
	const {stderr} = await setup({PG_BIN: copy});
	expect(stderr).toContain('PG_BIN names');
});

async function setup(env: Record<string, string> = {}) {
	return execa(process.execPath, [path.join(copy, 'scripts/setup.mjs')], {
		env: {PG_BIN: undefined, npm_execpath: undefined, PATH: `${copy}:${process.env['PATH']}`, ...env},
		reject: false,
		stdin: 'ignore',
	});
}
