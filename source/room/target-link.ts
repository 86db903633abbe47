/** The way to the target: env.py's own connection found out, holdpoint's sessions on it, the proof that both are one live database. */
import {homedir} from 'node:os';
import path from 'node:path';
import type {SessionRole} from '../actions/context.ts';
import {valueOf} from '../alembic/problem.ts';
import {openProject, type AlembicProject} from '../alembic/project.ts';
import {readProject, type ProjectReading} from '../alembic/reading.ts';
import type {ConfiguredContext, DatabaseReading, EnvConnection} from '../alembic/shapes.ts';
import {environmentOf} from '../config/environment.ts';
import {readSecret, secretsOf} from '../config/secrets.ts';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Scrubber} from '../journal/scrub.ts';
import type {Target} from '../journal/shapes/plan.ts';
import {guardSessionOptions, monitorSessionOptions} from '../monitor/connection.ts';
import {holdProof, type HeldKey} from '../postgres/advisory.ts';
import {parseConninfo, withPassword, type Conninfo} from '../postgres/conninfo.ts';
import {ConnectError} from '../postgres/connect-error.ts';
import {queryIdentity, type Identity} from '../postgres/identity.ts';
import {connect, type Session, type SessionOptions} from '../postgres/session.ts';

export interface TargetLink {
	readonly project: AlembicProject;
	readonly target: Target;
	readonly identity: Identity;
	/** Absolute paths of what decided where env.py connects: configurations, env.py, the modules that it loads. */
	readonly loaded: string[];
	/** Absolute path of env.py. */
	readonly environmentFile: string | null;
	/** Set once env.py's own session was read. */
	readonly context: ConfiguredContext | null;
	/** What env.py's own session last said of the database. */
	readonly reading: DatabaseReading | null;
	/** holdpoint's own session, opened anew when lost; refuses when another server answers in its place. */
	session(): Promise<Session>;
	openSession(role: SessionRole): Promise<Session>;
	conninfo(role: SessionRole): Promise<Conninfo>;
	/** Key of the advisory lock that the room's own session holds. */
	proofKey(): Promise<string>;
	/** @throws Refusal 3 when env.py's session does not see the room's lock: they are not on one live database */
	mustBeProven(): Promise<void>;
	/** Tells that env.py's session was seen with, or without, the proof. */
	noteProof(reading: DatabaseReading): void;
	close(): Promise<void>;
}

export interface LinkOptions {
	settings: Settings;
	environment: NodeJS.ProcessEnv;
	scrubber: Scrubber;
	/** Asks a person for a missing password, or says why there is none; null when nobody can be asked. `why`: what the server said. */
	askPassword?: ((question: string, why: Refusal) => Promise<string>) | null;
}

const ownSession: SessionOptions = {application: 'holdpoint', statementTimeoutMs: 30_000, lockTimeoutMs: 2000, connectTimeoutMs: 10_000};
const optionsOf: Record<SessionRole, SessionOptions> = {
	target: {...ownSession, application: 'holdpoint-maintain', statementTimeoutMs: 0},
	monitor: monitorSessionOptions,
	guard: guardSessionOptions,
	backup: {...ownSession, application: 'holdpoint-backup', statementTimeoutMs: 0},
};

