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
import {beginSnapshot, countRows, readSchema, type DumpSnapshot, type SnapshotRecord, type TableCount} from './dump-snapshot.ts';
import {exists, placeDump, refuseWithoutSpace, removeStalePartials, type Placed} from './dump-place.ts';
import {describeBehind, proveSource, type DumpSource, type Original} from './dump-source.ts';
import {findClientTool, type ProgramSearch, restoresCleanly} from './programs.ts';
import {backupApplication} from './running-dumps.ts';
import {connect, type Session} from './session.ts';
import {cancelBackend} from './signal.ts';

export type DumpProgress =
	| ({kind: 'tables'} & TableProgress)
	| {kind: 'verifying'; step: 'list' | 'read' | 'hash'}
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
	/** Tables estimated larger than this are not counted. */
	rowLimit?: number;
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
	const restore = await findClientTool('pg_restore', dump.version, search);
	const globals = await findClientTool('pg_dumpall', dump.version, search);
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
	if (work.source && work.source.behindBytes > 0) warn(`The standby is ${describeBehind(work.source)} behind the target: what was written since then is not in this backup.`);

	const name = `${snapshot.record.identity.database.replace(/[^\w.-]/g, '_').slice(0, 60)}-${startedAt.toISOString().replace(/[-:]|\.\d+/g, '')}${work.format === 'custom' ? '.dump' : ''}`;
	const final = path.join(work.directory, name);
	const partial = `${final}.${process.pid}.partial`;
	if (await exists(final)) throw new Refusal(4, `There is a backup ${final} already; try again in a second.`);
	try {
		const jobs = decideJobs(work, snapshot.tables);
		const tables = await runPgDump({session, snapshot, work, partial, jobs, warn});
		const record: SnapshotRecord = {...snapshot.record, program: work.programs.version, tables, schema: await settleSchema(session, schema)};
		const globals = await dumpGlobals({program: work.programs.globals, target: targetOf(session, work), signal: work.signal});
		work.signal?.throwIfAborted();
		if (globals.why !== null) warn(`The roles and tablespaces of the server were not backed up beside it: ${globals.why}.`);
		const verified = await verifyDump(work, partial);
		work.onProgress?.({kind: 'verifying', step: 'hash'});
		const placed = await placeDump({partial, final, record, globals: globals.sql});
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
				verified: {list: true, read: verified.read},
			},
			artifacts: placed.artifacts,
			record,
			jobs,
			warnings,
		};
	} catch (error) {
		await rm(partial, {recursive: true, force: true});
		throw asRefusal(error, work);
	}
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
	warn: (text: string) => void;
}

async function runPgDump({session, snapshot, work, partial, jobs, warn}: DumpRun): Promise<TableCount[]> {
	const reader = new ProgressReader(snapshot.tables, jobs > 1);
	work.onProgress?.({kind: 'tables', ...reader.progress()});
	const dumping = withClientEnvironment(targetOf(session, work), async environment => runClient({
		program: work.programs.dump,
		arguments: ['--verbose', '--no-password', `--snapshot=${snapshot.id}`, `--lock-wait-timeout=${work.lockWaitMs ?? defaultLockWaitMs}`, `--file=${partial}`,
			...(work.format === 'custom' ? ['--format=custom'] : ['--format=directory', `--jobs=${jobs}`])],
		environment,
		signal: work.signal,
		onLine(line) {
			const progress = reader.read(line);
			if (progress) work.onProgress?.({kind: 'tables', ...progress});
			if (line.startsWith('pg_dump: warning: ')) warn(line);
		},
	}));
	const counting = countRows(session, snapshot, {rowLimit: work.rowLimit ?? 5_000_000, stop: () => work.signal?.aborted === true});
	const [dumped, counted] = await Promise.allSettled([dumping, counting]);
	if (dumped.status === 'rejected') throw dumped.reason;
	// Without its snapshot pg_dump fails too, and knows less of why.
	if (dumped.value.exitCode !== 0 && work.signal?.aborted !== true) await session.query('SELECT');
	if (dumped.value.exitCode !== 0) throw new Refusal(4, `The backup of ${snapshot.record.identity.database} failed: ${parseFailure(dumped.value)}; nothing was kept in ${work.directory}.`);
	if (counted.status === 'rejected') throw counted.reason;
	const {tables, ...progress} = reader.progress();
	work.onProgress?.({kind: 'tables', ...progress, done: progress.total, doneBytes: progress.totalBytes, tables: []});
	return counted.value;
}

async function verifyDump(work: Work, partial: string): Promise<{tables: number; read: boolean}> {
	const environment = {PATH: process.env['PATH'] ?? '', LC_ALL: 'C'};
	work.onProgress?.({kind: 'verifying', step: 'list'});
	const listed = await runClient({program: work.programs.restore, arguments: ['--list', partial], environment, signal: work.signal});
	if (listed.exitCode !== 0) throw new Refusal(4, `The backup was written but its table of contents can't be read: ${parseFailure(listed)}; it was removed.`);
	if (work.verify !== 'list') {
		work.onProgress?.({kind: 'verifying', step: 'read'});
		const read = await runClient({program: work.programs.restore, arguments: ['--file=/dev/null', partial], environment, signal: work.signal});
		if (read.exitCode !== 0) throw new Refusal(4, `The backup was written but can't be read to its end: ${parseFailure(read)}; it was removed.`);
	}
	return {tables: listed.stdout.split('\n').filter(line => / TABLE DATA /.test(line)).length, read: work.verify !== 'list'};
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
