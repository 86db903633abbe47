/** Rehearses a migration on a restored copy, and says on what it was rehearsed and how that copy came to be. */
import type {AlembicProject} from '../alembic/project.ts';
import type {Settings} from '../config/settings.ts';
import {estimateStatements, type Size} from '../journal/estimate.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import {holdProof} from '../postgres/advisory.ts';
import type {Catalog} from '../postgres/catalog.ts';
import type {ProgramSearch} from '../postgres/programs.ts';
import type {RestoreResult} from '../postgres/restore.ts';
import {connect} from '../postgres/session.ts';
import {queryTables} from '../postgres/table-sizes.ts';
import {play} from './play.ts';
import {redirectProject} from './redirect.ts';
import {alembicRunner} from './runner.ts';
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
	/** Hears the schema as it was restored and as the upgrade made it. */
	onUpgraded?: (schema: {before: Catalog; after: Catalog}) => void;
}

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
		const cancelled = new Refusal(4, 'The rehearsal was cancelled; the copy was removed and nothing else was touched.');
		// Counting a large table takes minutes; giving its connection up ends that too.
		const stop = (): void => void session.close();
		options.signal?.addEventListener('abort', stop);
		try {
			const proof = await holdProof(session);
			const runner = alembicRunner({
				project: redirectProject(options.project, {conninfo: scratch.conninfo, roles: scratch.roles}), proofKey: proof.key, session, alone: options.place.kind === 'local', versionTable: options.versionTable.table,
				lockTimeoutMs: settings.migration.lockTimeoutMs, statementTimeoutMs: settings.migration.statementTimeoutMs,
				...(options.signal === undefined ? {} : {signal: options.signal}),
				onRevision: (action, revision) => options.onProgress?.(`${action} ${revision} on the copy`),
			});
			const sizes = await queryTables(session);
			const played = await play({options, session, runner});
			if (options.signal?.aborted) throw cancelled;
			const problems = [...scratch.restore.differences, ...played.problems];
			const worked = tablesOf(played.statements);
			const copy = sizes.map(({schema, table, rows, dataBytes}) => ({table: `${schema}.${table}`, rows, bytes: dataBytes})).filter(size => worked.has(size.table));
			const names = new Map(sizes.map(size => [size.name, `${size.schema}.${size.table}`]));
			const target = scratch.record.tables.map(({table, rows, dataBytes}): Size => ({table: names.get(table) ?? table, rows, bytes: dataBytes}));
			const estimates = estimateStatements(played.statements, {copy, target});
			return {
				rehearsal: {
					basis: describeBasis(options, scratch), ...(digest === undefined ? {} : {digest}), restoreSeconds: scratch.restore.seconds,
					...played, statements: played.statements.map((each, index) => ({...each, estimateSeconds: estimates[index]!.seconds, estimateBasis: estimates[index]!.basis})),
					sizes: copy, warnings: [...scratch.warnings, ...played.warnings ?? []], problems, ok: problems.length === 0, seconds: (performance.now() - started) / 1000,
				},
				restore: scratch.restore,
			};
		} catch (error) {
			throw options.signal?.aborted ? cancelled : error;
		} finally {
			options.signal?.removeEventListener('abort', stop);
			await session.close();
		}
	});
}

/** Every table that a statement locked, rewrote or scanned. */
export function tablesOf(statements: Rehearsal['statements']): Set<string> {
	return new Set(statements.flatMap(each => [...each.locks.map(lock => lock.table), ...each.rewrote, ...each.scanned]));
}

function describeBasis({backup, schemaOnly}: RehearsalOptions, {where, restore}: Scratch): string {
	return `the backup of ${backup.database} of ${backup.finishedAt}${schemaOnly ? ', schema only' : `, ${restore.rowsCompared} rows compared`}, restored onto ${where}`;
}
