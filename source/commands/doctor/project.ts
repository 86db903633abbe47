/** What doctor looks at in the project: its Python, its revisions, and whether its database is the one that is watched. */
import {describeProblem, refusalOf, valueOf} from '../../alembic/problem.ts';
import {openProject} from '../../alembic/project.ts';
import {readProject} from '../../alembic/reading.ts';
import type {DatabaseReading, Graph} from '../../alembic/shapes.ts';
import {linkTarget, type TargetLink} from '../../room/target-link.ts';
import type {Output} from '../output.ts';
import type {Machine} from './machine.ts';
import {examined, problemOf, type Problem} from './problem.ts';
import {examineServer} from './server.ts';

/** Problems that stop every command of Alembic; the others leave a project that can be worked with. */
const mild = new Set(['several-heads', 'long-revision']);

export async function examineProject({settings, environment, output}: Machine & {output: Output}): Promise<Problem[]> {
	return examined(async () => {
		const project = await openProject({directory: settings.project, alembic: settings.alembic, environment});
		const {graph} = await readProject(project);
		const problems = problemsOf(graph);
		if (problems.some(({level}) => level === 'error')) return problems;
		const target = await linkTarget({settings, environment, scrubber: output.scrubber});
		try {
			return [...problems, ...await examineTarget({settings, target, graph})];
		} finally {
			await target.close();
		}
	});
}

function problemsOf(graph: Graph): Problem[] {
	return [
		...graph.problems.map(problem => problemOf(refusalOf(problem), mild.has(problem.kind) ? 'warning' : 'error')),
		...graph.warnings.map((warning): Problem => ({level: 'warning', what: warning, fix: 'Look into it before the migration.'})),
		...(graph.revisions.length === 0 && graph.problems.length === 0 ? [{level: 'warning' as const, what: 'The project has no revision yet.', fix: 'Write one with `alembic revision`.'}] : []),
	];
}

async function examineTarget({settings, target, graph}: {settings: Machine['settings']; target: TargetLink; graph: Graph}): Promise<Problem[]> {
	const reading = await readProject(target.project, {database: {proofKey: await target.proofKey()}});
	if (reading.database?.ok === false) return [problemOf(refusalOf(reading.database.problem)), ...await examined(() => examineServer({settings, target, migrationRole: null}))];
	const databases = valueOf(reading.database);
	const [database] = databases;
	if (!database) return [{level: 'error', what: 'env.py ended without connecting to a database.', fix: 'Look into run_migrations_online() there.'}];
	return [
		...(databases.length > 1 ? [{level: 'error' as const, what: `env.py migrates ${databases.length} databases in one run; holdpoint supervises one.`, fix: 'Name it with `alembic: {arguments: …}` in holdpoint.yaml.'}] : []),
		...examineDatabase({target, database, graph}),
		...await examined(() => examineServer({settings, target, migrationRole: database.role})),
	];
}

function examineDatabase({target, database, graph}: {target: TargetLink; database: DatabaseReading; graph: Graph}): Problem[] {
	const problems: Problem[] = [];
	const {host, port, database: watched, source} = target.target;
	if (database.proven !== true) problems.push({level: 'error', what: `env.py connects to ${database.database}, and holdpoint watches ${watched} on ${host}:${port} (from ${source}): they are not one live database.`, fix: 'Give both the same database; until then only reading is allowed.'});
	if (database.inRecovery) problems.push({level: 'error', what: `${host}:${port} is a standby: nothing can be migrated there.`, fix: 'Point env.py at the primary.'});
	if (database.unknown.length > 0) problems.push({level: 'error', what: `The database is stamped with ${database.unknown.join(', ')}, which no migration file here has.`, fix: 'Check out the code that has it before anything else.'});
	if (database.context.externalTransaction) problems.push({level: 'warning', what: 'env.py runs SQL before context.configure(): Alembic then leaves the commit to env.py, and all may be rolled back with exit code 0.', fix: 'Run that SQL on another connection, or commit it first.'});
	if (!database.context.targetMetadata) problems.push({level: 'info', what: 'env.py names no target_metadata, so `alembic check` has no models to compare with.', fix: 'Set target_metadata in env.py.'});
	if (!database.upToDate && graph.problems.some(({kind}) => kind === 'several-heads')) problems.push({level: 'warning', what: `There are ${graph.heads.length} heads: ${graph.heads.join(', ')}.`, fix: describeProblem({kind: 'several-heads', message: 'Name one in each command.'})});
	return problems;
}
