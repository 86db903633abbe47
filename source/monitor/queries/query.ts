/** What every statement of a poll is: text for a server's version, and what its rows mean. */
import type {Backend, Row} from '../connection.ts';

export interface PollContext {
	/** server_version_num, such as 150018. */
	version: number;
	/** The migration's backend, once known. */
	migration: Backend | null;
	/** Tables that the plan touches, as its statements name them, without quotes. */
	tables?: readonly string[];
}

export interface PollQuery<T> {
	/** One statement without a semicolon. It works on a primary and on a standby, since a standby may be promoted between two polls. */
	text(context: PollContext): string;
	parse(rows: Row[]): T;
	/** What can't be shown when the server refuses this statement. */
	shows: string;
	/** Too dear for each poll: asked in the first one of a connection, and in every so many. */
	everyPolls?: number;
}

/** The newest position in the WAL that this server knows, on a primary and on a standby. */
export const walPosition = 'CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END';
