/** Restores a backup into a fresh database, timed, and compares its rows with those counted in the dump's own snapshot. */
import {readFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {compareCatalogs, queryCatalog, type Catalog} from './catalog.ts';
import {withClientEnvironment} from './client-environment.ts';
import {runClient} from './client-program.ts';
import {describeHost} from './connect-error.ts';
import type {Conninfo} from './conninfo.ts';
import {verifyBackup} from './dump-files.ts';
import {parseFailure, ProgressReader, type TableProgress} from './dump-output.ts';
import {snapshotPath} from './dump-place.ts';
import type {RoleRecord, SnapshotRecord} from './dump-snapshot.ts';
import {findRestoreTool, type ProgramSearch} from './programs.ts';
import {connect, type Session} from './session.ts';

const restoreApplication = 'holdpoint-restore';

export interface RestoreOptions {
	backup: Backup;
	/** A role that may create databases, connected to any database of the server to restore onto. */
	conninfo: Conninfo;
	/** Made here, refused when it exists: nothing of anyone's is overwritten. */
	database: string;
	jobs?: number | null;
	/** Make the roles that own things or hold grants, without passwords: on a private server only. */
	createRoles?: boolean;
	/** Only the schema, and the rows of these tables (`table` or `schema.table`); where rows that they refer to are left out, foreign keys are not looked at. */
	schemaOnly?: {keepRowsOf: readonly string[]};
	search?: ProgramSearch;
	onProgress?: (progress: TableProgress) => void;
	signal?: AbortSignal;
}

export type RestoreResult = NonNullable<Backup['verified']['restore']>;

/**
 * Creates the database, runs pg_restore (stopping at the first error), ANALYZE, and compares rows and schema. A database that could not be filled is dropped again.
 * @throws Refusal 2 when it can't be begun, 4 when the restore failed or was cancelled
 */
export async function runRestore(options: RestoreOptions): Promise<RestoreResult> {
	const {backup, database} = options;
	if (backup.format === 'external') throw new Refusal(2, `The backup ${backup.path} was taken by another tool; holdpoint can't restore it.`);
	const record = await readSnapshotRecord(backup);
	const [damage] = await verifyBackup(backup);
	if (damage !== undefined) throw new Refusal(4, `The backup is not restored, since it is not as it was taken: ${damage} Take a new one with \`holdpoint backup\`.`);
	const server = await connect(options.conninfo, {application: restoreApplication});
	try {
		const tool = await findRestoreTool({server: Math.floor(server.versionNumber / 10_000), archive: record.program ?? 0}, options.search);
		if (options.createRoles) await createRoles(server, record.roles);
		const started = performance.now();
		await createDatabase(server, database, record);
		try {
			if (options.createRoles) await applyDatabase(server, database, record.database);
			await runPgRestore({options, record, program: tool.path, server});
			const seconds = (performance.now() - started) / 1000;
			const copy = await connect({...options.conninfo, hosts: [server.host], database}, {application: restoreApplication});
			try {
				await copy.query('ANALYZE');
				const compared = await compareCounts(copy, record, options.schemaOnly?.keepRowsOf);
				return {database, seconds, ...compared, differences: [...compared.differences, ...await compareSchema(copy, record)]};
			} finally {
				await copy.close();
			}
		} catch (error) {
			await server.query(`DROP DATABASE IF EXISTS ${quoteName(database)}`).catch(() => undefined);
			throw error;
		}
	} finally {
		await server.close();
	}
}

/** @throws Refusal 2 when it is missing or damaged */
export async function readSnapshotRecord(backup: Backup): Promise<SnapshotRecord> {
	try {
		const record = JSON.parse(await readFile(snapshotPath(backup.path), 'utf8')) as SnapshotRecord;
		if (record.format === 1) return record;
	} catch {
		// Said below.
	}
	throw new Refusal(2, `The record beside the backup, ${snapshotPath(backup.path)}, is missing or damaged, so a restore has nothing to be compared with; take a new backup.`);
}

/** Roles are the cluster's, not the database's, and not in the dump; without them owners and grants fail. */
async function createRoles(server: Session, roles: readonly RoleRecord[]): Promise<void> {
	const existing = new Set((await server.query<{name: string}>('SELECT rolname::text AS name FROM pg_roles')).map(row => row.name));
	for (const role of roles.filter(one => !existing.has(one.name))) {
		await server.query(`CREATE ROLE ${quoteName(role.name)} ${role.attributes.filter(word => /^[A-Z]+$/.test(word)).join(' ')}`);
		existing.add(role.name);
	}
	for (const role of roles) {
		for (const group of role.memberOf.filter(name => existing.has(name))) await server.query(`GRANT ${quoteName(group)} TO ${quoteName(role.name)}`).catch(() => undefined);
	}
}

/** So that a migration finds the rights and the search_path that it has on the original; what this server can't take is left out. */
async function applyDatabase(server: Session, database: string, {owner, grants, settings}: SnapshotRecord['database']): Promise<void> {
	const role = (name: string): string => name === 'public' ? 'public' : quoteName(name);
	const statements = [
		`ALTER DATABASE ${quoteName(database)} OWNER TO ${quoteName(owner)}`,
		...grants.filter(grant => /^[A-Z]+$/.test(grant.privilege)).map(grant => `GRANT ${grant.privilege} ON DATABASE ${quoteName(database)} TO ${role(grant.role)}`),
		...settings.map(({role: name, setting}) => {
			const [, key = '', value = ''] = /^([\w.]+)=(.*)$/s.exec(setting) ?? [];
			// Lists of names are kept quoted already, all else is one text.
			const text = ['search_path', 'temp_tablespaces'].includes(key) ? value : quoteText(value);
			return `ALTER ${name === null ? `DATABASE ${quoteName(database)}` : `ROLE ${quoteName(name)} IN DATABASE ${quoteName(database)}`} SET ${key} TO ${text || '\'\''}`;
		}),
	];
	for (const statement of statements) await server.query(statement).catch(() => undefined);
}

async function createDatabase(server: Session, database: string, record: SnapshotRecord): Promise<void> {
	const {encoding, collate, ctype} = record.collation;
	const create = (lcCollate: string, lcCtype: string): string =>
		`CREATE DATABASE ${quoteName(database)} TEMPLATE template0 ENCODING ${quoteText(encoding)} LC_COLLATE ${quoteText(lcCollate)} LC_CTYPE ${quoteText(lcCtype)}`;
	try {
		await server.query(create(collate, ctype));
	} catch (error) {
		const {code, message} = error as {code?: string; message: string};
		if (code === '42P04') throw new Refusal(2, `The database ${database} exists already on ${describeHost(server.host)}; a restore never overwrites one.`);
		// This machine lacks the locale: order of texts may differ from the original's, all else is the same.
		if (code !== '22023' && code !== '42809') throw new Refusal(2, `The database ${database} can't be created on ${describeHost(server.host)}: ${message}.`);
		await server.query(create('C', 'C'));
	}
}

async function runPgRestore({options, record, program, server}: {options: RestoreOptions; record: SnapshotRecord; program: string; server: Session}): Promise<void> {
	const {backup, conninfo, database, schemaOnly} = options;
	const jobs = Math.max(1, options.jobs ?? Math.min(os.availableParallelism(), 8));
	const reader = new ProgressReader(record.tables, jobs > 1);
	const base = ['--exit-on-error', '--no-password', '--verbose', '--no-tablespaces', '--no-subscriptions', `--dbname=${database}`];
	const [{superuser: mayDisable} = {superuser: false}] = schemaOnly === undefined ? [] : await server.query<{superuser: boolean}>('SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user');
	const runs = schemaOnly === undefined
		? [[...base, `--jobs=${jobs}`]]
		: [[...base, '--schema-only', `--jobs=${jobs}`], ...keptTables(record, schemaOnly.keepRowsOf).map(({schema, table}) => [...base, '--data-only', `--schema=${schema}`, `--table=${table}`, ...(mayDisable ? ['--disable-triggers'] : [])])];
	await withClientEnvironment({conninfo, host: server.host, database, application: restoreApplication}, async environment => {
		for (const argv of runs) {
			const end = await runClient({
				program, environment, arguments: [...argv, backup.path], signal: options.signal,
				onLine(line) {
					const progress = reader.read(line);
					if (progress) options.onProgress?.(progress);
				},
			});
			if (options.signal?.aborted) throw new Refusal(4, `The restore of ${path.basename(backup.path)} was cancelled.`);
			if (end.exitCode !== 0) throw new Refusal(4, `The restore of ${path.basename(backup.path)} failed: ${parseFailure(end)}.`);
		}
	});
}

/** Those of the record's tables that are named, as `table` or `schema.table` without quotes; `name` is quoted where it needs to be. */
export function keptTables({tables}: Pick<SnapshotRecord, 'tables'>, wanted: readonly string[]): {name: string; schema: string; table: string}[] {
	return tables.flatMap(({table: name}) => {
		const [schema, table] = [...name.matchAll(/"((?:[^"]|"")+)"|([^".]+)/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare!);
		return wanted.includes(table!) || wanted.includes(`${schema}.${table}`) ? [{name, schema: schema!, table: table!}] : [];
	});
}

