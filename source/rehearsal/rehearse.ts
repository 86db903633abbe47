/** Rehearses a migration on a copy, and says on what it was rehearsed and how that copy came to be. */
import type {AlembicProject} from '../alembic/project.ts';
import type {Settings} from '../config/settings.ts';
import {estimateStatements, type Size} from '../journal/estimate.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {holdProof, queryHolder} from '../postgres/advisory.ts';
import type {Catalog} from '../postgres/catalog.ts';
import {describeHost} from '../postgres/connect-error.ts';
import type {Conninfo} from '../postgres/conninfo.ts';
import type {ProgramSearch} from '../postgres/programs.ts';
import type {RestoreResult} from '../postgres/restore.ts';
import {connect} from '../postgres/session.ts';
import {queryTables} from '../postgres/table-sizes.ts';
import type {ApplicationsOptions} from './applications.ts';
import {type CompatibilityOptions, tryCompatibility} from './compatibility.ts';
import {play} from './play.ts';
import {redirectProject} from './redirect.ts';
import {alembicRunner} from './runner.ts';
import {type Place, type Scratch, withScratch} from './scratch.ts';

export interface CopyOptions {
	project: AlembicProject;
	/** Rows of the version table now, and those wanted: full revision ids. */
	path: {from: readonly string[]; to: readonly string[]};
	versionTable: {table: string; schema: string | null};
	settings: Pick<Settings, 'rehearsal' | 'migration'>;
	/** The target's tables as its statistics have them now: what the estimates are for. */
	sizes?: readonly Size[];
	/** What runs against both schemas. */
	applications?: Pick<ApplicationsOptions, 'commands' | 'directory' | 'environment'> | null;
	/** Of the target's users. */
	statements?: CompatibilityOptions['statements'];
	/** Of the plan that is rehearsed. */
	digest?: string;
	signal?: AbortSignal;
	onProgress?: (text: string, share?: number) => void;
	/** Hears the schema as it was restored and as the upgrade made it. */
	onUpgraded?: (schema: {before: Catalog; after: Catalog}) => void;
}

export interface RehearsalOptions extends CopyOptions {
	backup: Backup;
	place: Place;
	schemaOnly?: boolean;
	search?: ProgramSearch;
}

/**
 * What goes wrong on the copy is in the result's `problems`; `restore` proves the backup besides.
 * @throws Refusal 2 when it can't be begun, 4 when it was cancelled or the backup can't be restored
 */
export async function rehearse(options: RehearsalOptions): Promise<{rehearsal: Rehearsal; restore: RestoreResult}> {
	const started = performance.now();
	const {backup, settings, schemaOnly = false} = options;
	return withScratch({
		backup, place: options.place, limitBytes: settings.rehearsal.limitBytes,
		...(schemaOnly ? {schemaOnly: {keepRowsOf: settings.rehearsal.tables, versionTable: options.versionTable.table}} : {}),
		...(options.search === undefined ? {} : {search: options.search}), ...(options.signal === undefined ? {} : {signal: options.signal}), ...(options.onProgress === undefined ? {} : {onProgress: options.onProgress}),
	}, async scratch => {
		const counted = scratch.record.tables.map(({table, rows, dataBytes}) => ({name: table, rows, bytes: dataBytes}));
		const rehearsal = await rehearseOn(options, {...scratch, alone: options.place.kind === 'local', counted});
		const problems = [...scratch.restore.differences, ...rehearsal.problems];
		return {
			rehearsal: {
				basis: describeBasis(options, scratch), ...rehearsal, restoreSeconds: scratch.restore.seconds, fit: scratch.fit.lines, warnings: [...scratch.fit.warnings, ...rehearsal.warnings ?? []],
				problems, ok: problems.length === 0, seconds: (performance.now() - started) / 1000,
			},
			restore: scratch.restore,
		};
	});
}

/**
 * On a clone that is there already, such as one made from the disks of the target: nothing is restored, and the clone is left as the rehearsal leaves it.
 * @param options proofKey: of the lock that holdpoint holds on the live target, by which the two are told apart
 * @throws Refusal 2 when it is a standby, 3 when it is the target itself, 4 when it was cancelled
 */
