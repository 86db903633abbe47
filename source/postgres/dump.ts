/** Takes a backup: pg_dump of an exported snapshot with its row counts, hashed, read back, and in place only when all of that held. */
import {mkdir, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {backupKey, type HeldKey, holdKey, ownKey, queryHolder} from './advisory.ts';
import {type ClientTarget, withClientEnvironment} from './client-environment.ts';
import {runClient} from './client-program.ts';
import {describeHost} from './connect-error.ts';
import type {Conninfo} from './conninfo.ts';
import {dumpGlobals} from './dump-globals.ts';
import {parseFailure, ProgressReader, recoveryConflict, type TableProgress} from './dump-output.ts';
import {endingFor, keepsChecksum, wordsFor} from './dump-compression.ts';
import {FileHashes} from './dump-files.ts';
import {beginSnapshot, type Counted, readSchema, RowCounts, summarizeCounts, type DumpSnapshot, type SnapshotRecord, type TableCount} from './dump-snapshot.ts';
import {exists, placeDump, refuseWithoutSpace, removeStalePartials, type Placed} from './dump-place.ts';
import {describeBehind, proveSource, type DumpSource, type Original} from './dump-source.ts';
import {verifyDump} from './dump-verify.ts';
import {findClientTool, type ProgramSearch, restoresCleanly} from './programs.ts';
import {backupApplication} from './running-dumps.ts';
import {connect, type Session} from './session.ts';
import {cancelBackend} from './signal.ts';

export type DumpProgress =
	| ({kind: 'tables'} & TableProgress)
	| {kind: 'verifying'; step: 'count' | 'list' | 'read' | 'hash'}
	| {kind: 'warning'; text: string};

export interface DumpOptions {
	conninfo: Conninfo;
	/** Where the backup goes, absolute; made (0700) if it is not there. */
	directory: string;
	format: 'directory' | 'custom';
	/** Parallel pg_dump jobs; null: as many as cores and tables allow. */
	jobs?: number | null;
	/** `list` proves that the table of contents is readable, `read` that every block is. */
	verify?: 'list' | 'read';
	/** As `pg_dump --compress` has it; default: pg_dump's own. */
	compression?: string;
	/** Tables estimated larger than this are not counted; default: all are. */
	rowLimit?: number | null;
	/** The target, when the backup is taken from another server: refused unless that is a standby of it. */
	original?: Original;
	search?: ProgramSearch;
	/** pg_dump gives up when it can't lock a table for reading within so many milliseconds. */
	lockWaitMs?: number;
	onProgress?: (progress: DumpProgress) => void;
	signal?: AbortSignal;
}

export interface DumpResult {
	backup: Backup;
	/** Written beside the dump: snapshot record, globals, manifest. */
	artifacts: Placed['artifacts'];
	record: SnapshotRecord;
	jobs: number;
	warnings: string[];
}

const defaultLockWaitMs = 30_000;

/**
 * Dumps a database. What is not whole is removed again; a backup at its final name has been written, synced, hashed and verified.
 * @throws Refusal 2 for a pg_dump that is missing or older than the server (`findDumpPrograms` knows it beforehand), 3 while a migration or another backup of ours is at work,
 *   4 when the dump failed or was cancelled
 */
export async function runDump(options: DumpOptions): Promise<DumpResult> {
	const session = await connect(options.conninfo, {application: backupApplication, lockTimeoutMs: options.lockWaitMs ?? defaultLockWaitMs, idleInTransactionTimeoutMs: 0});
	const cancel = (): void => void cancelCounting(session);
	options.signal?.addEventListener('abort', cancel);
	let mark: HeldKey | null = null;
	try {
		const programs = await findDumpPrograms(Math.floor(session.versionNumber / 10_000), options.search);
		const source = options.original ? await proveSource(session, options.original) : null;
		await refuseWhileAtWork(session);
		// A lock on a standby is seen there only; the target's migrations look on the target.
		if (source && options.original) mark = await refuseWhileAtWork(options.original.session);
		return await dumpFrom(session, {...options, source, programs});
	} finally {
		options.signal?.removeEventListener('abort', cancel);
		await mark?.release();
		await session.close();
	}
}

/** Best effort: a count that runs on only delays the end of a cancelled backup. */
async function cancelCounting(session: Session): Promise<void> {
	try {
		const other = await connect({...session.conninfo, hosts: [session.host], targetSessionAttrs: 'any'}, {application: backupApplication, statementTimeoutMs: 5000});
		await cancelBackend(other, session);
		await other.close();
	} catch {
		// The count ends by itself.
	}
}

/** A dump and a migration exclude each other: the mark is set first and the other's looked at after, so that of two at least one refuses. */
async function refuseWhileAtWork(session: Session): Promise<HeldKey> {
	const {database} = session.conninfo;
	const mark = await holdKey(session, backupKey(database));
	if (mark === null) {
		const other = await queryHolder(session, backupKey(database));
		throw new Refusal(3, `Another backup of ${database} is being taken (backend ${other?.pid ?? 'unknown'}); wait until it has ended.`);
	}
	const migration = await queryHolder(session, ownKey(database));
	if (!migration) return mark;
	await mark.release();
	throw new Refusal(3, `A migration of ${database} is at work (backend ${migration.pid}); a backup now would make it wait, or wait for it.`);
}

interface Work extends DumpOptions {
	/** Null: it is the target itself. */
	source: DumpSource | null;
	programs: DumpPrograms;
}

/** Paths, and the major version of pg_dump. */
export interface DumpPrograms {
	dump: string;
	restore: string;
	globals: string;
	version: number;
	/** That they are newer than they should be; null: they are not. */
	warning: string | null;
}

/** What a backup of a server of this major version is taken with. @throws Refusal 2 when one of them is missing or older than the server */
export async function findDumpPrograms(major: number, search?: ProgramSearch): Promise<DumpPrograms> {
	const dump = await findClientTool('pg_dump', major, search);
	const [restore, globals] = await Promise.all([findClientTool('pg_restore', dump.version, search), findClientTool('pg_dumpall', dump.version, search)]);
	const warning = restoresCleanly(dump.version, major) ? null
		: `There is no pg_dump older than 17 here: what ${dump.path} writes can be restored onto PostgreSQL ${major} only by a person who ignores pg_restore's error about transaction_timeout.`;
	return {dump: dump.path, restore: restore.path, globals: globals.path, version: dump.version, warning};
}

async function dumpFrom(session: Session, work: Work): Promise<DumpResult> {
	const startedAt = new Date();
	const schema = await readSchema(session);
	if (work.signal?.aborted) throw asRefusal(null, work);
	const snapshot = await beginSnapshot(session).catch((error: unknown) => {
		throw asRefusal(error, work);
	});
	await mkdir(work.directory, {recursive: true, mode: 0o700});
	await removeStalePartials(work.directory);
	const warnings: string[] = [];
	const warn = (text: string): void => {
		warnings.push(text);
		work.onProgress?.({kind: 'warning', text});
	};
	(await refuseWithoutSpace(work.directory, snapshot)).forEach(warn);
	if (work.programs.warning) warn(work.programs.warning);
	if (!keepsChecksum(work.compression)) warn(`A dump with the compression ${work.compression} has no checksums: that every block can be read does not show that each bit is right, as it does with gzip.`);
	if (work.source && work.source.behindBytes > 0) warn(`The standby is ${describeBehind(work.source)} behind the target: what was written since then is not in this backup.`);

	const name = `${snapshot.record.identity.database.replace(/[^\w.-]/g, '_').slice(0, 60)}-${startedAt.toISOString().replace(/[-:]|\.\d+/g, '')}${work.format === 'custom' ? '.dump' : ''}`;
	const final = path.join(work.directory, name);
	const partial = `${final}.${process.pid}.partial`;
	if (await exists(final)) throw new Refusal(4, `There is a backup ${final} already; try again in a second.`);
	const failed = new AbortController();
	const signal = AbortSignal.any([failed.signal, ...(work.signal ? [work.signal] : [])]);
	try {
		const jobs = decideJobs(work, snapshot.tables);
		const hashes = new FileHashes(partial, signal);
		const [{tables, seconds}, globals] = await together(failed, [
			runPgDump({session, snapshot, work, partial, jobs, hashes, warn, signal}),
			dumpGlobals({program: work.programs.globals, target: targetOf(session, work), signal}),
		]);
		work.signal?.throwIfAborted();
		if (globals.why !== null) warn(`The roles and tablespaces of the server were not backed up beside it: ${globals.why}.`);
		const onStep = (step: 'list' | 'read' | 'hash') => work.onProgress?.({kind: 'verifying', step});
		const [settled, verified] = await together(failed, [
			settleSchema(session, schema),
			verifyDump({partial, restore: work.programs.restore, format: work.format, verify: work.verify ?? 'read', jobs, onStep, signal}).finally(() => onStep('hash')),
			hashes.all(),
		]);
		const record: SnapshotRecord = {...snapshot.record, program: work.programs.version, tables, schema: settled};
		const placed = await placeDump({partial, final, hashes, record, globals: globals.sql});
		return {
			backup: {
				path: final,
				format: work.format,
				bytes: placed.bytes,
				startedAt: startedAt.toISOString(),
				finishedAt: new Date().toISOString(),
				serverVersion: record.identity.serverVersion,
				systemIdentifier: record.identity.systemIdentifier ?? 'not visible to this role',
				database: record.identity.database,
				lsn: record.lsn,
				...(work.format === 'custom' && {sha256: placed.sha256}),
				manifest: placed.manifest,
				globals: {path: placed.globals, why: globals.why},
				...(work.source && {source: work.source}),
				tables: verified.tables,
				...(work.compression !== undefined && {compression: work.compression}),
				counted: {...summarizeCounts(tables), seconds},
				verified: {list: true, read: verified.read},
			},
			artifacts: placed.artifacts,
			record,
			jobs,
			warnings,
		};
	} catch (error) {
		failed.abort();
		await rm(partial, {recursive: true, force: true});
		throw asRefusal(error, work);
	}
}

/** All of them; when one fails, the others are told to stop and waited for, so that nothing is at work in a folder that goes away. @throws what the first one threw */
async function together<const T extends readonly Promise<unknown>[]>(failed: AbortController, work: T): Promise<{-readonly [K in keyof T]: Awaited<T[K]>}> {
	const errors: unknown[] = [];
	await Promise.allSettled(work.map(async one => one.catch((error: unknown) => {
		errors.push(error);
		failed.abort();
	})));
	if (errors.length > 0) throw errors[0];
	return Promise.all(work) as Promise<{-readonly [K in keyof T]: Awaited<T[K]>}>;
}

function decideJobs({format, jobs}: Work, tables: readonly TableCount[]): number {
	if (format === 'custom') return 1;
	return jobs ?? Math.max(1, Math.min(os.availableParallelism(), tables.length, 8));
}

function targetOf(session: Session, {conninfo}: Work): ClientTarget {
	return {conninfo, host: session.host, application: backupApplication};
}

/** The schema at the dump's snapshot is known when it was the same before and after; else null. Ends the snapshot's transaction. */
async function settleSchema(session: Session, before: Record<string, string> | null): Promise<Record<string, string> | null> {
	await session.query('COMMIT');
	return before !== null && JSON.stringify(before) === JSON.stringify(await readSchema(session)) ? before : null;
}

interface DumpRun {
	session: Session;
	snapshot: DumpSnapshot;
	work: Work;
	partial: string;
	jobs: number;
	hashes: FileHashes;
	warn: (text: string) => void;
	signal: AbortSignal;
}

async function runPgDump({session, snapshot, work, partial, jobs, hashes, warn, signal}: DumpRun): Promise<Counted> {
	const {compression, rowLimit = null} = work;
	const reader = new ProgressReader(snapshot.tables, jobs > 1);
	const counts = new RowCounts(session, snapshot, {rowLimit, signal});
	const tablesByName = Map.groupBy(snapshot.tables, ({table}) => table.replaceAll('"', ''));
	work.onProgress?.({kind: 'tables', ...reader.progress()});
	const dumped = await withClientEnvironment(targetOf(session, work), async environment => runClient({
		program: work.programs.dump,
		arguments: ['--verbose', '--no-password', `--snapshot=${snapshot.id}`, `--lock-wait-timeout=${work.lockWaitMs ?? defaultLockWaitMs}`, `--file=${partial}`,
			...(compression === undefined ? [] : [`--compress=${wordsFor(compression, work.programs.version)}`]),
			...(work.format === 'custom' ? ['--format=custom'] : ['--format=directory', `--jobs=${jobs}`])],
		environment,
		signal,
		onLine(line) {
			const progress = reader.read(line);
			if (progress) work.onProgress?.({kind: 'tables', ...progress});
			for (const name of progress?.tables ?? []) tablesByName.get(name)?.forEach(({table}) => counts.add(table));
			const finished = /finished item (\d+) TABLE DATA /.exec(line)?.[1];
			if (finished !== undefined) hashes.add(path.join(partial, `${finished}.dat${endingFor(compression)}`));
			if (line.startsWith('pg_dump: warning: ')) warn(line);
		},
	}));
	if (dumped.exitCode !== 0) {
		// Without its snapshot pg_dump fails too, and knows less of why.
		if (work.signal?.aborted !== true) await session.query('SELECT');
		throw new Refusal(4, `The backup of ${snapshot.record.identity.database} failed: ${parseFailure(dumped)}; nothing was kept in ${work.directory}.`);
	}
	if (counts.busy) work.onProgress?.({kind: 'verifying', step: 'count'});
	const counted = await counts.all();
	const {tables, ...progress} = reader.progress();
	work.onProgress?.({kind: 'tables', ...progress, done: progress.total, doneBytes: progress.totalBytes, tables: []});
	return counted;
}

function asRefusal(error: unknown, work: Work): unknown {
	if (work.signal?.aborted) return new Refusal(4, `The backup of ${work.conninfo.database} was cancelled; nothing was kept in ${work.directory}.`);
	const {code, message} = error as NodeJS.ErrnoException;
	if (code === '55P03') return new Refusal(4, `The backup of ${work.conninfo.database} failed: a table stayed locked by someone else for too long; see the live pane and try again.`);
	if (/conflict with recovery/.test(message)) return new Refusal(4, `The backup of ${work.conninfo.database} failed: ${recoveryConflict}; nothing was kept in ${work.directory}.`);
	if (code === 'ENOSPC' || code === 'EFBIG' || code === 'EDQUOT') return new Refusal(4, `The backup of ${work.conninfo.database} failed: there was no space left on the disk; nothing was kept in ${work.directory}.`);
	if (error instanceof Refusal) return error;
	return new Refusal(4, `The backup of ${work.conninfo.database} from ${describeHost(work.conninfo.hosts[0]!)} failed: ${message}; nothing was kept in ${work.directory}.`);
}
