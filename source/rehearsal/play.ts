/** Plays the migration on the copy: up, what autogenerate says there, down, up again, and what becomes of rows written meanwhile. */
import type {ProjectReading} from '../alembic/reading.ts';
import type {Difference, Rehearsal} from '../journal/shapes/rehearsal.ts';
import {belongsToTable, type Catalog, compareCatalogs, queryCatalog} from '../postgres/catalog.ts';
import {queryInvalidIndexes, queryVersionTable} from '../postgres/readback.ts';
import type {Session} from '../postgres/session.ts';
import type {CompatibilityTrial} from './compatibility.ts';
import {compareData, queryData, type DataSnapshot} from './data.ts';
import {compareWithPromise} from './promise.ts';
import type {CopyOptions} from './rehearse.ts';
import type {MigrationRun, RehearsalRunner} from './runner.ts';
import {type Fate, readRows, writeRows} from './written-rows.ts';

export type Played = Pick<Rehearsal, 'revisions' | 'statements' | 'schema' | 'data' | 'check' | 'problems' | 'commands' | 'unpromised' | 'warnings' | 'compatibility'>;

export interface Stage {
	options: CopyOptions;
	session: Session;
	runner: RehearsalRunner;
	trial: CompatibilityTrial;
}

interface State {
	catalog: Catalog;
	data: DataSnapshot;
	version: string[];
}

const hashLimitBytes = 256 * 1024 * 1024;
/** Rows written after the upgrade are tried by going down once more; a longer way is not gone twice. */
const longestWayBack = 600;

/** Stops at the first run that fails: what comes after it would say nothing. */
export async function play(stage: Stage): Promise<Played> {
	const {runner, options, trial} = stage;
	const [up, down] = [targetOf(options.path.to, 'heads'), targetOf(options.path.from, 'base')];
	const runs: MigrationRun[] = [];
	const result: Played = {revisions: [], statements: [], schema: {afterDowngrade: [], afterSecondUpgrade: []}, data: [], check: {clean: false, differences: ['not looked at']}, problems: [], commands: []};
	const start = await readState(stage);
	if (!sameRows(start.version, options.path.from)) result.problems.push(`the copy is at ${said(start.version)} and the rehearsal begins at ${said(options.path.from)}; take a new one`);
	if (result.problems.length === 0) await trial.before();

	const first = result.problems.length === 0 ? await runStep(result, runs, 'the upgrade', async () => runner.upgrade(up)) : null;
	if (first) {
		const upgraded = await readState(stage, {like: start.data});
		expectRows(result, 'the upgrade', upgraded.version, options.path.to);
		options.onUpgraded?.({before: start.catalog, after: upgraded.catalog});
		result.problems.push(...await leftInvalid(stage.session, 'the upgrade'));
		const reading = await runner.read({action: 'upgrade', from: [...options.path.from], to: up});
		readCheck(result, reading.database);
		result.unpromised = await readPromise(reading.sql, {first, versionTable: options.versionTable.table});
		await trial.after();
		const back = options.path.from.length > 1 ? null : await runStep(result, runs, 'the downgrade', async () => runner.downgrade(down));
		if (options.path.from.length > 1) result.problems.push(`the way back to ${said(options.path.from)} is not one revision and was not rehearsed`);
		if (back) {
			const downgraded = await readState(stage, {like: start.data});
			expectRows(result, 'the downgrade', downgraded.version, options.path.from);
			result.schema.afterDowngrade = differences(options, start.catalog, downgraded.catalog);
			result.data = compareData({before: start.data, between: upgraded.data, after: downgraded.data, touched: new Set([...workedOn(first), ...workedOn(back)]), hashLimitBytes});
			if (result.schema.afterDowngrade.length > 0) result.problems.push(`after the downgrade ${count(result.schema.afterDowngrade.length, 'object')} of the schema differ from before: ${named(result.schema.afterDowngrade)}`);
			for (const table of result.data.filter(one => !one.equal)) result.problems.push(`after the downgrade the data of ${table.table} is not as before${table.loses ? `: it loses ${table.loses}` : ''}`);
			const again = await runStep(result, runs, 'the second upgrade', async () => runner.upgrade(up));
			if (again) {
				const {catalog} = await readState(stage, {data: false});
				result.schema.afterSecondUpgrade = differences(options, upgraded.catalog, catalog);
				if (result.schema.afterSecondUpgrade.length > 0) result.problems.push(`after the second upgrade ${count(result.schema.afterSecondUpgrade.length, 'object')} differ from the first: ${named(result.schema.afterSecondUpgrade)}`);
				await trial.onNew();
				const isOld = await tryWrittenRows(stage, {result, start, upgraded, back}) || trial.wantsOld && back.command.seconds <= longestWayBack && (await runner.downgrade(down)).problem === null;
				if (isOld) await trial.onOld();
			}
		}
	}
	// A way back that fails leaves the new schema, and there the released application must do all the more.
	if (first && sameRows(await queryVersionTable(stage.session, options.versionTable) ?? [], options.path.to)) await trial.onNew();
	const compatibility = trial.result();
	return {...result, ...(compatibility === undefined ? {} : {compatibility}), ...describeRuns(runs)};
}

