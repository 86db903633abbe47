/** The one frozen object that flags, environment and holdpoint.yaml become; nothing deeper reads them. */
import type {GuardPolicy} from '../journal/shapes/run.ts';

/** A value that is a secret, or names one: fetched at the moment of use, never kept in text. */
export type SecretText = {kind: 'text'; text: string} | {kind: 'command'; command: string[]};

/** A rule that names an environment by where the database is. */
export interface EnvironmentRule {
	name: 'production' | 'staging' | 'development';
	/** Glob with `*`, compared with the host; absent: any. */
	host?: string;
	database?: string;
}

export interface Settings {
	/** The folder of alembic.ini or pyproject.toml, absolute. */
	project: string;
	/** Absolute path of holdpoint.yaml, or null when there is none. */
	config: string | null;
	stateDir: string;
	/** `--run`. */
	run: string | null;
	/** How holdpoint's own sessions reach the target and which of `--database`, `HOLDPOINT_DATABASE_URL`, `holdpoint.yaml` said so; null: as env.py does. */
	database: {url: SecretText; source: string} | null;
	/** `--environment` or a plain name in the configuration. */
	environment: 'production' | 'staging' | 'development' | null;
	environmentRules: EnvironmentRule[];
	/** Absolute path, or null for the shipped one. */
	checklist: string | null;
	readOnly: boolean;
	json: boolean;
	yes: boolean;
	color: boolean;
	/** A person can be asked: stdin and stdout are terminals and CI is not set. */
	interactive: boolean;
	/** Who is at work: `HOLDPOINT_BY`, else SUDO_USER or the login name. */
	by: string;
	alembic: {python: string[] | null; ini: string | null; section: string; arguments: string[]; environment: Record<string, string>};
	roles: {monitor: SecretText | null; guard: SecretText | null; backup: SecretText | null};
	standbys: string[];
	backup: {directory: string | null; format: 'directory' | 'custom'; jobs: number | null; compression: string; countRows: number | null; from: SecretText | null; retentionDays: number; maxAgeMs: number; external: string[] | null};
	rehearsal: {url: SecretText | null; local: boolean; limitBytes: number; tables: string[]};
	migration: {lockTimeoutMs: number; lockLadderMs: number[] | null; lockRetries: number; statementTimeoutMs: number; throttle: {lagSeconds: number | null; lagBytes: number | null}};
	guard: GuardPolicy;
	/** `guard.free_disk`: prints how many bytes are free where the server keeps its data. */
	freeDisk: string[] | null;
	window: {start: string; end: string; timezone: string} | null;
	rollbackPlan: string | null;
	largeTableRows: number;
	naming: Record<string, string> | null;
	review: {pgVersion: number | null; rules: Record<string, string>};
	checks: {name: string; command: string[]; expect: string | null; item: string | null}[];
	smoke: {name: string; command: string[] | null; url: string | null; expect: string | null}[];
	compatibility: {old: string[] | null; new: string[] | null; api: string[] | null};
	logs: {name: string; command: string[]; errors: string | null}[];
	metrics: {prometheus: string | null; queries: Record<string, string>};
	alerts: {alertmanager: string | null};
	tickets: string[] | null;
	documents: string[] | null;
	notify: {name: string; command: string[] | null; webhook: SecretText | null; on: string[]}[];
	approvals: {required: number; allowedSigners: string | null; expireMs: number};
	contacts: {role: string; contact: string; escalation: string}[];
	room: {idleMs: number};
}
