/** Runs the project's real Alembic against the copy, through the sidecar, and keeps what it said. */
import {execa} from 'execa';
import {parseSidecarLine, type SidecarEvent} from '../alembic/events.ts';
import {migrationInvocation} from '../alembic/invocation.ts';
import type {AlembicProject} from '../alembic/project.ts';
import {type PathWanted, type ProjectReading, readProject} from '../alembic/reading.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {Session} from '../postgres/session.ts';
import {addDocumentedLocks} from './documented-locks.ts';
import {type LockSamples, type LockSampling, sampleLocks} from './lock-samples.ts';
import {type TracedStatement, traceStatements} from './trace.ts';

export interface MigrationRun {
	command: Rehearsal['commands'][number];
	/** By revision, in the order in which they ran. */
	revisions: {revision: string; seconds: number}[];
	statements: TracedStatement[];
	/** Null when it ended as it should; else one sentence. */
	problem: string | null;
}

/** What a rehearsal needs of Alembic; every one of them on the copy, proven by the lock that is held there. */
export interface RehearsalRunner {
	upgrade(revision: string): Promise<MigrationRun>;
	downgrade(revision: string): Promise<MigrationRun>;
	/** Version rows and autogenerate's findings through env.py's own connection, and the SQL that Alembic promises for a path: in one start of Python. */
	read(path: PathWanted): Promise<Pick<ProjectReading, 'database' | 'sql'>>;
}

export interface RunnerOptions {
	/** Already redirected to the copy. */
	project: AlembicProject;
	/** Another session on the copy, free while a migration runs: it looks at the locks of statements outside a transaction. */
	session: Session;
	/** Nobody else writes on the copy's server. */
	alone: boolean;
	/** Alembic's own table. */
	versionTable: string;
	proofKey: string;
	lockTimeoutMs: number;
	statementTimeoutMs: number;
	signal?: AbortSignal;
	onRevision?: (action: 'upgrade' | 'downgrade', revision: string) => void;
}

export function alembicRunner(options: RunnerOptions): RehearsalRunner {
	return {
		upgrade: async revision => run(options, 'upgrade', revision),
		downgrade: async revision => run(options, 'downgrade', revision),
		read: async path => readProject(options.project, {database: {proofKey: options.proofKey, differences: 'anywhere'}, sql: path}),
	};
}

async function run(options: RunnerOptions, action: 'upgrade' | 'downgrade', revision: string): Promise<MigrationRun> {
	const {project, proofKey, lockTimeoutMs, statementTimeoutMs, signal, alone, versionTable} = options;
	const invocation = migrationInvocation({project, action, revision, proofKey, lockTimeoutMs, statementTimeoutMs, measure: true});
	const started = performance.now();
	const child = execa(invocation.argv[0]!, invocation.argv.slice(1), {
		cwd: invocation.directory, env: invocation.environment, extendEnv: false, stdin: 'pipe', reject: false,
		...(signal === undefined ? {} : {cancelSignal: signal}), forceKillAfterDelay: 2000, maxBuffer: {stderr: 20_000_000, stdout: 20_000_000}, buffer: {stdout: false, stderr: true},
	});
	// A Python that ends early takes nothing more; its end says why.
	child.stdin.on('error', () => undefined);
	child.stdin.write(`${invocation.firstLine}\n`);
	const events: SidecarEvent[] = [];
	const watcher = watchOutside(options, () => child.stdin.write('watching\n'));
	for await (const line of child.iterable()) {
		const event = parseSidecarLine(line as string);
		if (event === null) continue;
		events.push(event);
		await watcher.see(event);
		if (event.event === 'revision') options.onRevision?.(action, event.revision);
	}
	await watcher.end();
	const result = await child;
	const exit = result.exitCode ?? null;
	const output = (result.stderr ?? '').replace(/(\w+:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:***@').slice(-20_000);
	return {
		command: {argv: ['alembic', action, revision], exit, seconds: (performance.now() - started) / 1000, output},
		revisions: events.flatMap(event => event.event === 'revision-end' && event.revision !== null ? [{revision: event.revision, seconds: event.seconds}] : []),
		statements: await addDocumentedLocks(traceStatements(events, {samples: watcher.samples, alone, except: versionTable})),
		problem: parseProblem(events, exit, output),
	};
}

/** Has a statement outside a transaction wait until its backend's locks are looked at, and looks until it ends. */
function watchOutside({session}: RunnerOptions, ready: () => void) {
	const samples = new Map<number, LockSamples>();
	let current: {number: number; sampling: LockSampling} | null = null;
	const end = async (at = new Date()): Promise<void> => {
		if (current !== null) samples.set(current.number, await current.sampling.end(at));
		current = null;
	};
	return {
		samples,
		end,
		async see(event: SidecarEvent): Promise<void> {
			if (event.event === 'statement' && event.waits) {
				if (event.pid !== null) {
					current = {number: event.number, sampling: sampleLocks(session, event.pid, {concurrently: event.timeoutsLifted})};
					await current.sampling.begun;
				}
				ready();
			} else if (event.event === 'statement-end' || event.event === 'statement-failed' || event.event === 'exit') {
				await end(new Date(event.at * 1000));
			}
		},
	};
}

function parseProblem(events: readonly SidecarEvent[], exit: number | null, output: string): string | null {
	const refused = events.find(event => event.event === 'refused');
	if (refused?.event === 'refused') return refused.why === 'wrong-server' ? `env.py opens its connection in a way that can't be turned to the copy (${refused.text})` : refused.text;
	if (!events.some(event => event.event === 'connected') && exit === 0) return 'it ended without ever connecting through SQLAlchemy';
	const failed = events.findLast(event => event.event === 'statement-failed');
	const end = events.findLast(event => event.event === 'exit');
	if (end?.event === 'exit' && end.code === 0 && exit === 0) return end.uncommitted.length > 0 ? `it ended with exit code 0 and never committed ${end.uncommitted.join(', ')}` : null;
	if (failed?.event === 'statement-failed') return `${failed.message}${failed.sqlstate ? ` (${failed.sqlstate})` : ''}${failed.revision ? ` in ${failed.revision}` : ''}: ${failed.sql.replace(/\s+/g, ' ').slice(0, 200)}`;
	if (end?.event === 'exit' && end.error) return `${end.error.class}: ${end.error.message}`.slice(0, 500);
	return `it ended with exit code ${exit ?? 'none'}: ${output.trim().split('\n').at(-1) ?? ''}`.slice(0, 500);
}
