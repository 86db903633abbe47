/** Runs the project's real Alembic against the copy, through the sidecar, and keeps what it said. */
import {execa} from 'execa';
import {parseSidecarLine, type SidecarEvent} from '../alembic/events.ts';
import {migrationInvocation} from '../alembic/invocation.ts';
import type {Answer} from '../alembic/problem.ts';
import type {AlembicProject} from '../alembic/project.ts';
import {readProject} from '../alembic/reading.ts';
import type {DatabaseReading} from '../alembic/shapes.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';

export interface MigrationRun {
	command: Rehearsal['commands'][number];
	/** By revision, in the order in which they ran. */
	revisions: {revision: string; seconds: number}[];
	statements: {sql: string; seconds: number; revision?: string; rows: number | null}[];
	/** Null when it ended as it should; else one sentence. */
	problem: string | null;
}

/** What a rehearsal needs of Alembic; every one of them on the copy, proven by the lock that is held there. */
export interface RehearsalRunner {
	upgrade(revision: string): Promise<MigrationRun>;
	downgrade(revision: string): Promise<MigrationRun>;
	/** Version rows and autogenerate's findings, through env.py's own connection. */
	check(): Promise<Answer<DatabaseReading[]>>;
}

export interface RunnerOptions {
	/** Already redirected to the copy. */
	project: AlembicProject;
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
		async check() {
			const reading = await readProject(options.project, {database: {proofKey: options.proofKey, differences: true}});
			return reading.database!;
		},
	};
}

async function run({project, proofKey, lockTimeoutMs, statementTimeoutMs, signal, onRevision}: RunnerOptions, action: 'upgrade' | 'downgrade', revision: string): Promise<MigrationRun> {
	const invocation = migrationInvocation({project, action, revision, proofKey, lockTimeoutMs, statementTimeoutMs});
	const started = performance.now();
	const child = execa(invocation.argv[0]!, invocation.argv.slice(1), {
		cwd: invocation.directory, env: invocation.environment, extendEnv: false, input: `${invocation.firstLine}\n`, reject: false,
		...(signal === undefined ? {} : {cancelSignal: signal}), forceKillAfterDelay: 2000, maxBuffer: {stderr: 20_000_000, stdout: 20_000_000}, buffer: {stdout: false, stderr: true},
	});
	const events: SidecarEvent[] = [];
	for await (const line of child.iterable()) {
		const event = parseSidecarLine(line as string);
		if (event === null) continue;
		events.push(event);
		if (event.event === 'revision') onRevision?.(action, event.revision);
	}
	const result = await child;
	const exit = result.exitCode ?? null;
	const output = (result.stderr ?? '').replace(/(\w+:\/\/[^\s:/@]*):[^\s@]+@/g, '$1:***@').slice(-20_000);
	return {
		command: {argv: ['alembic', action, revision], exit, seconds: (performance.now() - started) / 1000, output},
		revisions: events.flatMap(event => event.event === 'revision-end' && event.revision !== null ? [{revision: event.revision, seconds: event.seconds}] : []),
		statements: parseStatements(events),
		problem: parseProblem(events, exit, output),
	};
}

/** Start and end of a statement are two events; repetitions are told in one. */
function parseStatements(events: readonly SidecarEvent[]): MigrationRun['statements'] {
	const begun = new Map<number, {sql: string; revision: string | null}>();
	return events.flatMap(event => {
		if (event.event === 'statement') begun.set(event.number, {sql: event.sql, revision: event.revision});
		const statement = event.event === 'statement-end' && event.number !== null ? begun.get(event.number) : undefined;
		if (statement && event.event === 'statement-end') return [{sql: statement.sql, seconds: event.seconds, rows: event.rows, ...(statement.revision === null ? {} : {revision: statement.revision})}];
		if (event.event === 'statements-repeated') return [{sql: event.sql, seconds: event.seconds, rows: event.rows, ...(event.revision === null ? {} : {revision: event.revision})}];
		return [];
	});
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
