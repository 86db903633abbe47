/** What a subcommand is: one file, one line in the list, and the arguments it is called with. */
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Output} from './output.ts';

export interface Flag {
	type: 'string' | 'boolean' | 'number';
	/** A string that may be left out behind its option: `--sign`, `--sign KEY`. */
	bare?: boolean;
}

/**
 * What has to be there before a command runs: an Alembic project; only the settings (those of the project, if there is
 * one); or nothing: it then gets no settings at all, so that a broken configuration does not stop it.
 */
export type Needs = 'project' | 'settings' | 'nothing';

export type Given = Pick<Call, 'input' | 'flags'>;

export interface Command {
	/** As after the name of the program: `upgrade [REVISION] [--expect DIGEST]`. */
	usage: string;
	says: string;
	/** One line for each option of its own. */
	options?: string;
	flags?: Record<string, Flag>;
	/** Most words that it takes; default 0. */
	words?: number;
	/** Default: a project. */
	needs?: Needs | ((given: Given) => Needs);
	/** Returns the exit code of CONTRACT.md. @throws Refusal */
	run(call: Call): Promise<number>;
}

export interface Call {
	/** What came after the command's name. */
	input: string[];
	flags: Record<string, unknown>;
	/** Not there for a command that needs nothing. */
	settings: Settings;
	output: Output;
	/** Environment of the process, for children. */
	environment: NodeJS.ProcessEnv;
	/** Folder that the user is in. */
	directory: string;
	stdin: NodeJS.ReadStream;
}

/** A flag's text, or undefined. */
export function textFlag(call: Given, name: string): string | undefined {
	const value = call.flags[name];
	return typeof value === 'string' ? value : undefined;
}

/** A flag's number, or undefined. @throws Refusal 2 when it is none, or below `least` */
export function numberFlag(call: Given, name: string, {least = 0, whole = false}: {least?: number; whole?: boolean} = {}): number | undefined {
	const value = call.flags[name];
	if (value === undefined) return undefined;
	if (typeof value !== 'number' || !Number.isFinite(value) || value < least || (whole && !Number.isInteger(value))) {
		throw new Refusal(2, `--${kebab(name)} must be a ${whole ? 'whole ' : ''}number from ${least} on.`);
	}
	return value;
}

/** A flag that must be one of some words. @throws Refusal 2 */
export function choiceFlag<T extends string>(call: Given, name: string, choices: readonly T[]): T | undefined {
	const value = textFlag(call, name);
	if (value === undefined || choices.includes(value as T)) return value as T | undefined;
	throw new Refusal(2, `--${kebab(name)} can be ${choices.join(', ')}, not ${JSON.stringify(value)}.`);
}

/** `pgVersion` as it stands on the command line: `pg-version`. */
export function kebab(name: string): string {
	return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

/** The one word that a command can't do without. @throws Refusal 2 */
export function wordOf(call: Given, {command, name}: {command: string; name: string}): string {
	const [word] = call.input;
	if (word === undefined || word === '') throw new Refusal(2, `${command} needs ${name}: holdpoint ${command} ${name}; \`holdpoint ${command} --help\` says more.`);
	return word;
}
