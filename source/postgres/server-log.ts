/** The server's own log, where the server shows it over a connection: its end at a moment, and what was written since. */
import type {Session} from './session.ts';

/** A place in the log; or why there is none to see, and what would help. */
export type ServerLogEnd = {file: string; bytes: number} | {unread: string};

/** Read at most: the newest part says most. */
const mostBytes = 1024 * 1024;

const functions = ['pg_current_logfile()', 'pg_stat_file(text, boolean)', 'pg_read_binary_file(text, bigint, bigint, boolean)'];

/** Where the log ends now. Never throws for want of rights: they are asked for first, since a refused call would stand in that log as an error, and count as a rollback. */
export async function queryServerLogEnd(session: Session): Promise<ServerLogEnd> {
	try {
		const [right] = await session.query<{may: boolean}>(`SELECT ${functions.map(name => `has_function_privilege('pg_catalog.${name}', 'EXECUTE')`).join(' AND ')} AS may`);
		if (!right!.may) return {unread: `this role may not read the server's log: GRANT EXECUTE on ${functions.join(', ')} to it, or name a command under \`logs\``};
		const [row] = await session.query<{file: string | null; bytes: string | null}>('SELECT f AS file, (pg_stat_file(f, true)).size::text AS bytes FROM pg_current_logfile() f');
		if (row?.file == null) return {unread: 'the server writes no log file of its own (logging_collector is off), so its log can\'t be read from here'};
		if (row.bytes === null) return {unread: `the server's log file ${row.file} is not there`};
		return {file: row.file, bytes: Number(row.bytes)};
	} catch (error) {
		return {unread: reasonOf(error)};
	}
}

/**
 * The text from one end of the log to another, or to now; only the last megabyte of it. A file that was rotated away is read to its end, then the new one.
 * `cut`: something before the text was left out.
 */
export async function readServerLog(session: Session, from: ServerLogEnd, to?: ServerLogEnd): Promise<{text: string; cut: boolean} | {unread: string}> {
	const end = to ?? await queryServerLogEnd(session);
	if ('unread' in from) return from;
	if ('unread' in end) return end;
	const read = async (file: string, start: number, stop: number) => {
		const begin = Math.max(start, stop - mostBytes);
		const [row] = await session.query<{bytes: Buffer | null}>('SELECT pg_read_binary_file($1, $2::bigint, $3::bigint, true) AS bytes', [file, begin, Math.max(0, stop - begin)]);
		return {text: row?.bytes?.toString('utf8') ?? '', cut: begin > start};
	};
	try {
		if (from.file === end.file) return await read(end.file, from.bytes, end.bytes);
		const [size] = await session.query<{bytes: string | null}>('SELECT (pg_stat_file($1, true)).size::text AS bytes', [from.file]);
		const older = size?.bytes == null ? {text: '', cut: true} : await read(from.file, from.bytes, Number(size.bytes));
		const newer = await read(end.file, 0, end.bytes);
		return {text: `${older.text}${newer.text}`, cut: older.cut || newer.cut};
	} catch (error) {
		return {unread: reasonOf(error)};
	}
}

function reasonOf(error: unknown): string {
	const {code, message} = error as {code?: string; message: string};
	if (code === undefined) throw error;
	return `the server's log can't be read: ${message}`;
}
