/** What a subcommand is: one file, one line in the list, and the arguments it is called with. */
import type {Settings} from '../config/settings.ts';
import type {Output} from './output.ts';

type Flag = {type: 'string' | 'boolean' | 'number'; isMultiple?: boolean; shortFlag?: string; default?: unknown};

export interface Command {
	/** As after the name of the program: `upgrade [REVISION] [--expect DIGEST]`. */
	usage: string;
	says: string;
	/** One line for each option of its own. */
	options?: string;
	flags?: Record<string, Flag>;
	/** False where the command also works outside of an Alembic project. */
	needsProject?: boolean;
	/** Returns the exit code of CONTRACT.md. @throws Refusal */
	run(call: Call): Promise<number>;
}

export interface Call {
	/** What came after the command's name. */
	input: string[];
	flags: Record<string, unknown>;
	settings: Settings;
	output: Output;
	/** Environment of the process, for children. */
	environment: NodeJS.ProcessEnv;
	/** Folder that the user is in. */
	directory: string;
}

/** A flag's text, or undefined. */
export function textFlag(call: Call, name: string): string | undefined {
	const value = call.flags[name];
	return typeof value === 'string' ? value : undefined;
}
