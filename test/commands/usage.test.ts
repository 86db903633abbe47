/** What needs neither a project nor a database: help, mistakes on the command line, review of files, schemas, completion. */
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {commands} from '../../source/commands/index.ts';
import {reviewSchema} from '../../source/journal/shapes/review.ts';
import {cli, inProcess, jsonOf, program, programEnvironment} from './cli.ts';

let cwd: string;
const run = (words: string[], more: {env?: Record<string, string | undefined>; input?: string} = {}) => inProcess(words, {cwd, ...more});

beforeAll(async () => {
	cwd = await mkdtemp(path.join(inject('testRun').folder, 'nowhere-'));
	await writeFile(path.join(cwd, 'good.sql'), "SET lock_timeout = '5s';\nSET statement_timeout = '1min';\nCREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);\n");
	await writeFile(path.join(cwd, 'bad.sql'), 'ALTER TABLE orders ADD COLUMN x int NOT NULL;\n');
});
afterAll(() => rm(cwd, {recursive: true, force: true}));

test('--help lists every command, and --version the version', async () => {
	const help = await run(['--help']);
	expect(help.exit).toBe(0);
	for (const name of Object.keys(commands)) expect(help.stdout).toMatch(new RegExp(`^ {4}${name} `, 'm'));
	expect(await cli(['--version'], {cwd})).toEqual({exit: 0, stdout: '0.1.0\n', stderr: ''});
	const own = await run(['attest', '--help']);
	expect(own.stdout).toContain('$ holdpoint attest ITEM --note TEXT [--by NAME]');
	expect(own.stdout).toContain('--read-only');
});

test.each([
	[['revew'], 'There is no command "revew"; did you mean review?'],
	[['items', '--jsno'], 'There is no option --jsno here; did you mean --json?'],
	[['items', '-j'], 'There is no option -j'],
	[['items', '--state-dir'], '--state-dir needs a value'],
	[['show', 'one', 'two'], '"two" is a word too many'],
	[['room'], 'room needs start|stop|status'],
	[['backup', '--jobs', 'many'], '--jobs needs a number'],
	[['items'], 'no Alembic project in'],
	[['items', '--project', 'nowhere'], 'there is no folder'],
	[['show'], 'There is no run of'],
	[['show', 'r1', '--state-dir', 'empty'], 'There is no run "r1"'],
	[['schema', 'Pln'], 'did you mean Plan?'],
	[['completion', 'tcsh'], 'completion for bash, zsh and fish'],
	[['review', 'nothing.sql'], 'There is no file nothing.sql'],
	[['review', 'good.sql', '--format', 'yaml'], '--format can be pretty, json'],
	[['review', 'good.sql', '--pg-version', '9'], '--pg-version must be a whole number from 12'],
	[['review', '--explain', 'prefer-bigin'], 'There is no review rule'],
])('%j is a usage error: exit 2, one sentence, nothing on stdout', async (words, sentence) => {
	const {exit, stdout, stderr} = await run(words);
	expect(stderr).toContain(sentence);
	expect(stderr.trim().split('\n')).toHaveLength(1);
	expect({exit, stdout}).toEqual({exit: 2, stdout: ''});
});

test('review of files and of standard input: findings, exit codes, formats', async () => {
	const bad = await cli(['review', 'bad.sql', '--json'], {cwd});
	expect(bad.exit).toBe(1);
	const review = reviewSchema.parse(jsonOf(bad));
	expect(review.findings.map(finding => [finding.rule, finding.file, finding.line])).toContainEqual(['adding-required-field', 'bad.sql', 1]);
	expect((await run(['review', 'bad.sql', '--fail-on', 'never'])).exit).toBe(0);
	const piped = await run(['review', '-', '--format', 'github'], {input: 'DROP TABLE orders;'});
	expect(piped.stdout).toMatch(/^::(error|warning) .*ban-drop-table/m);
	expect((await run(['review', 'good.sql'])).exit).toBe(0);
	// A configuration that is broken does not stop a review that can do without it.
	await writeFile(path.join(cwd, 'holdpoint.yaml'), 'database: ${NOT_SET_ANYWHERE}\n');
	const broken = await run(['review', '-', '--json'], {input: 'SELECT 1'});
	await rm(path.join(cwd, 'holdpoint.yaml'));
	expect(jsonOf(broken)).toMatchObject({statements: 1, counts: {error: 0}});
	expect(broken.stderr).toContain('Reviewed without the configuration: holdpoint.yaml:1:11: the environment variable NOT_SET_ANYWHERE is not set');
});

test('schema prints a JSON Schema, completion a script that the shell takes, contacts the table of the checklist', async () => {
	expect(jsonOf(await run(['schema', 'plan']))).toMatchObject({title: 'Plan', type: 'object', required: expect.arrayContaining(['digest'])});
	expect(jsonOf(await run(['schema', 'configuration']))).toMatchObject({properties: {guard: expect.anything()}});
	const script = await run(['completion', 'bash']);
	expect(script.stdout).toContain('complete -o default -F _holdpoint holdpoint');
	expect(jsonOf(await run(['contacts', '--json']))).toContainEqual({role: 'DBA On-Call', contact: expect.any(String), escalation: 'Database issues'});
});

test('the control room is refused without a terminal, and says what there is instead', async () => {
	await writeFile(path.join(cwd, 'alembic.ini'), '[alembic]\n');
	const {exit, stderr} = await run([]);
	const dumb = await inProcess([], {cwd, terminal: true, env: {TERM: 'dumb'}});
	await rm(path.join(cwd, 'alembic.ini'));
	expect([dumb.exit, dumb.stderr]).toEqual([2, expect.stringContaining('TERM=dumb')]);
	expect(exit).toBe(2);
	expect(stderr).toContain('The control room needs a terminal');
	expect(stderr).toContain('items, check, plan');
});

test('nothing is at work: cancel, hold and continue say so with exit 3, room status with exit 0', async () => {
	for (const word of ['cancel', 'hold', 'continue']) {
		const answer = await run([word, '--json', '--state-dir', 'empty']);
		expect([answer.exit, jsonOf(answer)]).toEqual([3, {done: false, reason: 'No action is running: no room is at work for this project.'}]);
	}
	const status = await run(['room', 'status', '--json', '--state-dir', 'empty']);
	expect([status.exit, jsonOf(status)]).toEqual([0, {pid: null, socket: null, run: null, consoles: 0, idleSeconds: null}]);
});

test('npm runs the program in its own folder, and says in INIT_CWD where the user is', async () => {
	const {exit, stderr} = await cli(['items'], {cwd: path.dirname(cwd), env: {npm_lifecycle_event: 'holdpoint', INIT_CWD: cwd}});
	expect(exit).toBe(2);
	expect(stderr).toContain(`no Alembic project in ${cwd}`);
});

test('a reader that goes away is nothing to die of', async () => {
	const child = spawn(program[0], [...program.slice(1), 'schema', 'RunState'], {cwd, env: {...process.env, ...programEnvironment, CI: '1', NODE_ENV: 'production', HOLDPOINT_BY: 'ann'}, stdio: ['ignore', 'pipe', 'pipe']});
	child.stdout.destroy();
	let stderr = '';
	child.stderr.on('data', (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	const exit = await new Promise(resolve => child.on('close', resolve));
	expect({exit, stderr}).toEqual({exit: 0, stderr: ''});
});
