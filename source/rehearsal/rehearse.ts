/** Rehearses a migration on a restored copy: up, what autogenerate says there, down, up again, with catalogs and data compared. */
import type {AlembicProject} from '../alembic/project.ts';
import type {Settings} from '../config/settings.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Difference, Rehearsal} from '../journal/shapes/rehearsal.ts';
import {holdProof} from '../postgres/advisory.ts';
import {belongsToTable, type Catalog, compareCatalogs, queryCatalog} from '../postgres/catalog.ts';
import type {ProgramSearch} from '../postgres/programs.ts';
import {queryInvalidIndexes, queryVersionTable} from '../postgres/readback.ts';
import type {RestoreResult} from '../postgres/restore.ts';
import {connect, type Session} from '../postgres/session.ts';
import {compareData, queryData, type DataSnapshot} from './data.ts';
import {redirectProject} from './redirect.ts';
import {alembicRunner, type MigrationRun, type RehearsalRunner} from './runner.ts';
import {type Place, type Scratch, withScratch} from './scratch.ts';

export interface RehearsalOptions {
	backup: Backup;
	project: AlembicProject;
	/** Rows of the version table now, and those wanted: full revision ids. */
	path: {from: readonly string[]; to: readonly string[]};
	versionTable: {table: string; schema: string | null};
	place: Place;
	settings: Pick<Settings, 'rehearsal' | 'migration'>;
	schemaOnly?: boolean;
	/** Of the plan that is rehearsed. */
	digest?: string;
	search?: ProgramSearch;
	signal?: AbortSignal;
	onProgress?: (text: string, share?: number) => void;
}

const hashLimitBytes = 256 * 1024 * 1024;

/**
 * What goes wrong on the copy is in the result's `problems`; `restore` proves the backup besides.
 * @throws Refusal 2 when it can't be begun, 4 when it was cancelled or the backup can't be restored
 */
export async function rehearse(options: RehearsalOptions): Promise<{rehearsal: Rehearsal; restore: RestoreResult}> {
	const started = performance.now();
	const {backup, settings, schemaOnly = false, digest} = options;
	return withScratch({
		backup, place: options.place, limitBytes: settings.rehearsal.limitBytes,
		...(schemaOnly ? {schemaOnly: {keepRowsOf: [options.versionTable.table, ...settings.rehearsal.tables]}} : {}),
		...(options.search === undefined ? {} : {search: options.search}), ...(options.signal === undefined ? {} : {signal: options.signal}), ...(options.onProgress === undefined ? {} : {onProgress: options.onProgress}),
	}, async scratch => {
		const session = await connect(scratch.conninfo, {application: 'holdpoint-rehearsal', idleInTransactionTimeoutMs: 0});
		try {
			const proof = await holdProof(session);
			const runner = alembicRunner({
				project: redirectProject(options.project, {conninfo: scratch.conninfo, roles: scratch.roles}), proofKey: proof.key, session, alone: options.place.kind === 'local', versionTable: options.versionTable.table,
				lockTimeoutMs: settings.migration.lockTimeoutMs, statementTimeoutMs: settings.migration.statementTimeoutMs,
				...(options.signal === undefined ? {} : {signal: options.signal}),
				onRevision: (action, revision) => options.onProgress?.(`${action} ${revision} on the copy`),
			});
			const played = await play({options, session, runner});
			if (options.signal?.aborted) throw new Refusal(4, 'The rehearsal was cancelled; the copy was removed and nothing else was touched.');
			const problems = [...scratch.restore.differences, ...played.problems];
			return {
				rehearsal: {
					basis: describeBasis(options, scratch), ...(digest === undefined ? {} : {digest}), restoreSeconds: scratch.restore.seconds,
					...played, problems, ok: problems.length === 0, seconds: (performance.now() - started) / 1000,
				},
				restore: scratch.restore,
			};
		} finally {
			await session.close();
		}
	});
}

type Played = Pick<Rehearsal, 'revisions' | 'statements' | 'schema' | 'data' | 'check' | 'problems' | 'commands'>;

interface Stage {
	options: RehearsalOptions;
	session: Session;
	runner: RehearsalRunner;
}

interface State {
	catalog: Catalog;
	data: DataSnapshot;
	version: string[];
}

