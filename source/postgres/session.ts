/** One connection to PostgreSQL in autocommit: queries one after another, each with its own time limit, and a prompt answer when the network dies. */
import type {Socket} from 'node:net';
import pg from 'pg';
import {ConnectError, describeHost, parseConnectError} from './connect-error.ts';
import type {Conninfo, Host} from './conninfo.ts';
import {readSslAttempts, type SslAttempt} from './ssl.ts';

export interface SessionOptions {
	/** application_name, by which others recognise the session: `holdpoint-monitor`. */
	application: string;
	/** Server-side limits in milliseconds; 0 for none. */
	statementTimeoutMs?: number;
	lockTimeoutMs?: number;
	idleInTransactionTimeoutMs?: number;
	/** For each host; the user's own connect_timeout goes first. */
	connectTimeoutMs?: number;
}

export interface QueryOptions {
	/** After so many milliseconds without an answer the connection is given up. Default: the statement timeout and 2 s. */
	timeoutMs?: number;
	/** Over the extended protocol, which refuses a text of several statements: for a text of somebody else's. */
	single?: boolean;
}

export type Row = Record<string, unknown>;

export interface Session {
	readonly conninfo: Conninfo;
	/** The one of the hosts that answered. */
	readonly host: Host;
	/** Of the backend itself, also behind a pooler. */
	readonly pid: number;
	/** pg_stat_activity.backend_start as text, exact to the microsecond, in UTC. */
	readonly backendStart: string;
	/** server_version_num, such as 150018. */
	readonly versionNumber: number;
	readonly inRecovery: boolean;
	/** The pid that the connection's start-up named: another than the backend's behind a pooler. */
	readonly announcedPid: number | null;
	/** The start-up parameter `options` was refused: what a pooler does. Then none of our settings hold. */
	readonly optionsRefused: boolean;
	/** Rows of one statement. bigint and numeric come as text. @throws the driver's DatabaseError with its SQLSTATE in `code`; SessionLost when the connection died */
	query<T extends object = Row>(text: string, values?: readonly unknown[], options?: QueryOptions): Promise<T[]>;
	/** Rows of each statement of one text, in one round trip and (unless it says otherwise) one transaction. */
	multi(text: string, options?: QueryOptions): Promise<Row[][]>;
	/** Waits for the running query and the goodbye, 2 s together, then gives the connection up; never throws. */
	close(): Promise<void>;
	/** Resolves, with the reason, when the connection is over. */
	readonly ended: Promise<string>;
}

/** The connection died under a query: whether the statement had an effect is not known. */
export class SessionLost extends Error {
	override readonly name = 'SessionLost';
}

const defaultConnectTimeoutMs = 10_000;
const graceMs = 2000;
const unlimitedMs = 2 ** 31 - 1;

/**
 * Connects to the first host that answers and has the wanted attributes.
 * @throws ConnectError (a Refusal 2) with its kind; of several hosts the last one's reason, unless a better one was seen
 */
export async function connect(conninfo: Conninfo, options: SessionOptions): Promise<Session> {
	const wanted = conninfo.targetSessionAttrs;
	const rounds = wanted === 'prefer-standby' ? ['standby', 'any'] as const : [wanted] as const;
	let failure: ConnectError | undefined;
	for (const attributes of rounds) {
		for (const host of conninfo.hosts) {
			try {
				const session = await connectHost(conninfo, host, options);
				const refusal = await refuseAttributes(session, attributes);
				if (refusal === null) return session;
				failure = refusal;
				await session.close();
			} catch (error) {
				failure = parseConnectError(error, conninfo, host);
				// As libpq: what another host can't answer better, such as a wrong password, ends the search.
				if (!['unreachable', 'starting', 'attributes'].includes(failure.kind)) throw failure;
			}
		}
	}
	if (conninfo.hosts.length > 1 && failure?.kind === 'attributes') throw new ConnectError('attributes', `None of ${conninfo.hosts.map(describeHost).join(', ')} is what target_session_attrs=${wanted} asks for.`);
	throw failure!;
}

