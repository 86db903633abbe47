/** The program as it is installed: packed, unpacked elsewhere, started from its bundle. */
import {mkdir, symlink} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {openConsole} from '../e2e/console.ts';
import {cliProject, type CliProject} from '../commands/cli.ts';

const root = path.resolve(import.meta.dirname, '../..');
let project: CliProject;
let program: string[];
const environment = {CI: undefined, HOLDPOINT_BY: 'ann', TSX_TSCONFIG_PATH: undefined, NODE_ENV: undefined};
const run = (words: string[], input = '') => execa(program[0]!, [...program.slice(1), ...words], {cwd: project.directory, env: environment, input, reject: false});

beforeAll(async () => {
	project = await cliProject();
	const folder = path.join(inject('testRun').folder, 'installed');
	await mkdir(folder, {recursive: true});
	const {stdout} = await execa('npm', ['pack', '--json', '--ignore-scripts=false', '--pack-destination', folder], {cwd: root});
	const [{filename}] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{filename: string}];
	await execa('tar', ['xzf', filename], {cwd: folder});
	await symlink(path.join(root, 'node_modules'), path.join(folder, 'package/node_modules'));
	program = [process.execPath, path.join(folder, 'package/bin/holdpoint.mjs')];
});
afterAll(async () => {
	await project?.remove();
	await project?.database.drop();
});

test('a review, a plan by the sidecar, checks of the shipped checklist: all from the bundle', async () => {
	const review = await run(['review', '-', '--json'], 'CREATE INDEX i ON t (a);');
	expect([review.exitCode, JSON.parse(review.stdout).findings[0].rule]).toEqual([1, 'require-concurrent-index-creation']);
	const plan = await run(['plan', '--json']);
	expect([plan.exitCode, JSON.parse(plan.stdout).revisions.map((each: {revision: string}) => each.revision)]).toEqual([0, ['a1', 'b2']]);
	const check = await run(['check', 'code.docstring', '--json']);
	expect(JSON.parse(check.stdout).items[0].verdict.evidence.length).toBeGreaterThan(0);
	expect(JSON.parse((await run(['items', '--json'])).stdout).counts.total).toBe(52);
});

test('its console opens on a room of its own, and leaves it at work', async () => {
	const console = openConsole({project, environment: {}} as never, {columns: 120, rows: 40, program, environment});
	await console.see('Code Review');
	await console.press('q');
	expect(await console.ended).toBe(0);
	const status = JSON.parse((await run(['room', 'status', '--json'])).stdout) as {pid: number | null};
	expect(status.pid).toBeTypeOf('number');
	expect((await run(['room', 'stop'])).exitCode).toBe(0);
});