/** Stops at the first run that fails: what comes after it would say nothing. */
async function play(stage: Stage): Promise<Played> {
	const {runner, options} = stage;
	const [up, down] = [targetOf(options.path.to, 'heads'), targetOf(options.path.from, 'base')];
	const runs: MigrationRun[] = [];
	const result: Played = {revisions: [], statements: [], schema: {afterDowngrade: [], afterSecondUpgrade: []}, data: [], check: {clean: false, differences: ['not looked at']}, problems: [], commands: []};
	const start = await readState(stage);
	if (!sameRows(start.version, options.path.from)) result.problems.push(`the backup is at ${said(start.version)} and the rehearsal begins at ${said(options.path.from)}; take a new backup`);

	const first = result.problems.length === 0 ? await runStep(result, runs, 'the upgrade', async () => runner.upgrade(up)) : null;
	if (first) {
		const upgraded = await readState(stage);
		expectRows(result, 'the upgrade', upgraded.version, options.path.to);
		result.problems.push(...await leftInvalid(stage.session, 'the upgrade'));
		await readCheck(result, runner);
		const back = options.path.from.length > 1 ? null : await runStep(result, runs, 'the downgrade', async () => runner.downgrade(down));
		if (options.path.from.length > 1) result.problems.push(`the way back to ${said(options.path.from)} is not one revision and was not rehearsed`);
		if (back) {
			const downgraded = await readState(stage);
			expectRows(result, 'the downgrade', downgraded.version, options.path.from);
			result.schema.afterDowngrade = differences(options, start.catalog, downgraded.catalog);
			result.data = compareData(start.data, upgraded.data, downgraded.data);
			if (result.schema.afterDowngrade.length > 0) result.problems.push(`after the downgrade ${count(result.schema.afterDowngrade.length, 'object')} of the schema differ from before: ${named(result.schema.afterDowngrade)}`);
			for (const table of result.data.filter(one => !one.equal)) result.problems.push(`after the downgrade the data of ${table.table} is not as before${table.loses ? `: it loses ${table.loses}` : ''}`);
			const again = await runStep(result, runs, 'the second upgrade', async () => runner.upgrade(up));
			if (again) {
				const {catalog} = await readState(stage, {data: false});
				result.schema.afterSecondUpgrade = differences(options, upgraded.catalog, catalog);
				if (result.schema.afterSecondUpgrade.length > 0) result.problems.push(`after the second upgrade ${count(result.schema.afterSecondUpgrade.length, 'object')} differ from the first: ${named(result.schema.afterSecondUpgrade)}`);
			}
		}
	}
	return {...result, ...describeRuns(runs)};
}

async function runStep(result: Played, runs: MigrationRun[], what: string, run: () => Promise<MigrationRun>): Promise<MigrationRun | null> {
	const done = await run();
	runs.push(done);
	if (done.problem === null) return done;
	result.problems.push(`${what} failed: ${done.problem}`);
	return null;
}

async function readState({options, session}: Stage, {data = true} = {}): Promise<State> {
	return {
		catalog: await queryCatalog(session),
		data: data ? await queryData(session, {hashLimitBytes, always: options.settings.rehearsal.tables, except: options.versionTable.table}) : new Map(),
		version: await queryVersionTable(session, options.versionTable) ?? [],
	};
}

async function readCheck(result: Played, runner: RehearsalRunner): Promise<void> {
	const answer = await runner.check();
	const texts = {same: [], 'not-up-to-date': ['the rehearsed path does not end at the head, where alone `alembic check` answers'], 'no-target-metadata': ['env.py has no target_metadata to compare with']};
	if (!answer.ok) {
		result.check = {clean: false, differences: [`alembic check could not look: ${answer.problem.message}`]};
		return;
	}
	if (answer.value.some(one => one.proven !== true)) {
		result.check = {clean: false, differences: ['env.py looked at another database than the copy']};
		return;
	}
	const found = answer.value.flatMap(({differences: one}) => one === undefined ? [] : one.answer === 'different' ? one.found.map(each => each.text) : texts[one.answer]);
	result.check = {clean: answer.value.every(one => one.differences?.answer === 'same'), differences: found};
	if (answer.value.some(one => one.differences?.answer === 'different')) result.problems.push(`after the upgrade the models and the database differ: ${found.slice(0, 5).join('; ')}`);
}

function expectRows(result: Played, what: string, rows: readonly string[], wanted: readonly string[]): void {
	if (!sameRows(rows, wanted)) result.problems.push(`${what} left the version at ${said(rows)} and not at ${said(wanted)}`);
}

async function leftInvalid(session: Session, what: string): Promise<string[]> {
	return (await queryInvalidIndexes(session)).map(index => `${what} left the index ${index.name} on ${index.table} invalid`);
}

function differences({versionTable}: RehearsalOptions, before: Catalog, after: Catalog): Difference[] {
	return compareCatalogs(before, after, object => belongsToTable(object, versionTable.table, versionTable.schema));
}

function describeRuns(runs: readonly MigrationRun[]): Pick<Rehearsal, 'revisions' | 'statements' | 'commands'> {
	const [up, down, again] = runs;
	const seconds = (run: MigrationRun | undefined, revision: string): number => run?.revisions.find(one => one.revision === revision)?.seconds ?? 0;
	return {
		revisions: (up?.revisions ?? []).map(({revision, seconds: first}) => ({revision, up: first, down: seconds(down, revision), again: seconds(again, revision)})),
		statements: up?.statements ?? [],
		commands: runs.map(run => run.command),
	};
}

function describeBasis({backup, schemaOnly}: RehearsalOptions, {where, restore}: Scratch): string {
	return `the backup of ${backup.database} of ${backup.finishedAt}${schemaOnly ? ', schema only' : `, ${restore.rowsCompared} rows compared`}, restored onto ${where}`;
}

function targetOf(rows: readonly string[], otherwise: 'heads' | 'base'): string {
	return rows.length === 1 ? rows[0]! : otherwise;
}

function sameRows(one: readonly string[], other: readonly string[]): boolean {
	return [...one].sort().join(' ') === [...other].sort().join(' ');
}

function said(rows: readonly string[]): string {
	return rows.length === 0 ? 'base' : rows.join(', ');
}

function named(list: readonly Difference[]): string {
	return list.slice(0, 5).map(one => `${one.kind} ${one.object}`).join(', ') + (list.length > 5 ? ', …' : '');
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? '' : 's'}`;
}