async function refuseAttributes(session: Session, wanted: Exclude<Conninfo['targetSessionAttrs'], 'prefer-standby'>): Promise<ConnectError | null> {
	if (wanted === 'any') return null;
	const [row] = await session.query<{readonly: boolean}>(`SELECT current_setting('transaction_read_only') = 'on' AS readonly`);
	const fits = {
		'read-write': !row!.readonly && !session.inRecovery,
		'read-only': row!.readonly || session.inRecovery,
		primary: !session.inRecovery,
		standby: session.inRecovery,
	}[wanted];
	return fits ? null : new ConnectError('attributes', `${describeHost(session.host)} is a ${session.inRecovery ? 'standby' : 'primary'}, and target_session_attrs=${wanted} asks for another.`);
}

/** Tries with and without encryption, and without our settings where a pooler refuses them. */
async function connectHost(conninfo: Conninfo, host: Host, options: SessionOptions): Promise<Session> {
	const attempts = readSslAttempts(conninfo, host);
	for (const [index, ssl] of attempts.entries()) {
		try {
			return await open({conninfo, host, options, ssl, bare: false});
		} catch (error) {
			if (/unsupported startup parameter/.test((error as Error).message)) return open({conninfo, host, options, ssl, bare: true});
			const mayTryOther = /does not support SSL/.test((error as Error).message) || (error as {code?: string}).code === '28000';
			if (index === attempts.length - 1 || !mayTryOther) throw error;
		}
	}
	throw new Error('no attempt was made');
}

interface Attempt {
	conninfo: Conninfo;
	host: Host;
	options: SessionOptions;
	ssl: SslAttempt;
	bare: boolean;
}

async function open({conninfo, host, options, ssl, bare}: Attempt): Promise<Session> {
	const client = new pg.Client({
		host: host.hostaddr ?? host.host,
		port: host.port,
		user: conninfo.user,
		database: conninfo.database,
		// A function, so that the driver neither looks at PGPASSWORD and ~/.pgpass itself nor prints it.
		password: () => conninfo.readPassword(host) ?? refuseWithoutPassword(conninfo, host),
		ssl,
		...(ssl !== false && conninfo.ssl.direct ? {sslnegotiation: 'direct'} : {}),
		application_name: options.application,
		...(bare ? {} : {options: startupOptions(conninfo, options)}),
		connectionTimeoutMillis: conninfo.connectTimeoutMs ?? options.connectTimeoutMs ?? defaultConnectTimeoutMs,
		keepAlive: true,
		keepAliveInitialDelayMillis: 10_000,
		...(conninfo.channelBinding === 'disable' ? {} : {enableChannelBinding: true}),
	} as pg.ClientConfig);
	const wire = (client as unknown as {connection: {stream: Socket; once(event: string, listener: (message: {mechanisms?: string[]}) => void): void}}).connection;
	let bound = false;
	wire.once('authenticationSASL', message => {
		bound = ssl !== false && message.mechanisms?.includes('SCRAM-SHA-256-PLUS') === true;
	});
	const link = new Link(client, () => wire.stream, options);
	try {
		await client.connect();
		if (conninfo.channelBinding === 'require' && !bound) throw new ConnectError('ssl', `${describeHost(host)} did not offer the channel binding that channel_binding=require asks for.`);
		const [start] = await link.query<{pid: number; start: string; version: number; recovery: boolean}>(startQuery);
		return {
			conninfo,
			host,
			pid: start!.pid,
			backendStart: start!.start,
			versionNumber: start!.version,
			inRecovery: start!.recovery,
			announcedPid: (client as unknown as {processID: number | null}).processID,
			optionsRefused: bare,
			query: link.query,
			multi: link.multi,
			close: link.close,
			ended: link.ended,
		};
	} catch (error) {
		link.drop('the connection could not be opened');
		throw error;
	}
}

function refuseWithoutPassword(conninfo: Conninfo, host: Host): never {
	throw new ConnectError('no-password', `${describeHost(host)} asks for a password of ${conninfo.user} and none is given; put it into PGPASSWORD, ~/.pgpass or the URL.`);
}

