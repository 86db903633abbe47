/** Why a connection failed, as one sentence that says where and what to do. */
import {Refusal} from '../journal/refusal.ts';
import type {Conninfo, Host} from './conninfo.ts';

export type ConnectKind = 'unreachable' | 'password' | 'no-password' | 'rejected' | 'database' | 'privileges' | 'connections' | 'starting' | 'ssl' | 'attributes' | 'other';

/** A Refusal 2 with its kind, so that a missing password can be asked for and a restarting server waited for. */
export class ConnectError extends Refusal {
	readonly kind: ConnectKind;

	constructor(kind: ConnectKind, sentence: string) {
		super(2, sentence);
		this.kind = kind;
	}
}

/** `host:port`, or the socket's folder and port. */
export function describeHost(host: Host): string {
	return host.host.startsWith('/') ? `the socket in ${host.host} (port ${host.port})` : `${host.host.includes(':') ? `[${host.host}]` : host.host}:${host.port}`;
}

/** Pure; what the driver's message says is only used where it can't hold a secret. */
export function parseConnectError(error: unknown, conninfo: Conninfo, host: Host): ConnectError {
	if (error instanceof ConnectError) return error;
	const {code, message} = describe(error);
	const where = describeHost(host);
	const say = (kind: ConnectKind, sentence: string): ConnectError => new ConnectError(kind, sentence);
	const byState: Record<string, () => ConnectError> = {
		'28P01': () => say('password', `The password for ${conninfo.user} was rejected by ${where}; give the right one in the URL, PGPASSWORD or ~/.pgpass.`),
		'28000': () => /does not exist/.test(message)
			? say('rejected', `The role ${conninfo.user} does not exist on ${where}; name another with user@ in the URL or PGUSER.`)
			: say('rejected', `${where} lets ${conninfo.user} not connect to ${conninfo.database} from here (${oneLine(message)}); see pg_hba.conf there.`),
		'3D000': () => say('database', `The database ${JSON.stringify(conninfo.database)} does not exist on ${where}; name another in the URL or PGDATABASE.`),
		'42501': () => say('privileges', `${conninfo.user} may not connect to the database ${JSON.stringify(conninfo.database)} on ${where}; an owner can run GRANT CONNECT.`),
		'53300': () => say('connections', `${where} has no free connection for ${conninfo.user} (${oneLine(message)}); end some sessions or raise the limit.`),
		'57P03': () => say('starting', `${where} is not accepting connections yet (${oneLine(message)}); try again when it has started.`),
		'57P01': () => say('unreachable', `${where} ended the connection (${oneLine(message)}); try again when the server is back.`),
	};
	const known = byState[code];
	if (known) return known();
	if (/does not support SSL|SSL|TLS|certificate|self.signed|altnames|alert|wrong version number/i.test(`${message} ${code}`)) {
		return say('ssl', `No SSL connection to ${where} as sslmode=${conninfo.ssl.mode} asks (${oneLine(message)}); see sslmode and sslrootcert.`);
	}
	const network: Record<string, string> = {
		ECONNREFUSED: 'nothing listens there', ENOENT: 'there is no such socket', ENOTFOUND: 'the name is not known', EAI_AGAIN: 'the name could not be looked up',
		ETIMEDOUT: 'no answer', EHOSTUNREACH: 'no route to the host', ENETUNREACH: 'the network is unreachable', ECONNRESET: 'the connection was reset', EACCES: 'not permitted',
	};
	const reason = network[code] ?? (/timeout expired/.test(message) ? 'no answer in time' : /terminated unexpectedly/.test(message) ? 'the connection was closed at once' : undefined);
	if (reason) return say('unreachable', `No connection to ${where}: ${reason}; check host, port and that the server runs.`);
	return say('other', `No connection to ${conninfo.database} on ${where} as ${conninfo.user}: ${oneLine(message)}${code ? ` (${code})` : ''}.`);
}

/** A name with several addresses gives an AggregateError; the first of its errors says enough. */
function describe(error: unknown): {code: string; message: string} {
	const inner = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] as unknown : error;
	const {code, message} = (inner ?? {}) as {code?: unknown; message?: unknown};
	return {code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : String(inner)};
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '').slice(0, 300);
}
