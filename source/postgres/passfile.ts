/** Reads a password out of .pgpass, by libpq's rules. */
import {readFileSync, statSync} from 'node:fs';

export interface PasswordQuestion {
	host: string;
	port: number;
	database: string;
	user: string;
}

/**
 * The password of the first line that fits, or null. A file that others may read is not used, as with libpq;
 * `warn` hears why, since otherwise it looks like a wrong password.
 */
export function readPassfile(path: string, question: PasswordQuestion, warn?: (sentence: string) => void): string | null {
	let text: string;
	try {
		const status = statSync(path);
		if (!status.isFile()) return null;
		if ((status.mode & 0o077) !== 0) {
			warn?.(`The password file ${path} may be read by others and is not used; run chmod 600 on it.`);
			return null;
		}
		text = readFileSync(path, 'utf8');
	} catch {
		return null;
	}
	return parsePassfile(text, question);
}

/** Sockets are written as `localhost` there; fields are separated by colons, with `\:` and `\\` for the two characters themselves. */
export function parsePassfile(text: string, question: PasswordQuestion): string | null {
	const host = question.host.startsWith('/') || question.host === '' ? ['localhost', question.host] : [question.host];
	for (const line of text.split(/\r?\n/)) {
		if (line === '' || line.startsWith('#')) continue;
		const fields = line.match(/^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):(.*)$/)?.slice(1).map(unescape);
		if (!fields) continue;
		const [hostField, port, database, user, password] = fields as [string, string, string, string, string];
		if ((hostField === '*' || host.includes(hostField)) && (port === '*' || port === String(question.port))
			&& (database === '*' || database === question.database) && (user === '*' || user === question.user)) return password;
	}
	return null;
}

function unescape(field: string): string {
	return field.replace(/\\(.)/g, '$1');
}

/** One line of a password file. */
export function passfileLine(question: PasswordQuestion, password: string): string {
	const host = question.host.startsWith('/') || question.host === '' ? 'localhost' : question.host;
	const escaped = [host, String(question.port), question.database, question.user, password].map(field => field.replace(/[\\:]/g, '\\$&'));
	return escaped.join(':') + '\n';
}
