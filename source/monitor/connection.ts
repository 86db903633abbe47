/** What the monitor needs of a connection, and the options that keep its own queries harmless. */
import type {Row, Session, SessionOptions} from '../postgres/session.ts';
import type {Backend} from '../postgres/signal.ts';

export type {Row} from '../postgres/session.ts';
export type {Backend} from '../postgres/signal.ts';

/** One PostgreSQL session, as source/postgres/session.ts opens it. */
export type MonitorSession = Pick<Session, 'pid' | 'versionNumber' | 'query' | 'multi' | 'close'>;

/**
 * How a session of the monitor is to be opened: it never waits long for a lock, never runs long, and never keeps a
 * snapshot, which CREATE INDEX CONCURRENTLY would wait for.
 */
export const monitorSessionOptions: SessionOptions = {application: 'holdpoint-monitor', statementTimeoutMs: 2000, lockTimeoutMs: 100, idleInTransactionTimeoutMs: 5000, connectTimeoutMs: 5000};
/** The same for the guard's own session, opened before the migration: connections may be used up when it is needed. */
export const guardSessionOptions: SessionOptions = {...monitorSessionOptions, application: 'holdpoint-guard'};

/** Without an answer for so long the connection is given up: longer than the statement timeout, so that a slow server is told from a dead one. */
export const answerWithinMs = 4000;

/** SQL that is true where column `start` is the backend's start; the text is checked, since `multi` takes no values. @throws Error when it is no time with an offset */
export function isBackendStart(start: string, backend: Backend): string {
	if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:?\d\d){0,2}|Z)$/.test(backend.backendStart)) {
		throw new Error(`The start of backend ${backend.pid} is not a time with its offset from UTC: ${backend.backendStart}`);
	}

	return `${start} = '${backend.backendStart}'::timestamptz`;
}

/** The start of a backend as the same text in every session, as Session.backendStart has it. */
export const startText = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00'`;

/** A number of a row, whether the driver gave it as a number or as text; null where unknown. */
export function numberOf(value: Row[string]): number | null {
	if (value === null || value === undefined || value === '') return null;
	const number = Number(value);
	return Number.isFinite(number) ? number : null;
}

/** A text of a row, or null. */
export const textOf = (value: Row[string]): string | null => value === null || value === undefined ? null : String(value);
