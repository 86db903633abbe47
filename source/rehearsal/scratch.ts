/** A place to restore onto: a private cluster of our own, or a database of its own on a server that was named. Gone afterwards, whatever happens. */
import {randomBytes} from 'node:crypto';
import {statfs} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {byteWords} from '../journal/byte-words.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {removeOrphans, removeOwnedFolder} from '../postgres/cluster-owner.ts';
import {makeClusterParent} from '../postgres/cluster-place.ts';
import {startCluster} from '../postgres/cluster.ts';
import {parseConninfo, type Conninfo} from '../postgres/conninfo.ts';
import type {SnapshotRecord} from '../postgres/dump-snapshot.ts';
import {findServerPrograms, type ProgramSearch} from '../postgres/programs.ts';
import {keptTables, readSnapshotRecord, runRestore, type RestoreResult} from '../postgres/restore.ts';
import {connect, type Session} from '../postgres/session.ts';
import {type Fit, lookBeforeRestore, spaceLine} from './look.ts';

export type Place = {kind: 'local'} | {kind: 'server'; conninfo: Conninfo};

export interface ScratchOptions {
	backup: Backup;
	place: Place;
	/** Refused above it, unless only the schema is restored; bytes of the original database. */
	limitBytes: number;
	/** Restore only the schema, the rows of Alembic's version table, and those of these tables. */
	schemaOnly?: {keepRowsOf: readonly string[]; versionTable: string};
	search?: ProgramSearch;
	signal?: AbortSignal;
	/** Passing words, with a share of 1 where one is known. */
	onProgress?: (text: string, share?: number) => void;
}

export interface Scratch {
	/** Connects to the restored database, as a superuser where it is a private cluster. */
	conninfo: Conninfo;
	record: SnapshotRecord;
	restore: RestoreResult;
	/** Such as `a private PostgreSQL 15 on this machine`. */
	where: string;
	/** Roles that may connect without a password. */
	roles: string[];
	/** What was looked at before the restore, and where the copy differs from the original for want of something on its server. */
	fit: Fit;
}

/** Begins the name of every folder of a private server. */
export const rehearsalPrefix = 'holdpoint-rehearsal-';

/**
 * Restores the backup, calls `use`, and removes the copy. Copies that a killed process left are removed first.
 * @throws Refusal 2 when it is too large, there is no space, or no fitting server; 4 when the restore failed
 */
export async function withScratch<T>(options: ScratchOptions, use: (scratch: Scratch) => Promise<T>): Promise<T> {
	const record = await readSnapshotRecord(options.backup);
	if (!options.schemaOnly && record.databaseBytes > options.limitBytes) {
		throw new Refusal(2, `${record.identity.database} has ${byteWords(record.databaseBytes)}, above the limit of ${byteWords(options.limitBytes)} for a full copy; rehearse with --schema-only (and --tables T,… for the rows that matter), on a clone with --against URL --clone, or raise rehearsal.limit_gb.`);
	}
	const unknown = options.schemaOnly?.keepRowsOf.filter(table => keptTables(record, [table]).length === 0) ?? [];
	if (unknown.length > 0) throw new Refusal(2, `The backup of ${record.identity.database} has no table ${unknown.join(', ')} to restore the rows of; name tables as \`table\` or \`schema.table\`, and of a partitioned table its partitions.`);
	return options.place.kind === 'local' ? withLocalCopy(options, record, use) : withServerCopy(options, options.place.conninfo, record, use);
}

async function withLocalCopy<T>(options: ScratchOptions, record: SnapshotRecord, use: (scratch: Scratch) => Promise<T>): Promise<T> {
	await removeOldCopies();
	const major = Math.floor(record.identity.versionNumber / 10_000);
	const programs = await findServerPrograms(major, options.search);
	const folder = await makeClusterParent(rehearsalPrefix);
	try {
		const space = await refuseWithoutSpace(folder, options, record);
		options.onProgress?.('starting a private server');
		const cluster = await startCluster({directory: path.join(folder, 'cluster'), purpose: 'rehearsal', durable: false, programs, settings: {full_page_writes: 'on', max_wal_size: '4GB', autovacuum: 'off', max_connections: 50}});
		try {
			const conninfo = parseConninfo(`host='${cluster.socketDirectory}' port=${cluster.port} user=${cluster.superuser.name} dbname=postgres`, {}, folder);
			const {database} = record.identity;
			// A database of the original's name, since migrations name it (GRANT … ON DATABASE).
			const {restore, fit} = await restoreInto(options, {record, conninfo, database: database === 'postgres' || /^template[01]$/.test(database) ? 'copy' : database, own: true, where: folder, known: [space]});
			const roles = [...record.roles.map(role => role.name), cluster.superuser.name];
			return await use({conninfo: {...conninfo, database: restore.database}, record, restore, fit, roles, where: `a private PostgreSQL ${programs.version} on this machine${programs.version === major ? '' : ` (the original is ${major})`}`});
		} finally {
			await cluster.remove();
		}
	} finally {
		await removeOwnedFolder(folder);
	}
}