async function runStep(result: Played, runs: MigrationRun[], what: string, run: () => Promise<MigrationRun>): Promise<MigrationRun | null> {
	const done = await run();
	runs.push(done);
	if (done.problem === null) return done;
	result.problems.push(`${what} failed: ${done.problem}`);
	return null;
}

/** Tables that a run wrote to or changed. */
function workedOn({statements}: MigrationRun): string[] {
	return statements.flatMap(each => [...each.locks.filter(lock => !/^(?:ACCESS|ROW) SHARE$/.test(lock.mode)).map(lock => lock.table), ...each.rewrote]);
}

/** At the end, since the copy holds what was written from then on. A run that fails with it says something of the downgrade, not of the plan. True: it went down. */
async function tryWrittenRows({options, session, runner, trial}: Stage, {result, start, upgraded, back}: {result: Played; start: State; upgraded: State; back: MigrationRun}): Promise<boolean> {
	const tables = result.data.map(each => each.table).filter(table => start.data.has(table) && (upgraded.data.get(table)?.rows ?? 0) > 0);
	const tell = (table: string, fate: Fate, written: string): void => {
		result.data = result.data.map(each => each.table === table ? {...each, written, fate} : each);
	};
	if (tables.length === 0 || options.signal?.aborted) return false;
	if (back.command.seconds > longestWayBack) {
		for (const table of tables) tell(table, 'not tried', `not tried: the downgrade took ${Math.round(back.command.seconds)} s and was not run a second time`);
		return false;
	}
	options.onProgress?.('writing rows under the new schema, and going down with them');
	const written = await writeRows(session, tables.filter(table => upgraded.data.get(table)?.every === 1));
	for (const table of tables) tell(table, 'not tried', `not tried: ${written.notTried.get(table) ?? 'it is too large to look for a row'}`);
	if (written.rows.length === 0) return false;
	const down = await runner.downgrade(targetOf(options.path.from, 'base'));
	if (down.problem !== null) {
		for (const {table} of written.rows) tell(table, 'fails', `the downgrade fails once such rows are there: ${down.problem}`);
		result.warnings = [...result.warnings ?? [], `The downgrade succeeded on the rows of the backup and failed once a copy of a row had been written to ${written.rows.map(row => row.table).join(', ')}${trial.result()?.applications.some(each => each.which === 'old') ? ' and the released application had run' : ''}: ${down.problem}`];
		return false;
	}
	for (const [table, {fate, words}] of await readRows(session, written)) tell(table, fate, words);
	return true;
}