/** In UTC whatever the session's own zone is, so that two sessions write the same start alike. */
const startQuery = `SELECT pg_backend_pid() AS pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00' AS start,
	current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS recovery
	FROM (SELECT 1) AS one LEFT JOIN pg_stat_activity ON pid = pg_backend_pid()`;

/** As start-up options and not by SET: behind a pooler a SET would stay on a server connection that others use. */
function startupOptions(conninfo: Conninfo, options: SessionOptions): string {
	const settings = {
		jit: 'off',
		timezone: 'UTC',
		datestyle: 'ISO',
		statement_timeout: String(options.statementTimeoutMs ?? 0),
		lock_timeout: String(options.lockTimeoutMs ?? 0),
		idle_in_transaction_session_timeout: String(options.idleInTransactionTimeoutMs ?? 60_000),
	};
	const ours = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`).join(' ');
	return conninfo.options === null ? ours : `${conninfo.options} ${ours}`;
}

/** The queue in front of one client: `pg` wants one query at a time, and a lost network must reject and not hang. */
class Link {
	readonly #client: pg.Client;
	readonly #stream: () => Socket;
	readonly #timeoutMs: number;
	#tail: Promise<unknown> = Promise.resolve();
	#over: string | null = null;
	#end!: (reason: string) => void;
	readonly ended: Promise<string> = new Promise(resolve => {
		this.#end = resolve;
	});

	constructor(client: pg.Client, stream: () => Socket, options: SessionOptions) {
		this.#client = client;
		this.#stream = stream;
		this.#timeoutMs = options.statementTimeoutMs ? options.statementTimeoutMs + graceMs : unlimitedMs;
		client.on('error', error => this.#finish(error.message));
		client.on('end', () => this.#finish('the server closed the connection'));
	}

	readonly query = async <T extends object = Row>(text: string, values: readonly unknown[] = [], options: QueryOptions = {}): Promise<T[]> => {
		const result = await this.#send(() => this.#client.query({text, ...(values.length > 0 && {values: [...values]}), ...(options.single && {queryMode: 'extended'})} as pg.QueryConfig), options);
		return result.rows as T[];
	};

	readonly multi = async (text: string, options: QueryOptions = {}): Promise<Row[][]> => {
		const result = await this.#send(async () => this.#client.query(text) as Promise<unknown>, options) as pg.QueryResult | pg.QueryResult[];
		return (Array.isArray(result) ? result : [result]).map(one => one.rows as Row[]);
	};

	readonly close = async (): Promise<void> => {
		const timer = setTimeout(() => this.drop('closed while a query was running'), graceMs);
		await Promise.race([this.#tail.catch(() => undefined), this.ended]);
		if (this.#over === null) await Promise.race([this.#client.end().catch(() => undefined), this.ended]);
		clearTimeout(timer);
		this.#finish('closed');
	};

	/** Gives the socket up at once, without a word to the other side. */
	drop(reason: string): void {
		this.#finish(reason);
		this.#stream().destroy();
	}

	#finish(reason: string): void {
		if (this.#over !== null) return;
		this.#over = reason;
		this.#end(reason);
	}

	async #send<T>(run: () => Promise<T>, options: QueryOptions): Promise<T> {
		const before = this.#tail;
		const own = (async () => {
			await before.catch(() => undefined);
			if (this.#over !== null) throw new SessionLost(`The database session is over: ${this.#over}.`);
			return this.#limited(run, options.timeoutMs ?? this.#timeoutMs);
		})();
		this.#tail = own.catch(() => undefined);
		return own;
	}

	async #limited<T>(run: () => Promise<T>, timeoutMs: number): Promise<T> {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<never>((_, reject) => {
			timer = setTimeout(() => {
				this.drop(`no answer within ${timeoutMs} ms`);
				reject(new SessionLost(`The database did not answer within ${timeoutMs} ms; the connection was given up.`));
			}, Math.min(timeoutMs, unlimitedMs));
		});
		try {
			return await Promise.race([run(), late]);
		} catch (error) {
			if ((error as {code?: string}).code === undefined && this.#over !== null && !(error instanceof SessionLost)) throw new SessionLost(`The connection to the database was lost: ${this.#over}.`);
			throw error;
		} finally {
			clearTimeout(timer);
		}
	}
}
