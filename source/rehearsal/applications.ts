/** Runs the configured commands of the released and the new application, and of the API, against the copy. */
import {runUserCommand} from '../integrations/command.ts';
import type {ApplicationRun} from '../journal/shapes/rehearsal.ts';
import type {Conninfo} from '../postgres/conninfo.ts';
import type {Session} from '../postgres/session.ts';

export interface ApplicationsOptions {
	/** argv each; null: not configured. */
	commands: {old: readonly string[] | null; new: readonly string[] | null; api: readonly string[] | null};
	/** Where they run, absolute. */
	directory: string;
	/** The room's own; what in it leads to another database is left out. */
	environment: Readonly<Record<string, string | undefined>>;
	/** Of the copy. */
	conninfo: Conninfo;
	session: Session;
	signal?: AbortSignal;
}

/** Test suites take their time; a command that hangs must end all the same. */
const timeoutMs = 10 * 60_000;
const keptCharacters = 20_000;

/** Null where that command is not configured. The API's command finds the copy read-only, so that both its answers are of the same rows. */
export async function runApplication({commands, directory, environment, conninfo, session, signal}: ApplicationsOptions, which: ApplicationRun['which'], schema: ApplicationRun['schema']): Promise<ApplicationRun | null> {
	const command = commands[which];
	if (command === null) return null;
	const readOnly = async (on: boolean): Promise<void> => {
		if (which === 'api') await session.query(`ALTER DATABASE "${conninfo.database.replaceAll('"', '""')}" ${on ? 'SET' : 'RESET'} default_transaction_read_only${on ? ' TO on' : ''}`);
	};
	await readOnly(true);
	try {
		const {exit, seconds, stdout, stderr, ok, reason} = await runUserCommand({command, directory, environment: environmentOf(conninfo, environment, schema), timeoutMs, ...(signal === undefined ? {} : {signal})});
		// What an API answers is compared, so what it says besides must not be among it.
		const output = which === 'api' && ok ? stdout : [stdout, stderr].filter(Boolean).join('\n');
		return {which, schema, argv: [...command], exit, seconds, output: scrubbed(output, conninfo).slice(-keptCharacters), ok, reason};
	} finally {
		await readOnly(false);
	}
}

/**
 * HOLDPOINT_COPY_URL and DATABASE_URL lead to the copy, as libpq's variables do, and HOLDPOINT_SCHEMA is `old` or `new`.
 * Other variables that hold a PostgreSQL URL are undefined there: a test that reads one must not come to the target.
 */
export function environmentOf(conninfo: Conninfo, environment: Readonly<Record<string, string | undefined>>, schema: 'old' | 'new'): Record<string, string | undefined> {
	const host = conninfo.hosts[0]!;
	const [name, password] = [host.hostaddr ?? host.host, conninfo.readPassword(host)];
	const socket = name.startsWith('/');
	const role = `${encodeURIComponent(conninfo.user)}${password === null ? '' : `:${encodeURIComponent(password)}`}`;
	const at = socket ? '' : `${name.includes(':') ? `[${name}]` : name}:${host.port}`;
	const url = `postgresql://${role}@${at}/${encodeURIComponent(conninfo.database)}${socket ? `?host=${encodeURIComponent(name)}&port=${host.port}` : ''}`;
	const foreign = Object.entries(environment).filter(([key, value]) => /^PG[A-Z]+$/.test(key) || /^\s*postgres(?:ql)?(?:\+\w+)?:\/\//i.test(value ?? ''));
	return {
		...Object.fromEntries(foreign.map(([key]) => [key, undefined])),
		PGHOST: name, PGPORT: String(host.port), PGDATABASE: conninfo.database, PGUSER: conninfo.user, PGPASSWORD: password ?? undefined,
		DATABASE_URL: url, HOLDPOINT_COPY_URL: url, HOLDPOINT_SCHEMA: schema,
	};
}

function scrubbed(text: string, conninfo: Conninfo): string {
	const password = conninfo.readPassword(conninfo.hosts[0]!);
	return password ? text.replaceAll(password, '***').replaceAll(encodeURIComponent(password), '***') : text;
}

/** Lines that only one of two answers has, in their order: `- ` of the old, `+ ` of the new schema; pure. */
export function compareAnswers(old: string, now: string): string[] {
	const [before, after] = [old.split('\n'), now.split('\n')];
	const [known, added] = [countLines(before), countLines(after)];
	const only = (lines: string[], others: Map<string, number>, mark: string): string[] => lines.filter(line => {
		const left = others.get(line) ?? 0;
		if (left > 0) others.set(line, left - 1);
		return left === 0;
	}).map(line => `${mark} ${line}`);
	const differences = [...only(before, added, '-'), ...only(after, known, '+')];
	// The same lines in another order.
	return differences.length === 0 && old !== now ? ['the same lines in another order'] : differences;
}

function countLines(lines: readonly string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
	return counts;
}