/** What `alembic upgrade --sql` says, asked on the copy as it is asked before the real upgrade. */
async function readPromise(sql: ProjectReading['sql'], {first, versionTable}: {first: MigrationRun; versionTable: string}): Promise<string[]> {
	if (!sql?.ok) return [`alembic upgrade --sql can't be asked: ${sql?.problem.message ?? 'it gave no answer'}`];
	const ran = new Set(first.revisions.map(each => each.revision));
	return compareWithPromise({revisions: sql.value.flatMap(each => each.revisions).filter(each => ran.has(each.revision)), ran: first.statements, versionTable});
}

async function readState({options, session}: Stage, {data = true, like}: {data?: boolean; like?: DataSnapshot} = {}): Promise<State> {
	const state = {
		catalog: await queryCatalog(session),
		data: data ? await queryData(session, {hashLimitBytes, always: options.settings.rehearsal.tables, except: options.versionTable.table, ...(like === undefined ? {} : {like})}) : new Map(),
		version: await queryVersionTable(session, options.versionTable) ?? [],
	};
	// Our own scans are counted up to a second late, and would be taken for the next statement's.
	if (session.versionNumber >= 150_000) await session.query('SELECT pg_stat_force_next_flush()');
	return state;
}

function readCheck(result: Played, answer: ProjectReading['database']): void {
	const texts = {same: [], 'not-up-to-date': ['the rehearsed path does not end at the head, where alone `alembic check` answers'], 'no-target-metadata': ['env.py has no target_metadata to compare with']};
	if (!answer?.ok) {
		result.check = {clean: false, differences: [`alembic check could not look: ${answer?.problem.message ?? 'it gave no answer'}`]};
		return;
	}
	if (answer.value.some(one => one.proven !== true)) {
		result.check = {clean: false, differences: ['env.py looked at another database than the copy']};
		return;
	}
	const found = answer.value.flatMap(({differences: one}) => one === undefined ? [] : one.answer === 'different' ? one.found.map(each => each.text) : texts[one.answer]);
	result.check = {clean: answer.value.every(one => one.differences?.answer === 'same'), differences: found};
	// Before the head later revisions may still bring what is missing.
	if (answer.value.some(one => one.upToDate && one.differences?.answer === 'different')) result.problems.push(`after the upgrade the models and the database differ: ${found.slice(0, 5).join('; ')}`);
}

function expectRows(result: Played, what: string, rows: readonly string[], wanted: readonly string[]): void {
	if (!sameRows(rows, wanted)) result.problems.push(`${what} left the version at ${said(rows)} and not at ${said(wanted)}`);
}

async function leftInvalid(session: Session, what: string): Promise<string[]> {
	return (await queryInvalidIndexes(session)).map(index => `${what} left the index ${index.name} on ${index.table} invalid`);
}

function differences({versionTable}: CopyOptions, before: Catalog, after: Catalog): Difference[] {
	return compareCatalogs(before, after, object => belongsToTable(object, versionTable.table, versionTable.schema));
}

function describeRuns(runs: readonly MigrationRun[]): Pick<Rehearsal, 'revisions' | 'statements' | 'commands'> {
	const [up, down, again] = runs;
	const of = (run: MigrationRun | undefined, revision: string) => run?.revisions.find(one => one.revision === revision);
	return {
		revisions: (up?.revisions ?? []).map(({revision, seconds}) => {
			const [back, second] = [of(down, revision), of(again, revision)];
			return {revision, up: seconds, down: back?.seconds ?? 0, again: second?.seconds ?? 0, ran: {up: true, down: back !== undefined, again: second !== undefined}};
		}),
		statements: up?.statements ?? [],
		commands: runs.map(run => run.command),
	};
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
	// Who may use a thing is said by the thing itself, where that is another one too.
	const things = list.filter(one => !one.object.startsWith('privileges of '));
	const shown = (things.length > 0 ? things : list).slice(0, 5);
	return shown.map(one => `${one.kind} ${one.object}`).join(', ') + (list.length > shown.length ? ', …' : '');
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? '' : 's'}`;
}