/** Connects. @throws Refusal 2 when the project can't be read or the server not be reached */
export async function linkTarget({settings, environment, scrubber, askPassword = null}: LinkOptions): Promise<TargetLink> {
	for (const secret of [environment['PGPASSWORD'], ...secretsOf(settings)]) if (secret) scrubber.add(secret);
	const {project, reading} = await readEnvironment(settings, environment);
	const found = settings.database ? null : valueOf(reading.connection);
	if (found?.password) scrubber.add(found.password);
	const source = settings.database?.source ?? 'env.py';
	const text = settings.database ? await readSecret(settings.database.url) : found!.dsn ?? textOfConnection(found!);
	let conninfo = parseConninfo(text, {...environment, ...found?.libpq}, homedir());
	rememberPassword(scrubber, conninfo);

	const dial = async (options: SessionOptions): Promise<Session> => {
		try {
			return await connect(conninfo, options);
		} catch (error) {
			if (!(error instanceof ConnectError) || !askPassword || (error.kind !== 'password' && error.kind !== 'no-password')) throw error;
			const password = await askPassword(`Password for ${conninfo.user} on ${conninfo.database}: `, error);
			scrubber.add(password);
			conninfo = withPassword(conninfo, password);
			return connect(conninfo, options);
		}
	};
	let own: Promise<Session> = dial(ownSession);
	const first = await own;
	const identity = await queryIdentity(first);
	const target = describeTarget({identity, settings, source, session: first});
	scrubber.allow(target.host, target.database, target.role);
	let proof: {session: Session; held: HeldKey} | null = null;
	let proven: {session: Session; refusal: Refusal | null} | null = null;
	let seenLast: DatabaseReading | null = null;
	let closed = false;

	const session = async (): Promise<Session> => {
		const current = await own.catch(() => null);
		if (current && !(await isOver(current))) return current;
		if (closed) throw new Refusal(5, 'The room has ended.');
		own = dial(ownSession).then(async opened => {
			const again = await queryIdentity(opened);
			const moved = describeMove(identity, again);
			if (!moved) return opened;
			await opened.close();
			throw new Refusal(3, moved);
		});
		own.catch(() => {});
		return own;
	};
	const proofKey = async (): Promise<string> => {
		const current = await session();
		if (proof?.session !== current) proof = {session: current, held: await holdProof(current)};
		return proof.held.key;
	};
	const link: TargetLink = {
		project,
		target,
		identity,
		get context() {
			return seenLast?.context ?? null;
		},
		get reading() {
			return seenLast;
		},
		environmentFile: reading.graph.environment?.file ?? null,
		loaded: [...(reading.graph.config ?? []).map(({file}) => file), ...(reading.graph.environment ? [reading.graph.environment.file] : []), ...(reading.connection?.ok ? reading.connection.value.modules : []).map(file => path.resolve(settings.project, file))],
		session,
		async openSession(role) {
			const secret = settings.roles[role as keyof Settings['roles']] ?? null;
			return secret ? connect(await ofRole(secret), optionsOf[role]) : dial(optionsOf[role]);
		},
		async conninfo(role) {
			const secret = settings.roles[role as keyof Settings['roles']] ?? null;
			return secret ? ofRole(secret) : conninfo;
		},
		proofKey,
		async mustBeProven() {
			const key = await proofKey();
			const current = await session();
			if (proven?.session !== current) {
				const [reading] = valueOf((await readProject(project, {database: {proofKey: key}})).database);
				if (!reading) throw new Refusal(2, 'env.py ended without connecting to a database; look into run_migrations_online() there.');
				link.noteProof(reading);
			}
			if (proven?.refusal) throw proven.refusal;
			if (identity.inRecovery) throw new Refusal(3, `${target.host}:${target.port} is a standby; point env.py at the primary.`);
		},
		noteProof(seen) {
			seenLast = seen;
			const place = seen.serverAddress ? `${seen.serverAddress}:${seen.serverPort}` : 'a local socket';
			const refusal = seen.proven === true ? null : new Refusal(3, `env.py connects to database ${seen.database} on ${place}, which is not the live database that holdpoint watches: ${target.database} on ${target.host}:${target.port} (from ${target.source}). Only reading is allowed; give both the same database.`);
			if (proof) proven = {session: proof.session, refusal};
		},
		async close() {
			closed = true;
			await own.then(opened => opened.close(), () => {});
		},
	};
	return link;

	async function ofRole(secret: NonNullable<Settings['database']>['url']): Promise<Conninfo> {
		const parsed = parseConninfo(await readSecret(secret), environment, homedir());
		rememberPassword(scrubber, parsed);
		return parsed;
	}
}

/** An interpreter that gives no answer at all is asked what it lacks: that is the better sentence. */
async function readEnvironment(settings: Settings, environment: NodeJS.ProcessEnv): Promise<{project: AlembicProject; reading: ProjectReading}> {
	const given = {directory: settings.project, alembic: settings.alembic, environment};
	const project = await openProject({...given, trusting: true});
	try {
		return {project, reading: await readProject(project, {connection: true})};
	} catch (error) {
		if (project.versions === null) await openProject(given);
		throw error;
	}
}

/** A session that has died is known by its promise; one tick lets that come through. */
async function isOver(session: Session): Promise<boolean> {
	return Promise.race([session.ended.then(() => true), new Promise<boolean>(resolve => setImmediate(() => resolve(false)))]);
}

function describeTarget({identity, settings, source, session}: {identity: Identity; settings: Settings; source: string; session: Session}): Target {
	const {host, port} = session.host;
	return {
		host, port, database: identity.database, role: identity.role, source,
		systemIdentifier: identity.systemIdentifier ?? 'not visible to this role',
		serverVersion: identity.serverVersion,
		environment: environmentOf({settings, host, database: identity.database}),
		...(identity.timeline !== null && {timeline: identity.timeline}),
	};
}

/** Null while the server that answers is the one that was pinned. A higher timeline is a failover: another primary took over. */
function describeMove(pinned: Identity, now: Identity): string | null {
	if (now.systemIdentifier !== pinned.systemIdentifier || now.databaseOid !== pinned.databaseOid) return `Another server answers at ${now.host}:${now.port} than the one this run is pinned to; look at what happened there before anything else.`;
	if (now.timeline !== pinned.timeline) return `The server at ${now.host}:${now.port} is on timeline ${now.timeline}, this run was pinned on ${pinned.timeline}: a failover took place; open a new run after looking.`;
	return null;
}

function rememberPassword(scrubber: Scrubber, conninfo: Conninfo): void {
	for (const host of conninfo.hosts) {
		const password = conninfo.readPassword(host);
		if (password) scrubber.add(password);
	}
}

/** env.py's connection as keywords; driver arguments that libpq does not know (pool sizes, prepared statements) say nothing of where. */
function textOfConnection(connection: EnvConnection): string {
	const {host, port, database, username, password, options} = connection;
	const ssl = Object.entries(options).filter(([name]) => /^(ssl(mode|rootcert|cert|key|crl|password|negotiation)|target_session_attrs|hostaddr|passfile|service|gssencmode|channel_binding|connect_timeout)$/.test(name));
	const keywords = Object.entries({...Object.fromEntries(ssl), host, port, dbname: database, user: username, password}).filter(([, value]) => value);
	return keywords.map(([name, value]) => `${name}='${String(value).replace(/[\\']/g, '\\$&')}'`).join(' ');
}
