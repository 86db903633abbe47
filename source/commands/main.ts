/** Parses the command line, loads the settings, runs the command, and turns what goes wrong into a sentence and an exit code. */
import meow from 'meow';
import type {Settings} from '../config/settings.ts';
import {nearestWord} from '../config/suggest.ts';
import {Refusal} from '../journal/refusal.ts';
import {kebab, type Command, type Flag} from './command.ts';
import {commands, type CommandName} from './index.ts';
import {globalFlags} from './global-flags.ts';
import {createOutput} from './output.ts';

const globalOptions = `
  Options of all commands
    --project DIR       where alembic.ini or pyproject.toml with [tool.alembic] is
    --config FILE       default holdpoint.yaml in the project
    --database URL      how holdpoint's own sessions reach the target; never redirects Alembic
    --environment NAME  production, staging, development
    --read-only         look only: no decisions, no actions
    --run ID            default: the open run of this target
    --state-dir DIR     default $XDG_STATE_HOME/holdpoint
    --json  --yes  --no-color  --version  --help`;

export interface Main {
	argv: string[];
	environment: NodeJS.ProcessEnv;
	directory: string;
	stdin: NodeJS.ReadStream;
	stdout: NodeJS.WriteStream;
	stderr: NodeJS.WriteStream;
}

/** Runs one command line. Returns the exit code. */
export async function main({argv, environment, directory, stdin, stdout, stderr}: Main): Promise<number> {
	let output = createOutput({json: argv.includes('--json'), stdout, stderr});
	try {
		const {name, rest, before} = split(argv);
		if (name !== null && !Object.hasOwn(commands, name)) throw new Refusal(2, `There is no command ${JSON.stringify(name)}${didYouMean(name, Object.keys(commands))}; \`holdpoint --help\` lists them.`);
		const help = rest.includes('--help') || before.includes('--help');
		if (name === null && help) {
			output.raw(overview());
			return 0;
		}
		const entry = name === null ? null : commands[name as CommandName];
		const command = entry ? (await entry.load()).command : (await import('./console.ts')).command;
		if (help) {
			output.raw(commandHelp(command));
			return 0;
		}
		const parsed = meow({
			importMeta: import.meta, argv: [...before, ...rest], flags: {...globalFlags, ...command.flags} as never,
			autoHelp: false, autoVersion: false, description: false, allowUnknownFlags: true, booleanDefault: undefined,
		});
		if (parsed.flags['version'] === true) {
			output.raw(`${String(parsed.pkg.version)}\n`);
			return 0;
		}
		refuseUnknown({argv: [...before, ...rest], command});
		const given = {input: parsed.input.map(String), flags: parsed.flags as Record<string, unknown>};
		refuseIncomplete(given, command);
		output = createOutput({json: parsed.flags['json'] === true, color: parsed.flags['color'] !== false && !environment['NO_COLOR'], stdout, stderr});
		const interactive = Boolean(stdin.isTTY && stdout.isTTY && !environment['CI']);
		const needs = typeof command.needs === 'function' ? command.needs(given) : command.needs ?? 'project';
		// Loaded late: the schema of the configuration costs a help text a tenth of a second.
		const settings = needs === 'nothing' ? none : await (await import('../config/load.ts')).loadSettings({flags: parsed.flags as never, environment, directory, interactive, needsProject: needs === 'project'});
		return await command.run({...given, settings, output, environment, directory, stdin});
	} catch (error) {
		if (error instanceof Refusal) {
			output.talk(`holdpoint: ${error.message}`);
			return error.exit;
		}
		output.talk(`holdpoint: something holdpoint did not foresee: ${(error as Error).message ?? String(error)}; run with HOLDPOINT_DEBUG=1 for where.`);
		if (environment['HOLDPOINT_DEBUG']) output.talk(String((error as Error).stack));
		return 5;
	}
}

/** The command's name, what stands before it (options of all commands), and what comes after. */
function split(argv: string[]): {name: string | null; before: string[]; rest: string[]} {
	const valued = new Set(Object.entries(globalFlags).filter(([, flag]) => flag.type === 'string').map(([flag]) => `--${kebab(flag)}`));
	for (let index = 0; index < argv.length; index++) {
		const word = argv[index] as string;
		if (valued.has(word)) index++;
		else if (!word.startsWith('-')) return {name: word, before: argv.slice(0, index), rest: argv.slice(index + 1)};
	}
	return {name: null, before: argv, rest: []};
}

/** What a command that needs nothing has for settings: a use of them is a fault of ours, and is seen as one. */
const none = new Proxy({} as Settings, {
	get(_, name) {
		throw new Error(`this command has no settings (${String(name)})`);
	},
});

/** meow would end the process by itself; ours answers like everything else. */
function refuseUnknown({argv, command}: {argv: string[]; command: Command}): void {
	const own = Object.keys({...globalFlags, ...command.flags}).map(flag => `--${kebab(flag)}`);
	const known = new Set(own.flatMap(flag => [flag, flag.replace('--', '--no-')]));
	for (const word of argv) {
		if (word === '--') return;
		const flag = word.split('=', 1)[0] as string;
		if (flag.startsWith('--') && !known.has(flag)) throw new Refusal(2, `There is no option ${flag} here${didYouMean(flag, own)}; \`holdpoint ${nameOf(command)}--help\` lists them.`);
		if (/^-[a-zA-Z]/.test(flag)) throw new Refusal(2, `There is no option ${flag}; options have long names here. A value that begins with a hyphen is given with =, as in --note=-1.`);
	}
}

/** An option without its value, a value that is no number, a word too many. */
function refuseIncomplete({input, flags}: {input: string[]; flags: Record<string, unknown>}, command: Command): void {
	for (const [name, flag] of Object.entries<Flag>({...globalFlags, ...command.flags})) {
		if (flag.type === 'string' && !flag.bare && [flags[name]].flat().includes('')) throw new Refusal(2, `--${kebab(name)} needs a value.`);
		if (flag.type === 'number' && Number.isNaN(flags[name])) throw new Refusal(2, `--${kebab(name)} needs a number.`);
	}
	const most = command.words ?? 0;
	if (input.length > most) throw new Refusal(2, `${JSON.stringify(input[most])} is a word too many: holdpoint ${command.usage}`);
}

function didYouMean(word: string, known: string[]): string {
	const nearest = nearestWord(word, known);
	return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

function nameOf(command: Command): string {
	const [name = ''] = command.usage.split(' ', 1);
	return /^[a-z]/.test(name) ? `${name} ` : '';
}

function commandHelp(command: Command): string {
	return `\n  ${command.says}\n\n  Usage\n    $ holdpoint ${command.usage}\n${command.options ? `\n${command.options.replace(/^/gm, '    ')}\n` : ''}${globalOptions}\n\n`;
}

function overview(): string {
	const width = Math.max(...Object.keys(commands).map(name => name.length));
	const lines = Object.entries(commands).map(([name, {says}]) => `    ${name.padEnd(width)}  ${says}`);
	return `\n  The control room for production database migrations: Alembic and PostgreSQL.\n\n  Usage\n    $ holdpoint [command] [options]\n\n  Without a command: opens the control room of the project here\n\n  Commands\n${lines.join('\n')}\n${globalOptions}\n\n`;
}