export async function rehearseOnClone(options: CopyOptions & {conninfo: Conninfo; proofKey: string}): Promise<Rehearsal> {
	const started = performance.now();
	const {conninfo} = options;
	const session = await connect(conninfo, {application: 'holdpoint-rehearsal'});
	const where = `${conninfo.database} on ${describeHost(session.host)}`;
	try {
		if (session.inRecovery) throw new Refusal(2, `The clone ${where} is a standby, which can't be written to; promote it first.`);
		if (await queryHolder(session, options.proofKey) !== null) throw new Refusal(3, `${where} is the target itself and no clone of it: nothing was done.`);
	} finally {
		await session.close();
	}
	const rehearsal = await rehearseOn(options, {conninfo: {...conninfo, hosts: [session.host]}, roles: [conninfo.user], alone: false, counted: []});
	return {basis: `the clone ${where}, which was migrated in place and is left so`, restoreSeconds: 0, ...rehearsal, ok: rehearsal.problems.length === 0, seconds: (performance.now() - started) / 1000};
}

export interface Copy {
	conninfo: Conninfo;
	/** Roles that may connect without a password. */
	roles: readonly string[];
	/** Nobody else writes on its server. */
	alone: boolean;
	/** Tables of the original as they were when it was copied, by quoted name; where `sizes` does not have them. */
	counted: readonly {name: string; rows: number | null; bytes: number}[];
}

/** @throws Refusal 4 when it was cancelled */
export async function rehearseOn(options: CopyOptions, {conninfo, roles, alone, counted}: Copy): Promise<Omit<Rehearsal, 'basis' | 'seconds' | 'restoreSeconds' | 'ok'>> {
	const {settings, digest, signal, onProgress, versionTable} = options;
	const session = await connect(conninfo, {application: 'holdpoint-rehearsal', idleInTransactionTimeoutMs: 0});
	const cancelled = new Refusal(4, 'The rehearsal was cancelled; the copy was removed and nothing else was touched.');
	// Counting a large table takes minutes; giving its connection up ends that too.
	const stop = (): void => void session.close();
	signal?.addEventListener('abort', stop);
	try {
		const proof = await holdProof(session);
		const runner = alembicRunner({
			project: redirectProject(options.project, {conninfo, roles}), proofKey: proof.key, session, alone, versionTable: versionTable.table,
			lockTimeoutMs: settings.migration.lockTimeoutMs, statementTimeoutMs: settings.migration.statementTimeoutMs,
			...(signal === undefined ? {} : {signal}),
			onRevision: (action, revision) => onProgress?.(`${action} ${revision} on the copy`),
		});
		const trial = tryCompatibility({session, applications: options.applications ? {...options.applications, conninfo, session, ...(signal === undefined ? {} : {signal})} : null, statements: options.statements ?? null, onProgress});
		const before = await queryTables(session);
		const played = await play({options, session, runner, trial});
		if (signal?.aborted) throw cancelled;
		const worked = tablesOf(played.statements);
		const sizes = before.map(({schema, table, rows, dataBytes}) => ({table: `${schema}.${table}`, rows, bytes: dataBytes})).filter(size => worked.has(size.table));
		const names = new Map(before.map(size => [size.name, `${size.schema}.${size.table}`]));
		const target = new Map([...counted.map(({name, rows, bytes}): Size => ({table: names.get(name) ?? name, rows, bytes})), ...options.sizes ?? []].map(size => [size.table, size]));
		const estimates = estimateStatements(played.statements, {copy: sizes, target: [...target.values()]});
		return {...(digest === undefined ? {} : {digest}), ...played, statements: played.statements.map((each, index) => ({...each, estimateSeconds: estimates[index]!.seconds, estimateBasis: estimates[index]!.basis})), sizes};
	} catch (error) {
		throw signal?.aborted ? cancelled : error;
	} finally {
		signal?.removeEventListener('abort', stop);
		await session.close();
	}
}

/** Every table that a statement locked, rewrote or scanned. */
export function tablesOf(statements: Rehearsal['statements']): Set<string> {
	return new Set(statements.flatMap(each => [...each.locks.map(lock => lock.table), ...each.rewrote, ...each.scanned]));
}

function describeBasis({backup, schemaOnly, settings}: RehearsalOptions, {where, restore}: Scratch): string {
	return `the backup of ${backup.database} of ${backup.finishedAt}${schemaOnly ? `, schema only${settings.rehearsal.tables.length > 0 ? ` but for the rows of ${settings.rehearsal.tables.join(', ')}` : ''}` : `, ${restore.rowsCompared.toLocaleString('en-US')} rows compared`}, restored onto ${where}`;
}
