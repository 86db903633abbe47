/** Where and how to connect, read as libpq reads it: URL or keywords, then the service, then PG* variables, then defaults. */
import {existsSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join} from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import {type Parameters, parseConninfoText} from './conninfo-text.ts';
import {readPassfile} from './passfile.ts';
import {readService} from './service-file.ts';

export interface Host {
	/** A name, an address, or the folder of a Unix socket (begins with a slash). */
	host: string;
	/** The address to use instead of looking the name up. */
	hostaddr?: string;
	port: number;
}

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Absolute paths; null where neither named nor present at libpq's default place. */
export interface SslOptions {
	mode: SslMode;
	/** `system` stands for the certificates that the runtime trusts. */
	rootcert: string | null;
	cert: string | null;
	key: string | null;
	crl: string | null;
	direct: boolean;
	minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | null;
	readPassphrase: () => string | null;
}

export interface Conninfo {
	/** Tried in this order until one answers and has the wanted attributes. */
	hosts: readonly Host[];
	database: string;
	user: string;
	/** The password for a host; behind a function so that no dump of this object shows it. */
	readPassword: (host: Host, database?: string) => string | null;
	ssl: SslOptions;
	targetSessionAttrs: 'any' | 'read-write' | 'read-only' | 'primary' | 'standby' | 'prefer-standby';
	channelBinding: 'disable' | 'prefer' | 'require';
	/** Milliseconds for each host, or null when not said. */
	connectTimeoutMs: number | null;
	/** Of the user's own, added to ours: `-c search_path=…`. */
	options: string | null;
	/** What was set aside while reading, one sentence each: a password file that others may read. */
	warnings: readonly string[];
}

const variables: Record<string, string> = {
	PGHOST: 'host', PGHOSTADDR: 'hostaddr', PGPORT: 'port', PGDATABASE: 'dbname', PGUSER: 'user', PGPASSWORD: 'password', PGPASSFILE: 'passfile',
	PGOPTIONS: 'options', PGSSLMODE: 'sslmode', PGSSLNEGOTIATION: 'sslnegotiation', PGSSLCERT: 'sslcert', PGSSLKEY: 'sslkey', PGSSLROOTCERT: 'sslrootcert',
	PGSSLCRL: 'sslcrl', PGSSLCRLDIR: 'sslcrldir', PGSSLMINPROTOCOLVERSION: 'ssl_min_protocol_version', PGSSLCERTMODE: 'sslcertmode', PGREQUIREPEER: 'requirepeer',
	PGREQUIREAUTH: 'require_auth', PGCHANNELBINDING: 'channel_binding', PGGSSENCMODE: 'gssencmode', PGCONNECT_TIMEOUT: 'connect_timeout',
	PGTARGETSESSIONATTRS: 'target_session_attrs', PGLOADBALANCEHOSTS: 'load_balance_hosts',
};
const understood = new Set([...Object.values(variables), 'sslpassword', 'service', 'servicefile']);
/** Without bearing on where and how safely one connects, or set by ourselves. */
const harmless = new Set([
	'application_name', 'fallback_application_name', 'client_encoding', 'keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout',
	'sslcompression', 'sslsni', 'krbsrvname', 'gsslib', 'gssdelegation', 'ssl_max_protocol_version', 'min_protocol_version', 'max_protocol_version',
]);

/**
 * Reads a connection as libpq does, the service file, .pgpass and default certificates included.
 * @param text URL, keyword=value pairs, a database's name, or nothing for what the environment says
 * @throws Refusal 2 for what can't be read or is not supported, named
 */
export function parseConninfo(text: string, environment: Record<string, string | undefined>, home: string): Conninfo {
	const written = parseConninfoText(text);
	const serviceName = written['service'] ?? environment['PGSERVICE'];
	const service = serviceName ? readService(serviceName, written['servicefile'] ? {...environment, PGSERVICEFILE: written['servicefile']} : environment, home) : {};
	const fromVariables: Parameters = {};
	for (const [variable, name] of Object.entries(variables)) if (environment[variable]) fromVariables[name] = environment[variable];
	const parameters: Parameters = {...fromVariables, ...service, ...withoutEmpty(written)};
	refuseUnsupported(parameters);

	const user = parameters['user'] ?? loginName();
	const database = parameters['dbname'] ?? user;
	const warnings: string[] = [];
	const passfile = parameters['passfile'] ?? join(home, '.pgpass');
	const password = parameters['password'] ?? null;
	const hosts = readHosts(parameters);
	if (password === null) readPassfile(passfile, {...hosts[0]!, database, user}, sentence => warnings.push(sentence));
	return {
		hosts,
		database,
		user,
		readPassword: (host, name = database) => password ?? readPassfile(passfile, {host: host.host || host.hostaddr || '', port: host.port, database: name, user}),
		ssl: readSsl(parameters, home),
		targetSessionAttrs: oneOf(parameters, 'target_session_attrs', ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'], 'any'),
		channelBinding: oneOf(parameters, 'channel_binding', ['disable', 'prefer', 'require'], 'prefer'),
		connectTimeoutMs: readTimeout(parameters['connect_timeout']),
		options: parameters['options'] ?? null,
		warnings,
	};
}

/** The same connection with a password that a person or a command gave. */
export function withPassword(conninfo: Conninfo, password: string): Conninfo {
	return {...conninfo, readPassword: () => password};
}

function withoutEmpty(parameters: Parameters): Parameters {
	return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ''));
}

