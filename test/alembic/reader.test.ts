/** One Python that answers many questions, against real projects. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, expect, test} from 'vitest';
import {valueOf} from '../../source/alembic/problem.ts';
import {readPlanned, readProject} from '../../source/alembic/reading.ts';
import {alembicProject, pythonPath, revisionFile, type AlembicProject} from '../servers.ts';
import {projectIn} from './migrating.ts';

let files: AlembicProject | null = null;

afterEach(async () => {
	await files?.remove();
	files = null;
});

/** A project whose Python leaves its process id in a file at each start. */
async function openCounted() {
	files = await alembicProject({url: 'postgresql+psycopg://nobody@127.0.0.1:1/nothing'});
	const {directory} = files;
	const project = {...projectIn(directory), python: ['/bin/sh', '-c', `echo $$ >>'${directory}/starts'; exec '${pythonPath}' "$@"`, 'python']};
	return {files, project, starts: async () => (await readFile(path.join(directory, 'starts'), 'utf8')).trim().split('\n').map(Number)};
}

test('questions one after the other and at once start Python a single time; each sees the files as they are then', async () => {
	const {files: {directory, write}, project, starts} = await openCounted();
	const heads = async () => (await readProject(project)).graph.heads;
	expect(await heads()).toEqual(['a1']);
	await write('b2_more.py', revisionFile({revision: 'b2', down: 'a1', doc: 'more', upgrade: []}));
	expect(await Promise.all([heads(), heads()])).toEqual([['b2'], ['b2']]);
	const env = path.join(directory, 'migrations/env.py');
	await writeFile(env, (await readFile(env, 'utf8')).replace(/^/, 'raise RuntimeError("as edited")\n'));
	expect((await readProject(project, {connection: true})).connection).toMatchObject({ok: false, problem: {message: expect.stringContaining('as edited')}});
	expect(await starts()).toHaveLength(1);
});

test('a Python that is killed at work is told of, and the next question starts another', async () => {
	const {files: {directory}, project, starts} = await openCounted();
	await readProject(project);
	const env = path.join(directory, 'migrations/env.py');
	const text = await readFile(env, 'utf8');
	await writeFile(env, `open('${directory}/reached', 'w').close()\nimport time; time.sleep(600)\n${text}`);
	const asked = readProject(project, {connection: true}, {timeoutMs: 10_000});
	await expect.poll(() => readFile(`${directory}/reached`).then(() => true, () => false), {timeout: 60_000}).toBe(true);
	const [first] = await starts();
	process.kill(first!, 'SIGKILL');
	expect((await asked).connection).toMatchObject({ok: false, problem: {kind: 'no-answer'}});
	await writeFile(env, text);
	expect(valueOf((await readProject(project, {connection: true})).connection)).toMatchObject({database: 'nothing'});
	expect(await starts()).toHaveLength(2);
});

test('SQL in the order of a set is unstable: it is written by two Pythons with hash seeds of their own', async () => {
	const {files: {write}, project} = await openCounted();
	const words = Array.from({length: 40}, (_, index) => `'word${index}'`).join(', ');
	await write('b2_set.py', revisionFile({revision: 'b2', down: 'a1', doc: 'a set', upgrade: [`op.execute('SELECT ' + ', '.join(repr(word) for word in {${words}}))`]}));
	const [reading] = valueOf((await readPlanned(project, {sql: {action: 'upgrade', from: [], to: 'head'}})).sql);
	expect(reading!.revisions.map(({revision, stable}) => [revision, stable])).toEqual([['a1', true], ['b2', false]]);
});

test('what env.py starts and leaves behind does not keep its answer back', async () => {
	const {files: {directory}, project} = await openCounted();
	const env = path.join(directory, 'migrations/env.py');
	await writeFile(env, (await readFile(env, 'utf8')).replace(/^/, `import subprocess\ntunnel = subprocess.Popen(['sleep', '300'])\nopen('${directory}/tunnel', 'w').write(str(tunnel.pid))\n`));
	const started = performance.now();
	expect(valueOf((await readProject(project, {connection: true})).connection)).toMatchObject({database: 'nothing'});
	expect(performance.now() - started).toBeLessThan(50_000);
	process.kill(Number(await readFile(`${directory}/tunnel`, 'utf8')));
});
