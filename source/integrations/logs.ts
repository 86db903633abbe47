/** Application logs: the lines that speak of the database's errors, and of which. */
import {createHash} from 'node:crypto';
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
	/** Lines of each kind of error, `configured` for the user's own pattern. */
	kinds: Record<string, number>;
	/** The newest of them. */
	errors: string[];
	/** One short hash for each line with an error, so that another reading can tell which it has seen. */
	seen: string[];
	seconds: number;
}

/**
 * What an application, or the server, logs when a migration broke something: names of psycopg and asyncpg, SQLSTATEs
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html) and the server's own words. The first that fits names the line.
 */
const kinds: readonly [string, RegExp][] = [
	['UndefinedColumn', /UndefinedColumn|\b42703\b|column "?[^"\n]{1,200}"? does not exist/i],
	['UndefinedTable', /UndefinedTable|\b42P01\b|relation "?[^"\n]{1,200}"? does not exist/i],
	['UndefinedFunction', /UndefinedFunction|\b42883\b|function "?[^"\n]{1,200}"? does not exist/i],
	['NotNullViolation', /NotNullViolation|\b23502\b|violates not-null constraint/i],
	['CheckViolation', /CheckViolation|\b23514\b|violates check constraint/i],
	['ForeignKeyViolation', /ForeignKeyViolation|\b23503\b|violates foreign key constraint/i],
	['InvalidTextRepresentation', /InvalidTextRepresentation|\b22P02\b|invalid input (?:syntax|value) for/i],
	['InsufficientPrivilege', /InsufficientPrivilege|\b42501\b|permission denied for/i],
	['DeadlockDetected', /DeadlockDetected|\b40P01\b|deadlock detected/i],
	['LockNotAvailable', /LockNotAvailable|\b55P03\b|canceling statement due to lock timeout/i],
	['InvalidCachedStatement', /InvalidCachedStatementError|cached plan must not change result type/i],
	['QueryCanceled', /QueryCanceled|\b57014\b|canceling statement due to/i],
	['TooManyConnections', /TooManyConnections|\b53300\b|too many clients already|remaining connection slots are reserved/i],
	['DatabaseError', /\b(?:OperationalError|ProgrammingError|DataError|InternalError|psycopg2?\.errors\.\w+)\b/i],
];

/** The kind of error that a line speaks of, or null. */
export function kindOfError(line: string): string | null {
	return kinds.find(([, pattern]) => pattern.test(line))?.[0] ?? null;
}

const shownLines = 20;
const mostSeen = 5000;

/** Runs every log command at the same time. Never throws. */
export async function readLogErrors(logs: Settings['logs'], {directory, environment, timeoutMs = 30_000}: {directory: string; environment?: Record<string, string | undefined>; timeoutMs?: number}): Promise<LogReading[]> {
	return Promise.all(logs.map(async ({name, command, errors}) => {
		const result = await runUserCommand({command, directory, environment, timeoutMs});
		const base = {name, command, exit: result.exit, seconds: result.seconds};
		if (!result.ok) return {...base, ok: false, reason: result.reason, lines: null, count: null, kinds: {}, errors: [], seen: []};
		// Many services log to standard error, and so do the programs that read logs.
		return {...base, ok: true, ...findErrors(`${result.stdout}\n${result.stderr}`, errors)};
	}));
}

/** The lines of a text with errors; `pattern` is a regular expression of the user's own, or null for the kinds known here. */
export function findErrors(text: string, pattern: string | null): Pick<LogReading, 'reason' | 'lines' | 'kinds' | 'errors' | 'seen'> & {count: number} {
	const own = pattern === null ? null : new RegExp(pattern);
	const kindOf = own === null ? kindOfError : (line: string) => own.test(line) ? 'configured' : null;
	const lines = text.split(/\r?\n/).filter(line => line.trim() !== '');
	const found = lines.flatMap(line => {
		const kind = kindOf(line);
		return kind === null ? [] : [{line, kind}];
	});
	return {
		reason: `${lines.length} lines looked at`, lines: lines.length, count: found.length,
		kinds: found.reduce<Record<string, number>>((sums, {kind}) => ({...sums, [kind]: (sums[kind] ?? 0) + 1}), {}),
		errors: found.slice(-shownLines).map(({line}) => line), seen: found.slice(-mostSeen).map(({line}) => createHash('sha256').update(line).digest('hex').slice(0, 16)),
	};
}