function refuseUnsupported(parameters: Parameters): void {
	for (const name of Object.keys(parameters)) {
		if (!understood.has(name) && !harmless.has(name)) throw new Refusal(2, `The connection parameter ${name} is not supported; leave it out of the URL, the service file or the environment.`);
	}
	if (parameters['gssencmode'] === 'require') throw new Refusal(2, 'GSSAPI is not supported, but gssencmode=require asks for it; use gssencmode=disable with a password or a certificate.');
	for (const name of ['requirepeer', 'require_auth', 'sslcrldir']) {
		if (parameters[name]) throw new Refusal(2, `The connection parameter ${name} is not supported, and leaving it aside would be less safe than asked for; give a URL without it for holdpoint's own sessions.`);
	}
	if (parameters['sslcertmode'] === 'require') throw new Refusal(2, 'The connection parameter sslcertmode=require is not supported; use sslcertmode=allow with sslcert and sslkey.');
}

function oneOf<T extends string>(parameters: Parameters, name: string, allowed: readonly T[], otherwise: T): T {
	const value = parameters[name] ?? otherwise;
	if (!allowed.includes(value as T)) throw new Refusal(2, `The connection parameter ${name} can't be ${JSON.stringify(value)}; it is one of ${allowed.join(', ')}.`);
	return value as T;
}

function readHosts(parameters: Parameters): Host[] {
	const names = parameters['host']?.split(',') ?? [];
	const addresses = parameters['hostaddr']?.split(',') ?? [];
	const ports = parameters['port']?.split(',') ?? [''];
	const count = Math.max(names.length, addresses.length, 1);
	if (addresses.length > 0 && names.length > 0 && addresses.length !== names.length) throw new Refusal(2, `host names ${names.length} servers and hostaddr ${addresses.length}; give as many of one as of the other.`);
	if (ports.length !== 1 && ports.length !== count) throw new Refusal(2, `host names ${count} servers and port ${ports.length}; give one port, or one for each host.`);
	const hosts = Array.from({length: count}, (_, index): Host => {
		const port = readPort(ports[ports.length === 1 ? 0 : index]!);
		const address = addresses[index];
		const host = names[index] || (address ? '' : defaultHost(port));
		return address ? {host: host || address, hostaddr: address, port} : {host, port};
	});
	if (parameters['load_balance_hosts'] === 'random') hosts.sort(() => Math.random() - 0.5);
	return hosts;
}

function readPort(text: string): number {
	if (text === '') return 5432;
	const port = Number(text);
	if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Refusal(2, `The port ${JSON.stringify(text)} is not a number from 1 to 65535.`);
	return port;
}

/** The packagers compile different socket folders into libpq; the one where a server listens is meant. */
function defaultHost(port: number): string {
	const folders = ['/var/run/postgresql', '/run/postgresql', '/tmp'];
	return folders.find(folder => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? 'localhost';
}

/** Default places are libpq's: ~/.postgresql/. A root certificate there turns `require` into `verify-ca`, as in libpq. */
function readSsl(parameters: Parameters, home: string): SslOptions {
	const own = (name: string): string | null => {
		const path = join(home, '.postgresql', name);
		return existsSync(path) ? path : null;
	};
	const rootcert = parameters['sslrootcert'] ?? own('root.crt');
	let mode = oneOf<SslMode>(parameters, 'sslmode', ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'], rootcert === 'system' ? 'verify-full' : 'prefer');
	if (mode === 'require' && rootcert !== null) mode = 'verify-ca';
	if ((mode === 'verify-ca' || mode === 'verify-full') && rootcert === null) {
		throw new Refusal(2, `sslmode=${mode} needs a root certificate: name it with sslrootcert, put it at ~/.postgresql/root.crt, or use sslrootcert=system.`);
	}
	if (rootcert === 'system' && mode !== 'verify-full' && mode !== 'disable') throw new Refusal(2, `sslrootcert=system can't be used with sslmode=${mode}; use sslmode=verify-full.`);
	const passphrase = parameters['sslpassword'] ?? null;
	return {
		mode,
		rootcert,
		cert: parameters['sslcert'] ?? own('postgresql.crt'),
		key: parameters['sslkey'] ?? own('postgresql.key'),
		crl: parameters['sslcrl'] ?? own('root.crl'),
		direct: oneOf(parameters, 'sslnegotiation', ['postgres', 'direct'], 'postgres') === 'direct',
		minVersion: parameters['ssl_min_protocol_version'] === undefined ? null : oneOf<NonNullable<SslOptions['minVersion']>>(parameters, 'ssl_min_protocol_version', ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'], 'TLSv1.2'),
		readPassphrase: () => passphrase,
	};
}

/** Seconds in, milliseconds out; 0 and less mean no limit of the user's own. */
function readTimeout(text: string | undefined): number | null {
	if (text === undefined) return null;
	const seconds = Number(text);
	if (!Number.isInteger(seconds)) throw new Refusal(2, `connect_timeout=${JSON.stringify(text)} is not a whole number of seconds.`);
	return seconds <= 0 ? null : Math.max(2, seconds) * 1000;
}

function loginName(): string {
	try {
		return userInfo().username;
	} catch {
		throw new Refusal(2, 'The operating system does not know a name for this user; say which role to connect as with user= or PGUSER.');
	}
}