async function withServerCopy<T>(options: ScratchOptions, conninfo: Conninfo, record: SnapshotRecord, use: (scratch: Scratch) => Promise<T>): Promise<T> {
	const name = `holdpoint_rehearsal_${randomBytes(4).toString('hex')}`;
	const server = await connect(conninfo, {application: 'holdpoint-rehearsal'});
	try {
		await markRehearsal(server, name);
		await removeOrphanDatabases(server);
		const {restore, fit} = await restoreInto(options, {record, conninfo: {...conninfo, hosts: [server.host]}, database: name, own: false, where: `${server.host.host}:${server.host.port}`, known: [`where: the database ${name} on ${server.host.host}:${server.host.port}, removed afterwards`]});
		return await use({conninfo: {...conninfo, hosts: [server.host], database: name}, record, restore, fit, roles: [conninfo.user], where: `database ${name} on ${server.host.host}:${server.host.port}`});
	} finally {
		await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(async () => server.query(`DROP DATABASE IF EXISTS ${name}`));
		await server.close();
	}
}

/** The first half of the advisory lock that says, to every session of that server, that a copy is in use; the second is its name's. */
const markClass = 0x68_70_72_68;

async function markRehearsal(server: Session, name: string): Promise<void> {
	await server.query(`SELECT pg_advisory_lock(${markClass}, ('x' || right($1, 8))::bit(32)::int)`, [name]);
}

/** Copies whose holdpoint died: nobody holds their lock any more. One that is connected to all the same stays. */
async function removeOrphanDatabases(server: Session): Promise<void> {
	const orphans = await server.query<{name: string}>(`SELECT datname::text AS name FROM pg_database d WHERE datname ~ '^holdpoint_rehearsal_[0-9a-f]{8}$' AND pg_has_role(datdba, 'MEMBER')
		AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND classid = ${markClass} AND objid::bigint = ('x' || right(d.datname, 8))::bit(32)::bigint)`);
	for (const {name} of orphans) await server.query(`DROP DATABASE ${name}`).catch(() => undefined);
}

/** Removes the private servers that a killed process left on this machine. */
export async function removeOldCopies(): Promise<void> {
	await removeOrphans(os.tmpdir(), rehearsalPrefix);
}

interface RestorePlace {
	record: SnapshotRecord;
	conninfo: Conninfo;
	database: string;
	/** A server of our own. */
	own: boolean;
	/** Where the data will lie. */
	where: string;
	/** Further lines of what was looked at. */
	known: string[];
}

async function restoreInto(options: ScratchOptions, {record, conninfo, database, own, where, known}: RestorePlace): Promise<{restore: RestoreResult; fit: Fit}> {
	const {backup, schemaOnly, search, signal, onProgress} = options;
	const server = await connect(conninfo, {application: 'holdpoint-rehearsal'});
	const found = await lookBeforeRestore({backup, record, server, own, schemaOnly: schemaOnly !== undefined, ...(search === undefined ? {} : {search})}).finally(async () => server.close());
	const fit = {lines: [...found.lines, ...known], warnings: found.warnings};
	for (const line of [...fit.lines, ...fit.warnings]) onProgress?.(`before the restore: ${line}`);
	onProgress?.(`restoring ${byteWords(record.databaseBytes)} into ${where}`, 0);
	const restore = await runRestore({
		backup, conninfo, database, createRoles: own, ...(schemaOnly === undefined ? {} : {schemaOnly: {keepRowsOf: [schemaOnly.versionTable, ...schemaOnly.keepRowsOf]}}), ...(search === undefined ? {} : {search}), ...(signal === undefined ? {} : {signal}),
		onProgress: ({done, total, doneBytes, totalBytes}) => onProgress?.(`restoring the backup: ${done} of ${total} tables`, totalBytes > 0 ? doneBytes / totalBytes : undefined),
	});
	return {restore, fit};
}

async function refuseWithoutSpace(folder: string, {schemaOnly}: ScratchOptions, record: SnapshotRecord): Promise<string> {
	if (schemaOnly) return `where: ${folder}, removed afterwards; of the schema only`;
	const {bavail, bsize} = await statfs(folder);
	// The copy, once more for what a migration rewrites by halves, and a gigabyte of WAL.
	const needed = record.databaseBytes * 1.5 + 1e9;
	if (bavail * bsize < needed) throw new Refusal(2, `A copy of ${record.identity.database} needs about ${byteWords(needed)} in ${path.dirname(folder)}, and ${byteWords(bavail * bsize)} are free; free some, set TMPDIR, or rehearse with --schema-only.`);
	return `${spaceLine(needed, bavail * bsize, folder)}, removed afterwards`;
}
