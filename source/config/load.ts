/** Flags, environment variables and holdpoint.yaml → the one frozen Settings. */
import {readFile} from 'node:fs/promises';
import {homedir, userInfo} from 'node:os';
import {basename, dirname, isAbsolute, join, resolve} from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import {readProject} from './project.ts';
import {configurationSchema, type Configuration} from './schema.ts';
import type {SecretText, Settings} from './settings.ts';
import {parseConfiguration} from './yaml.ts';

/** The options that all commands have; what is undefined was not given. */
export interface Flags {
	project?: string;
	config?: string;
	database?: string;
	environment?: string;
	readOnly?: boolean;
	run?: string;
	stateDir?: string;
	json?: boolean;
	yes?: boolean;
	/** `--no-color` makes it false. */
	color?: boolean;
}

export interface LoadOptions {
	flags: Flags;
	/** process.env; nothing deeper reads it. */
	environment: Record<string, string | undefined>;
	/** Where the user is, absolute. */
	directory: string;
	/** A person can be asked: stdin and stdout are terminals and CI is not set. */
	interactive: boolean;
	/** False for commands that work anywhere: without a project, `project` is `directory`. */
	needsProject?: boolean;
}

const environmentNames = ['production', 'staging', 'development'] as const;

/**
 * Reads and freezes the settings. Flags come before environment variables, these before holdpoint.yaml.
 * @throws Refusal (2) for a missing project, a wrong flag, or a wrong configuration with its line and column.
 */
export async function loadSettings({flags, environment, directory, interactive, needsProject = true}: LoadOptions): Promise<Settings> {
	const place = await readProject({project: flags.project, config: flags.config, directory, needsProject});
	const configuration = place.config === null ? configurationSchema.parse({}) : await readConfiguration(place.config, environment);
	if (needsProject && !place.alembic && configuration.alembic.ini === undefined) {
		throw new Refusal(2, `${place.project} is no Alembic project: it has neither alembic.ini nor a pyproject.toml with [tool.alembic]; name the project with --project DIR, or its file as \`alembic: {ini: …}\` in holdpoint.yaml`);
	}
	const paths = pathsFrom(place.config === null ? place.project : dirname(place.config));
	const home = environment['HOME'] || homedir();
	return deepFreeze({
		project: place.project,
		config: place.config,
		stateDir: stateFolder({flag: flags.stateDir, directory, configured: paths(configuration.state_dir), environment, home}),
		run: flags.run ?? null,
		database: chooseDatabase(flags, environment, configuration),
		environment: chooseEnvironment(flags, configuration),
		environmentRules: Array.isArray(configuration.environment) ? configuration.environment : [],
		readOnly: flags.readOnly ?? false,
		json: flags.json ?? false,
		yes: flags.yes ?? false,
		color: (flags.color ?? true) && !environment['NO_COLOR'],
		interactive,
		by: personAtWork(environment),
		...configuredSettings(configuration, paths),
	} satisfies Settings);
}

async function readConfiguration(path: string, environment: LoadOptions['environment']): Promise<Configuration> {
	const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		throw new Refusal(2, `${path} can't be read (${error.code ?? 'unknown'}); mend its permissions, or name another with --config`);
	});
	return parseConfiguration({text, name: basename(path), environment});
}

type Paths = (path: string | undefined) => string | null;

/** Paths in a configuration count from its own folder; `~/` is the home folder. */
function pathsFrom(folder: string): Paths {
	return path => {
		if (path === undefined) return null;
		return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : resolve(folder, path);
	};
}

function stateFolder({flag, directory, configured, environment, home}: {flag: string | undefined; directory: string; configured: string | null; environment: LoadOptions['environment']; home: string}): string {
	if (flag !== undefined) return resolve(directory, flag);
	if (configured !== null) return configured;
	const base = environment['XDG_STATE_HOME'];
	// The XDG specification: a relative path there is invalid and to be ignored.
	return join(base && isAbsolute(base) ? base : join(home, '.local', 'state'), 'holdpoint');
}

function chooseDatabase(flags: Flags, environment: LoadOptions['environment'], configuration: Configuration): Settings['database'] {
	if (flags.database) return {url: {kind: 'text', text: flags.database}, source: '--database'};
	const variable = environment['HOLDPOINT_DATABASE_URL'];
	if (variable) return {url: {kind: 'text', text: variable}, source: 'HOLDPOINT_DATABASE_URL'};
	const configured = secretOf(configuration.database);
	return configured && {url: configured, source: 'holdpoint.yaml'};
}

function chooseEnvironment(flags: Flags, configuration: Configuration): Settings['environment'] {
	if (flags.environment !== undefined) {
		const known = environmentNames.find(name => name === flags.environment);
		if (known) return known;
		throw new Refusal(2, `--environment ${flags.environment} is unknown; use ${environmentNames.join(', ')}`);
	}
	return typeof configuration.environment === 'string' ? configuration.environment : null;
}

