/** Runs the real command line as a child, as a user's shell would, in a project of its own. */
import {mkdtemp, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import {execa} from 'execa';
import {inject} from 'vitest';
import {main} from '../../source/commands/main.ts';
import {alembicProject, freshDatabase, pythonPath, revisionFile, type AlembicProject, type FreshDatabase} from '../servers.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface CliOptions {
	/** Folder that the user is in. */
	cwd: string;
	env?: Record<string, string | undefined>;
	input?: string;
	/** As on a terminal, for what is decided before anything is drawn on it. */
	terminal?: boolean;
}

/** argv of this checkout's holdpoint, and the environment that it needs from any folder. */
export const program = [process.execPath, '--import', import.meta.resolve('tsx'), path.join(root, 'cli.tsx')] as const;
export const programEnvironment = {TSX_TSCONFIG_PATH: path.join(root, 'tsconfig.json'), CI: undefined, HOLDPOINT_BY: 'ann', XDG_STATE_HOME: undefined, NODE_ENV: undefined};

/** Starts it; the caller waits for its end. */
export function startCli(words: string[], {cwd, env, input = ''}: CliOptions) {
	return execa(program[0], [...program.slice(1), ...words], {cwd, env: {...programEnvironment, ...env}, input, reject: false, stripFinalNewline: false});
}

/** Runs it to its end; never throws for its exit code. */
export async function cli(words: string[], options: CliOptions): Promise<{exit: number; stdout: string; stderr: string}> {
	const {exitCode, stdout, stderr, signal} = await startCli(words, options);
	// Nothing that a user can do gives a stack trace.
	if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr)) throw new Error(`a stack trace: ${stderr}`);
	return {exit: exitCode ?? (signal ? -1 : -2), stdout, stderr};
}

/** The same program in this process, without the start of another: for what ends before it works. */
export async function inProcess(words: string[], {cwd, env, input = '', terminal = false}: CliOptions): ReturnType<typeof cli> {
	const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
	if (terminal) for (const stream of [stdin, stdout]) Object.assign(stream, {isTTY: true});
	stdin.end(input);
	const written = [text(stdout), text(stderr)];
	const exit = await main({
		argv: words, environment: {...process.env, ...programEnvironment, ...env}, directory: cwd,
		stdin: stdin as unknown as NodeJS.ReadStream, stdout: stdout as unknown as NodeJS.WriteStream, stderr: stderr as unknown as NodeJS.WriteStream,
	});
	stdout.end();
	stderr.end();
	return {exit, stdout: await written[0]!, stderr: await written[1]!};
}

/** The one document that `--json` printed. */
export function jsonOf({stdout}: {stdout: string}): any {
	return JSON.parse(stdout);
}

export interface CliProject extends AlembicProject {
	database: FreshDatabase;
	stateDir: string;
	/** Replaces holdpoint.yaml; the interpreter and the state folder are put in. */
	configure(yaml?: string): Promise<void>;
	run(words: string[], options?: Partial<CliOptions>): ReturnType<typeof cli>;
}

/** Two revisions: a table, then a column of it. */
export const twoRevisions = {
	'a1_items.py': revisionFile({
		revision: 'a1', doc: 'Create the table of items that the shop sells',
		upgrade: ["op.create_table('items', sa.Column('id', sa.BigInteger, primary_key=True), sa.Column('name', sa.Text, nullable=False))"], downgrade: ["op.drop_table('items')"],
	}),
	'b2_note.py': revisionFile({
		revision: 'b2', down: 'a1', doc: 'Let people keep a note with an item',
		upgrade: ["op.add_column('items', sa.Column('note', sa.Text, nullable=True))"], downgrade: ["op.drop_column('items', 'note')"],
	}),
};

export async function cliProject({revisions = twoRevisions, url, yaml = 'environment: development', database}: {revisions?: Record<string, string>; url?: string; yaml?: string; database?: FreshDatabase} = {}): Promise<CliProject> {
	const own = database ?? await freshDatabase();
	const project = await alembicProject({url: url ?? own.url, revisions});
	const stateDir = await mkdtemp(path.join(inject('testRun').folder, 'state-'));
	const configure = (text = '') => writeFile(path.join(project.directory, 'holdpoint.yaml'), `alembic: {python: ${pythonPath}}\nstate_dir: ${stateDir}\n${text}\n`);
	await configure(yaml);
	return {...project, database: own, stateDir, configure, run: (words, options) => cli(words, {cwd: project.directory, ...options})};
}
