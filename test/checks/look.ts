/** What a check may look at, put together for one case: real settings, real shapes, a real review; only the Look is ours. */
import {createHash} from 'node:crypto';
import {mkdtempSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {inject} from 'vitest';
import type {MigrationFacts} from '../../source/alembic/facts.ts';
import type {DatabaseReading, Graph} from '../../source/alembic/shapes.ts';
import type {Contact} from '../../source/checklist/contacts.ts';
import type {Look} from '../../source/checks/check.ts';
import {loadSettings} from '../../source/config/load.ts';
import type {Settings} from '../../source/config/settings.ts';
import {backupSchema, type Backup} from '../../source/journal/shapes/backup.ts';
import {outcomeSchema, type Outcome} from '../../source/journal/shapes/outcome.ts';
import {planSchema, targetSchema, type Plan} from '../../source/journal/shapes/plan.ts';
import {rehearsalSchema, type Rehearsal} from '../../source/journal/shapes/rehearsal.ts';
import {runStateSchema, type RunState} from '../../source/journal/shapes/run.ts';
import {sampleSchema, type Sample} from '../../source/journal/shapes/sample.ts';
import type {Session} from '../../source/postgres/session.ts';
import {reviewSql} from '../../source/review/review.ts';

export interface Given {
	/** Of the one pending revision b2, in a transaction; see upgradeSql for more. */
	sql?: string;
	/** The plan's whole SQL instead. */
	script?: string;
	plan?: Partial<Plan>;
	settings?: Partial<Settings>;
	state?: Partial<RunState>;
	graph?: Partial<Graph>;
	facts?: MigrationFacts[];
	database?: Partial<Omit<DatabaseReading, 'context'>>;
	context?: Partial<DatabaseReading['context']>;
	session?: Session;
	current?: string[];
	rehearsal?: Partial<Rehearsal> | null;
	backup?: Partial<Backup> | null;
	upgrade?: Partial<Outcome> | null;
	sample?: Partial<Sample> | null;
	/** Of the time of the upgrade, 11:49:58 to 11:50:00. */
	recorded?: Partial<Sample>[];
	now?: string;
	contacts?: Contact[];
}

/** The moment at which all cases play. */
export const now = '2026-03-01T12:00:00.000Z';
export const target = targetSchema.parse({host: 'db', port: 5432, database: 'shop', role: 'migrator', systemIdentifier: '7000000000000000001', serverVersion: '15.18', environment: 'production', source: 'env.py'});
export const migration = {revision: 'b2', doc: 'add status', file: '/project/b2_add_status.py', sha256: 'f'.repeat(64), sql: true};
let settings: Promise<Settings> | undefined;

/** A folder that goes with the test run. */
export function folder(): string {
	return mkdtempSync(path.join(inject('testRun').folder, 'checks-'));
}

/** Settings as without any configuration. */
export async function defaultSettings(): Promise<Settings> {
	settings ??= loadSettings({flags: {}, environment: {HOME: folder()}, directory: folder(), interactive: false, needsProject: false});
	return settings;
}

/** As the plan writes it, with Alembic's markers. */
export function upgradeSql(statements: string, revision = 'b2', from = 'a1'): string {
	return `BEGIN;\n\n-- Running upgrade ${from} -> ${revision}\n\n${statements}\n\nUPDATE alembic_version SET version_num='${revision}' WHERE alembic_version.version_num = '${from}';\n\nCOMMIT;\n`;
}

export async function look(given: Given = {}): Promise<Look> {
	const script = given.script ?? upgradeSql(given.sql ?? 'ALTER TABLE items ADD COLUMN status text;');
	const file = path.join(folder(), 'upgrade.sql');
	writeFileSync(file, script);
	const plan = planSchema.parse({
		action: 'upgrade', target, from: ['a1'], to: ['b2'], revisions: [migration], commitPoints: [], sql: file, sqlSha256: createHash('sha256').update(script).digest('hex'),
		digest: 'd'.repeat(64), digestLines: [], unstable: [], unmet: [], warnings: [], wayBack: [], ...given.plan,
	});
	const all = {...await defaultSettings(), ...given.settings};
	const outcome = given.upgrade ? outcomeSchema.parse({...done, ...given.upgrade}) : null;
	return {
		settings: all,
		state: runStateSchema.parse({
			run: 'r1', state: 'open', target, from: plan.from, to: plan.to, aim: plan.to, startedAt: now, items: [], counts: {total: 0, open: 0, running: 0, passed: 0, warned: 0, failed: 0, errored: 0, attested: 0, waived: 0, 'not-applicable': 0, stale: 0},
			seq: 1, head: 'h', project: all.project, checklist: {title: 't', path: '/c.md', sha256: 's'}, approvals: [], actions: outcome ? [outcome] : [], running: null, backups: [], consoles: [], guard: all.guard, guardActs: [], alarms: [],
			artifacts: [], blocks: [], log: outcome ? [{seq: 1, at: '2026-03-01T11:50:00.000Z', by: 'holdpoint', text: `upgrade ${outcome.status} after 2.0 s: ${outcome.reason}`, level: 'info'}] : [], ...given.state,
		}),
		now: new Date(given.now ?? now),
		project: async () => ({graph: {
			revisions: [revision('b2', ['a1']), revision('a1', [])], heads: ['b2'], problems: [], warnings: [], config: [], environment: null, files: [], ...given.graph,
		}}),
		facts: async () => given.facts ?? [],
		plan: async () => plan,
		sql: async () => script,
		review: async () => reviewSql({text: script, knowledge: {pgVersion: 15, tables: [], lockTimeoutMs: 5000, statementTimeoutMs: 5000}}),
		session: async () => given.session ?? fail('this case has no session'),
		database: async () => ({
			rows: ['a1'], unknown: [], upToDate: false, pid: 1, database: 'shop', role: 'migrator', inRecovery: false, serverAddress: null, serverPort: null, serverVersionNumber: 150_018, backendStart: null, systemIdentifier: null, proven: null, timeZone: 'UTC', searchPath: ['public'], differences: {answer: 'not-up-to-date', found: []}, ...given.database,
			context: {dialect: 'postgresql', versionTable: 'alembic_version', versionTableSchema: null, transactionPerMigration: false, transactionalDdl: true, externalTransaction: false, targetMetadata: true, namingConvention: {}, includeSchemas: false, compareType: true, compareServerDefault: false, includeObject: false, ...given.context},
		}),
		current: async () => given.current ?? ['a1'],
		backup: async () => given.backup ? backupSchema.parse({...backedUp, ...given.backup}) : null,
		rehearsal: async () => given.rehearsal ? rehearsalSchema.parse({...rehearsed, ...given.rehearsal}) : null,
		upgrade: () => outcome,
		contacts: given.contacts ?? [],
		keep({name, text}) {
			const path = `${folder()}/${name}`;
			writeFileSync(path, text);
			return {path, sha256: createHash('sha256').update(text).digest('hex')};
		},
		recorded: ({from, to}) => (given.recorded ?? []).map(sample => sampleSchema.parse({...quiet, ...sample})).filter(({at}) => at >= from && at <= to),
		sample: () => given.sample ? sampleSchema.parse({...quiet, ...given.sample}) : null,
		async run([program, ...rest], {timeoutMs = 10_000} = {}) {
			const {exitCode, stdout, stderr, durationMs} = await execa(program!, rest, {cwd: all.project, reject: false, timeout: timeoutMs, stdin: 'ignore'});
			return {exit: exitCode ?? null, stdout, stderr, seconds: durationMs / 1000};
		},
	};
}

/** One revision of the graph. */
export function revision(id: string, down: string[], more: Partial<Graph['revisions'][number]> = {}): Graph['revisions'][number] {
	return {revision: id, down, dependsOn: [], labels: [], doc: `revision ${id}`, docstring: '', file: `/project/${id}.py`, sha256: 'f'.repeat(64), head: id === 'b2', branchPoint: false, mergePoint: down.length > 1, ...more};
}

export const backedUp: Backup = {
	path: '/nowhere/shop.dump', format: 'custom', bytes: 1_000_000, startedAt: '2026-03-01T11:30:00.000Z', finishedAt: '2026-03-01T11:40:00.000Z', serverVersion: '15.18', systemIdentifier: target.systemIdentifier,
	database: 'shop', lsn: null, sha256: 'a'.repeat(64), tables: 3, verified: {list: true, read: true},
};

export const rehearsed: Rehearsal = {
	basis: 'the backup of shop of today, 100 rows compared, restored onto a private server', digest: 'd'.repeat(64), seconds: 4, restoreSeconds: 1,
	revisions: [{revision: 'b2', up: 0.5, down: 0.4, again: 0.5}], statements: [], schema: {afterDowngrade: [], afterSecondUpgrade: []}, data: [{table: 'public.items', before: '100 rows', after: '100 rows', equal: true}],
	check: {clean: true, differences: []}, problems: [], ok: true,
	commands: ['upgrade b2', 'downgrade a1', 'upgrade b2'].map(words => ({argv: ['alembic', ...words.split(' ')], exit: 0, seconds: 1, output: ''})),
};

const done: Outcome = {run: 'r1', action: 'upgrade', status: 'done', exit: 0, reason: 'the database is at b2 (read back)', from: ['a1'], to: ['b2'], seconds: 2, revisions: [], statements: [], database: {version: ['b2'], verified: true, invalidIndexes: [], left: []}, guard: [], attempts: 1};

const quiet: Sample = {
	at: now, server: {version: '15.18', role: 'primary', uptimeSeconds: 100}, active: [], locksWaiting: [], blockers: [], replication: [], slots: [], progress: [],
	connections: {total: 1, max: 100, active: 1, idle: 0, idleInTransaction: 0, waiting: 0}, rates: {commits: null, rollbacks: null, tuplesWritten: null, walBytes: null}, hidden: [], tookMs: 1,
};

function fail(text: string): never {
	throw new Error(text);
}
