/** Makes the plan of an upgrade or downgrade: path, SQL, commit points, digest. It reads only. */
import path from 'node:path';
import type {MigrationFacts} from '../alembic/facts.ts';
import {describeProblem, refusalOf, valueOf} from '../alembic/problem.ts';
import {readPlanned, type PathWanted} from '../alembic/reading.ts';
import type {ConfiguredContext, DatabaseReading, Graph, Step} from '../alembic/shapes.ts';
import {Refusal} from '../journal/refusal.ts';
import {replan} from '../journal/replan.ts';
import {unmetItems} from '../journal/shapes/item.ts';
import type {Plan} from '../journal/shapes/plan.ts';
import {queryEstimate} from '../checks/needed.ts';
import {queryVersionTable} from '../postgres/readback.ts';
import {queryWalPosition} from '../postgres/wal.ts';
import {commitPointsOf} from './commit-points.ts';
import type {ActionContext} from './context.ts';
import {digestOf} from './digest.ts';
import {keepFigures} from './figures.ts';
import {sameRevisions} from './outcome.ts';
import {joinSql, type SqlPart} from './plan-sql.ts';
import {planRestorePoint} from './restore-point.ts';
import {lookAhead} from './pre-flight.ts';
import {waysBack} from '../journal/way-back.ts';

export interface PlanRequest {
	action: 'upgrade' | 'downgrade';
	/** Default `head`; a downgrade must name one. */
	revision?: string;
	/** `aim` (default): it becomes the run's plan. `aside`: its SQL is kept, the run's plan stays. `look`: nothing is kept. */
	purpose?: 'aim' | 'aside' | 'look';
	/** Only aside: as if the version table held these rows (a full or partial id; none: base); default what it holds. */
	from?: readonly string[];
}

/** Plans, keeps the SQL, and says so in the journal when the plan is another one than before. @throws Refusal 2 or 3 */
export async function makePlan(context: ActionContext, {action, revision, purpose = 'aim', from}: PlanRequest): Promise<Plan> {
	if (action === 'downgrade' && !revision) throw new Refusal(2, 'A downgrade needs the revision to go back to; `downgrade -1` undoes only the last one.');
	const to = revision ?? 'head';
	const reading = await readAll(context, {action, to, from: purpose === 'aside' ? from : undefined});
	const steps = reading.steps;
	const sql = sqlParts(reading);
	const state = context.state();
	const revisions = steps.map((step, index) => {
		const known = reading.project.graph.revisions.find(each => each.revision === step.revision);
		const part = sql.parts[index];
		return {revision: step.revision, doc: step.doc, file: step.file ?? '', sha256: known?.sha256 ?? '', sql: part?.sql != null, ...(part?.sql == null && {reason: part?.reason ?? 'Alembic wrote no SQL for it'})};
	});
	const after = rowsAfter(reading.rows, steps);
	const text = joinSql({action, parts: sql.parts, transactionPerMigration: reading.configured.transactionPerMigration});
	const digestLines = linesOf(context, {action, reading, sql, after, revisions});
	const digest = digestOf(digestLines);
	const kept = purpose === 'look' ? {path: '', sha256: digestOf([text])} : context.keep({name: `${action}-${digest.slice(0, 12)}.sql`, text, what: `the SQL of the ${action}`});
	const measured = state.rehearsal && state.rehearsal.digest === digest && action === 'upgrade' ? state.rehearsal : null;
	const isNew = state.plan?.digest !== digest || state.plan.action !== action;
	const plan: Plan = {
		action, target: state.target, from: reading.rows, to: after, revisions,
		commitPoints: commitPointsOf(steps.map((step, index) => ({
			revision: step.revision, from: step.from, autocommit: isAutocommit(reading, step, sql.parts[index]), before: sql.parts[index]?.parts[0]?.transaction ?? true, concurrently: /\bCONCURRENTLY\b/i.test(sql.parts[index]?.sql ?? 'CONCURRENTLY'),
		})), {transactionPerMigration: reading.configured.transactionPerMigration}),
		sql: kept.path, sqlSha256: kept.sha256, digest, digestLines,
		unstable: sql.unstable.map(each => `SQL of revision ${each}`),
		unmet: unmetItems(isNew ? replan(state.items, {action, digest}, context.now().toISOString()) : state.items, action),
		warnings: warningsOf(reading, revisions),
		...(measured && {estimate: await queryEstimate(() => context.session(), measured)}),
		// The way back of a downgrade is not a downgrade: one goes up again, or restores.
		wayBack: waysBack(state, {atMs: context.now().getTime(), walPosition: await queryWalPosition(await context.session())}).filter(way => action === 'upgrade' || way.kind !== 'downgrade'),
	};
	const restorePoint = revisions.length > 0 ? await planRestorePoint(context, plan) : undefined;
	if (restorePoint) plan.restorePoint = restorePoint;
	if (purpose === 'aim' && revisions.length > 0) plan.warnings.push(...await lookAhead(context, {sql: text, database: reading.database, rehearsal: measured, estimateSeconds: plan.estimate?.seconds ?? null}));
	// Nothing to do is no plan: the one that ran stays the run's.
	if (purpose === 'aim' && isNew && (revisions.length > 0 || !state.plan)) {
		context.record('plan-made', {plan});
		if (action === 'upgrade' && revisions.length > 0) await keepFigures(context, 'planned');
	}
	return plan;
}

type Planned = Awaited<ReturnType<typeof readPlanned>>;