/** With a list of tables kept, only those can be compared. */
async function compareCounts(copy: Session, record: SnapshotRecord, keptRows?: readonly string[]): Promise<Omit<RestoreResult, 'database' | 'seconds'>> {
	const names = keptRows && new Set(keptTables(record, keptRows).map(each => each.name));
	const differences: string[] = [];
	let rowsCompared = 0;
	let tables = 0;
	let uncounted = 0;
	for (const {table, rows} of record.tables) {
		const kept = names === undefined || names.has(table);
		try {
			if (rows === null || !kept) {
				await copy.query(`SELECT FROM ONLY ${table} LIMIT 0`);
				uncounted++;
			} else {
				const [row] = await copy.query<{rows: string}>(`SELECT count(*) AS rows FROM ONLY ${table}`);
				rowsCompared += rows;
				if (Number(row!.rows) !== rows) differences.push(`${table} has ${row!.rows} rows after the restore, and had ${rows} in the dump's snapshot`);
			}
			tables++;
		} catch (error) {
			if ((error as {code?: string}).code === undefined) throw error;
			differences.push(`${table} can't be read after the restore: ${(error as Error).message}`);
		}
	}
	return {tables, rowsCompared, ...(uncounted > 0 && {uncounted}), differences};
}

/** A damaged table of contents may restore without an error, with another name or default. Definitions are worded alike only by the same major version. */
async function compareSchema(copy: Session, {schema, identity}: SnapshotRecord): Promise<string[]> {
	if (!schema || Math.floor(identity.versionNumber / 10_000) !== Math.floor(copy.versionNumber / 10_000)) return [];
	// The copy has no tablespaces.
	const plain = (catalog: Catalog): Catalog => new Map([...catalog].map(([object, definition]) => [object, definition.replace(/ tablespace \S+/, '')]));
	const words = {missing: 'is missing after the restore', extra: 'is there after the restore, and was not when the dump was taken', changed: 'is another one after the restore'};
	return compareCatalogs(plain(new Map(Object.entries(schema))), plain(await queryCatalog(copy))).map(({object, kind}) => `${object} ${words[kind]}`);
}

function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
	return `'${text.replaceAll('\'', '\'\'')}'`;
}
