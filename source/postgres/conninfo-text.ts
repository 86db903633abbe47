/** Reads the two ways to write a connection down, URL and keyword=value, into the parameters that libpq would see. */
import {Refusal} from '../journal/refusal.ts';

/** Parameter name → value, by libpq's names; several hosts stay one comma-separated text. */
export type Parameters = Record<string, string>;

/** Arguments of SQLAlchemy's dialects and drivers that say nothing about where or how to connect. */
const driverArguments = new Set([
	'async_fallback', 'prepared_statement_cache_size', 'prepared_statement_name_func', 'statement_cache_size', 'prepare_threshold',
	'server_side_cursors', 'executemany_mode', 'timeout', 'command_timeout', 'max_cached_statement_lifetime', 'plugin', 'use_insertmanyvalues',
]);

/**
 * Parses `postgres://…`, `postgresql+driver://…` (SQLAlchemy), or `host=… dbname=…`; a text with neither is a database's name, as in psql.
 * @throws Refusal 2 when it is none of them. The text itself is never in the message: it may hold a password.
 */
export function parseConninfoText(text: string): Parameters {
	const trimmed = text.trim();
	const url = /^(?:postgres|postgresql)(\+\w+)?:\/\/(.*)$/s.exec(trimmed);
	if (url) return parseUrl(url[2]!, url[1] !== undefined);
	const scheme = /^([a-z][\w+.-]*):\/\//i.exec(trimmed);
	if (scheme) throw new Refusal(2, `The database URL begins with ${scheme[1]}://, which is not PostgreSQL; write postgresql://user@host:port/database.`);
	if (trimmed.includes('=')) return parseKeywords(trimmed);
	return trimmed === '' ? {} : {dbname: trimmed};
}

/** The part after `://`, by libpq's grammar, with SQLAlchemy's reading where the two differ. */
function parseUrl(rest: string, sqlalchemy: boolean): Parameters {
	const parameters: Parameters = {};
	const question = rest.indexOf('?');
	let place = question === -1 ? rest : rest.slice(0, question);
	const query = question === -1 ? '' : rest.slice(question + 1);

	const credentials = splitCredentials(place, sqlalchemy);
	if (credentials) {
		if (credentials.user !== '') parameters['user'] = decode(credentials.user);
		if (credentials.password) parameters['password'] = decode(credentials.password);
		place = credentials.rest;
	}

	const slash = place.indexOf('/');
	const hostPart = slash === -1 ? place : place.slice(0, slash);
	const database = slash === -1 ? '' : place.slice(slash + 1);
	if (database !== '') parameters['dbname'] = decode(database);
	if (hostPart !== '') putHosts(parameters, hostPart.split(','));
	putQuery(parameters, query, sqlalchemy);
	return parameters;
}

/** SQLAlchemy lets a password hold a slash, libpq does not; what can only be meant SQLAlchemy's way is read so. */
function splitCredentials(place: string, sqlalchemy: boolean): {user: string; password: string | undefined; rest: string} | undefined {
	const slash = place.indexOf('/');
	const authority = slash === -1 ? place : place.slice(0, slash);
	let at = authority.indexOf('@');
	if (at === -1 && (sqlalchemy || !/^[^:]*(:\d*)?(,|$)/.test(authority)) && /^[^:/@]*:[^@]*@/.test(place)) at = place.indexOf('@');
	if (at === -1) return undefined;
	const colon = place.slice(0, at).indexOf(':');
	return {
		user: place.slice(0, colon === -1 ? at : colon),
		password: colon === -1 ? undefined : place.slice(colon + 1, at),
		rest: place.slice(at + 1),
	};
}

function putHosts(parameters: Parameters, entries: string[]): void {
	const parts = entries.map(entry => {
		const bracketed = /^\[([^\]]*)\](?::(\d*))?$/.exec(entry);
		if (bracketed) return {host: bracketed[1]!, port: bracketed[2] ?? ''};
		const colon = entry.lastIndexOf(':');
		return colon === -1 ? {host: decode(entry), port: ''} : {host: decode(entry.slice(0, colon)), port: entry.slice(colon + 1)};
	});
	if (parts.some(part => part.host !== '')) parameters['host'] = parts.map(part => part.host).join(',');
	if (parts.some(part => part.port !== '')) parameters['port'] = parts.map(part => part.port).join(',');
}

/** `?a=b&c=d`; SQLAlchemy repeats `host` for several hosts and reads `+` as a space. */
function putQuery(parameters: Parameters, query: string, sqlalchemy: boolean): void {
	const hosts: string[] = [];
	for (const pair of query.split('&').filter(pair => pair !== '')) {
		const equals = pair.indexOf('=');
		if (equals === -1) throw new Refusal(2, 'The database URL has a parameter without a value after its question mark; write name=value.');
		const name = decode(pair.slice(0, equals));
		const raw = pair.slice(equals + 1);
		const value = decode(sqlalchemy ? raw.replaceAll('+', ' ') : raw);
		if (sqlalchemy && driverArguments.has(name)) continue;
		if (name === 'ssl') parameters['sslmode'] = value === 'true' ? 'require' : value;
		else if (name === 'host' && sqlalchemy) hosts.push(value);
		else parameters[name === 'database' ? 'dbname' : name] = value;
	}
	if (hosts.length === 1 && !hosts[0]!.includes(':')) parameters['host'] = hosts[0]!;
	else if (hosts.length > 0) putHosts(parameters, hosts.flatMap(host => host.split(',')));
}

/** `host = localhost password='it''s'`, with libpq's backslash escapes. */
function parseKeywords(text: string): Parameters {
	const parameters: Parameters = {};
	const pattern = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gsy;
	while (pattern.lastIndex < text.length) {
		const match = pattern.exec(text);
		if (!match) throw new Refusal(2, 'The connection string can\'t be read: write keyword=value pairs separated by spaces, with values that hold spaces or quotes in single quotes.');
		parameters[match[1]!] = (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1');
	}
	return parameters;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new Refusal(2, 'The database URL holds a % that does not begin an escape; write a percent sign as %25.');
	}
}