interface Reading {
	project: Omit<Planned, 'sql'>;
	database: DatabaseReading;
	/** Of the version table; or those that were asked for in their place. */
	rows: string[];
	configured: ConfiguredContext;
	facts: MigrationFacts[];
	steps: Step[];
	sql: Planned['sql'];
}

/** The version is guessed over our own session, so that Python has to be started only once; Alembic's own reading decides. */
async function readAll(context: ActionContext, {action, to, from: wanted}: {action: 'upgrade' | 'downgrade'; to: string; from?: readonly string[]}): Promise<Reading> {
	const {project} = context;
	const guess = await queryVersionTable(await context.session(), context.knownVersionTable()).catch(() => null) ?? [];
	const read = async (from: string[]): Promise<Planned> => {
		const sql: PathWanted = {action, from, to};
		return readPlanned(project, {database: {proofKey: await context.proofKey()}, imports: true, facts: true, path: sql, sql});
	};
	let reading = await read(wanted ? [...wanted] : guess);
	const fatal = reading.graph.problems.find(problem => problem.kind !== 'several-heads' && problem.kind !== 'duplicate-revision' && problem.kind !== 'long-revision');
	if (fatal) throw refusalOf(fatal);
	const databases = valueOf(reading.database);
	const [database] = databases;
	if (!database) throw new Refusal(2, 'env.py ended without reading a database; look into run_migrations_online() there.');
	await context.noteProof(database);
	if (databases.length > 1) throw new Refusal(2, `env.py migrates ${databases.length} databases in one run; holdpoint supervises one: name it with \`alembic: {arguments: …}\` in holdpoint.yaml.`);
	if (database.unknown.length > 0) {
		throw new Refusal(2, `The database is stamped with ${database.unknown.join(', ')}, which no migration file here has; check out the code that has it before anything else.`);
	}
	if (!wanted && !sameRevisions(database.rows, guess)) reading = await read(database.rows);
	return {project: reading, database, rows: wanted?.map(each => fullId(reading.graph, each)) ?? database.rows, configured: database.context, facts: reading.facts?.ok ? reading.facts.value : [], steps: valueOf(reading.path), sql: reading.sql};
}

/** Alembic took it already, so that it is one revision's. */
function fullId({revisions}: Graph, id: string): string {
	return (revisions.find(each => each.revision === id) ?? revisions.find(each => each.revision.startsWith(id)))?.revision ?? id;
}

function sqlParts({sql, steps}: Reading): {parts: SqlPart[]; unstable: string[]} {
	const [written] = sql.ok ? sql.value : [];
	const problem = sql.ok ? null : describeProblem(sql.problem);
	const parts = steps.map((step): SqlPart => {
		const found = written?.revisions.find(each => each.revision === step.revision);
		return {revision: step.revision, from: step.from, to: step.to, doc: step.doc, sql: found?.sql ?? null, parts: found?.parts ?? [], stamp: found?.stamp ?? '', reason: found?.reason ?? problem};
	});
	return {parts, unstable: (written?.revisions ?? []).filter(each => !each.stable && each.sql !== null).map(each => each.revision)};
}

/** The version table's rows after the path; it has no order. */
function rowsAfter(rows: readonly string[], steps: readonly Step[]): string[] {
	const after = new Set(rows);
	for (const step of steps) {
		for (const from of step.from) after.delete(from);
		for (const to of step.to) after.add(to);
	}
	return [...after].sort();
}

function isAutocommit(reading: Reading, step: Step, part: SqlPart | undefined): boolean {
	if (part?.sql != null) return part.parts.some(each => !each.transaction);
	const facts = reading.facts.find(each => each.file === step.file);
	return Boolean(facts && 'upgrade' in facts && (step.action === 'upgrade' ? facts.upgrade : facts.downgrade)?.autocommit.length);
}

function linesOf(context: ActionContext, {action, reading, sql, after, revisions}: {action: string; reading: Reading; sql: ReturnType<typeof sqlParts>; after: string[]; revisions: Plan['revisions']}): string[] {
	const {target, guard} = context.state();
	const {migration} = context.settings;
	const within = (file: string) => path.relative(context.project.directory, file);
	const {graph, imports} = reading.project;
	return [
		`target\t${target.host}:${target.port}/${target.database} ${target.systemIdentifier}`,
		`action\t${action}`,
		`from\t${[...reading.rows].sort().join(' ')}`,
		`to\t${after.join(' ')}`,
		...revisions.map(each => `file of revision ${each.revision}\t${each.sha256}`),
		...(graph.environment ? [`env.py\t${graph.environment.sha256}`] : []),
		...(imports?.ok ? imports.value.map(each => `import ${within(each.file)}\t${each.sha256}`) : []),
		...sql.parts.filter(part => !sql.unstable.includes(part.revision)).map(part => `SQL of revision ${part.revision}\t${part.sql === null ? `none: ${part.reason}` : digestOf([part.sql, part.stamp])}`),
		`timeouts\tlock ${migration.lockTimeoutMs} ladder ${migration.lockLadderMs?.join(',') ?? 'default'} retries ${migration.lockRetries} statement ${migration.statementTimeoutMs}`,
		`guard\t${JSON.stringify(guard)}`,
	];
}

function warningsOf(reading: Reading, revisions: Plan['revisions']): string[] {
	const warnings = reading.project.graph.problems.map(problem => describeProblem(problem));
	for (const each of revisions) if (!each.sql) warnings.push(`Alembic can't write the SQL of ${each.revision} without running it (${each.reason}); the rehearsal shows what it does.`);
	if (reading.configured.externalTransaction) warnings.push('env.py runs SQL before context.configure(): Alembic then leaves the commit to env.py, and all may be rolled back with exit code 0.');
	return warnings;
}