function personAtWork(environment: LoadOptions['environment']): string {
	const said = environment['HOLDPOINT_BY'] || environment['SUDO_USER'];
	if (said) return said;
	try {
		return userInfo().username;
	} catch {
		// A container may run under a number that has no name.
		return environment['USER'] || environment['LOGNAME'] || `uid ${process.getuid?.() ?? 'unknown'}`;
	}
}

type Configured = 'checklist' | 'alembic' | 'roles' | 'standbys' | 'backup' | 'rehearsal' | 'migration' | 'guard' | 'freeDisk' | 'window' | 'rollbackPlan' | 'largeTableRows' | 'naming' | 'review' | 'checks' | 'smoke' | 'compatibility' | 'logs' | 'metrics' | 'alerts' | 'tickets' | 'documents' | 'notify' | 'approvals' | 'contacts' | 'room';

function configuredSettings(from: Configuration, paths: Paths): Pick<Settings, Configured> {
	const {alembic, backup, compatibility, guard, migration, rehearsal, roles} = from;
	return {
		checklist: paths(from.checklist),
		alembic: {python: interpreter(alembic.python, paths), ini: paths(alembic.ini), section: alembic.section, arguments: alembic.arguments, environment: alembic.environment},
		roles: {monitor: secretOf(roles.monitor), guard: secretOf(roles.guard), backup: secretOf(roles.backup)},
		standbys: from.standbys,
		backup: {directory: paths(backup.directory), format: backup.format, jobs: backup.jobs ?? null, compression: backup.compress, countRows: backup.count_rows, from: secretOf(backup.from), retentionDays: backup.retention_days, maxAgeMs: backup.max_age, external: backup.external ?? null},
		// With a server named for it, a rehearsal goes there unless `local: true` says otherwise.
		rehearsal: {url: secretOf(rehearsal.url), local: rehearsal.local ?? rehearsal.url === undefined, limitBytes: rehearsal.limit_gb * 1024 ** 3, tables: rehearsal.tables},
		migration: {
			lockTimeoutMs: migration.lock_timeout, lockLadderMs: migration.lock_ladder ?? null, lockRetries: migration.lock_retries, statementTimeoutMs: migration.statement_timeout,
			throttle: {lagSeconds: migration.throttle.lag_seconds ?? null, lagBytes: migration.throttle.lag_bytes ?? null},
		},
		guard: {
			maxBlockedSessions: guard.max_blocked_sessions, maxBlockedSeconds: guard.max_blocked_seconds, maxSessionSeconds: guard.max_session_seconds,
			maxLagSeconds: guard.max_lag_seconds, maxLagBytes: guard.max_lag_bytes, minFreeConnectionsPercent: guard.min_free_connections_percent,
			maxEstimateFactor: guard.max_estimate_factor, minFreeDiskBytes: guard.min_free_disk_bytes, maxRetainedWalBytes: guard.max_retained_wal_bytes,
			samples: guard.samples, action: guard.action,
		},
		freeDisk: guard.free_disk ?? null,
		window: from.window ?? null,
		rollbackPlan: from.rollback_plan === undefined || /\s|:\/\//.test(from.rollback_plan) ? from.rollback_plan ?? null : paths(from.rollback_plan),
		largeTableRows: from.large_table_rows,
		naming: from.naming ?? null,
		review: {pgVersion: from.review.pg_version ?? null, rules: from.review.rules},
		checks: from.checks.map(check => ({name: check.name, command: check.command, expect: check.expect ?? null, item: check.item ?? null})),
		smoke: from.smoke.map(test => ({name: test.name, command: test.command ?? null, url: test.url ?? null, expect: test.expect ?? null})),
		compatibility: {old: compatibility.old ?? null, new: compatibility.new ?? null, api: compatibility.api ?? null},
		logs: from.logs.map(log => ({name: log.name, command: log.command, errors: log.errors ?? null})),
		metrics: {prometheus: from.metrics.prometheus ?? null, queries: from.metrics.queries},
		alerts: {alertmanager: from.alerts.alertmanager ?? null},
		tickets: from.tickets ?? null,
		documents: from.documents ?? null,
		notify: from.notify.map(target => ({name: target.name, command: target.command ?? null, webhook: secretOf(target.webhook), on: target.on})),
		approvals: {required: from.approvals.required, allowedSigners: paths(from.approvals.allowed_signers), expireMs: from.approvals.expire_hours * 3_600_000},
		contacts: from.contacts,
		room: {idleMs: from.room.idle_minutes * 60_000},
	};
}

/** A single path such as `.venv/bin/python` counts from the configuration; a bare name is looked for on the PATH. */
function interpreter(python: string[] | undefined, paths: Paths): string[] | null {
	if (python?.length === 1 && /[/\\]/.test(python[0]!)) return [paths(python[0])!];
	return python ?? null;
}

function secretOf(value: Configuration['database']): SecretText | null {
	if (value === undefined) return null;
	return typeof value === 'string' ? {kind: 'text', text: value} : {kind: 'command', command: value.command};
}

function deepFreeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const inner of Object.values(value)) deepFreeze(inner);
	}
	return value;
}
