/** Application logs: the lines that speak of the database's errors. */
import type {Settings} from '../config/settings.ts';
import {runUserCommand} from './command.ts';

export interface LogReading {
	name: string;
	command: string[];
	exit: number | null;
	/** The log could be read; without it nothing is known of its errors. */
	ok: boolean;
	/** Why it could not be read, or how many lines were looked at. */
	reason: string;
	/** Lines looked at; null when it could not be read. */
	lines: number | null;
	/** Lines with errors in all; null when it could not be read. */
	count: number | null;
	/** The newest of them. */
	errors: string[];
	seconds: number;
}

/**
 * What an application logs when a migration broke it: names of SQLAlchemy and psycopg, SQLSTATEs of missing
 * columns and tables, violated constraints, deadlocks, lock and statement timeouts, and stale cached plans.
 */
export const databaseErrors = /UndefinedColumn|UndefinedTable|UndefinedFunction|NotNullViolation|DeadlockDetected|LockNotAvailable|QueryCanceled|InvalidCachedStatementError|OperationalError|ProgrammingError|cached plan must not change result type|deadlock detected|(?:column|relation|function) "?[^"\n]{1,200}"? does not exist|violates not-null constraint|canceling statement due to|\b(?:42703|42P01|42883|23502|40P01|55P03|57014|53300)\b/i;

const shownLines = 20;

/** Runs every log command at the same time. Never throws. */
export async function readLogErrors(logs: Settings['logs'], {directory, environment, timeoutMs = 30_000}: {directory: string; environment?: Record<string, string | undefined>; timeoutMs?: number}): Promise<LogReading[]> {
	return Promise.all(logs.map(async ({name, command, errors}) => {
		const result = await runUserCommand({command, directory, environment, timeoutMs});
		const base = {name, command, exit: result.exit, seconds: result.seconds};
		if (!result.ok) return {...base, ok: false, reason: result.reason, lines: null, count: null, errors: []};
		const pattern = errors === null ? databaseErrors : new RegExp(errors);
		// Many services log to standard error, and so do the programs that read logs.
		const lines = `${result.stdout}\n${result.stderr}`.split(/\r?\n/).filter(line => line.trim() !== '');
		const found = lines.filter(line => pattern.test(line));
		return {...base, ok: true, reason: `${lines.length} lines looked at`, lines: lines.length, count: found.length, errors: found.slice(-shownLines)};
	}));
}
