/** The instant that a dump shows: its exported snapshot, its WAL position, and what was counted in it. */
import {queryCatalog} from './catalog.ts';
import {type Identity, queryIdentity} from './identity.ts';
import type {Session} from './session.ts';

export interface TableCount {
	/** `schema.table`, quoted where it needs to be. */
	table: string;
	/** Exact, of the same instant as the dump; null: too large to count beside it. */
	rows: number | null;
	dataBytes: number;
}

export interface Counted {
	/** Largest first. */
	tables: TableCount[];
	/** That one session was at it. */
	seconds: number;
}

/** Kept as JSON beside the dump, and compared after a restore. */
export interface SnapshotRecord {
	format: 1;
	at: string;
	identity: Identity;
	/** Major version of the pg_dump that wrote it. Absent in older records. */
	program?: number;
	lsn: string | null;
	databaseBytes: number;
	collation: {encoding: string; collate: string; ctype: string};
	tables: TableCount[];
	/** Object to definition, as catalog.ts reads them; null where it changed while the dump was taken or could not be read. Absent in older records. */
	schema?: Record<string, string> | null;
	/** Every role that owns or may do something here, so that a copy can be restored with its owners and grants. Without passwords. */
	roles: RoleRecord[];
	/** What pg_dump leaves out and a migration may lean on: owner, grants and settings of the database itself. */
	database: DatabaseRecord;
}

export interface DatabaseRecord {
	owner: string;
	grants: {role: string; privilege: string}[];
	/** `name=value` as ALTER DATABASE or ALTER ROLE … SET keeps it; role null: of everyone. */
	settings: {role: string | null; setting: string}[];
}

export interface RoleRecord {
	name: string;
	attributes: string[];
	memberOf: string[];
}

export interface DumpSnapshot {
	/** For `pg_dump --snapshot`. */
	id: string;
	record: Omit<SnapshotRecord, 'tables' | 'schema'>;
	/** Largest first, not yet counted. */
	tables: (TableCount & {estimate: number})[];
}

/** Opens the transaction; it must stay open until every pg_dump worker has taken the snapshot over. */
export async function beginSnapshot(session: Session): Promise<DumpSnapshot> {
	const identity = await queryIdentity(session);
	// Before the snapshot: what is committed between the two counts as lost by a restore, never as saved.
	const lsn = await queryLsn(session);
	await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
	const [snapshot] = await session.query<{id: string}>('SELECT pg_export_snapshot() AS id');
	const [base] = await session.query<{bytes: string; encoding: string; collate: string; ctype: string}>(
		`SELECT pg_database_size(oid)::text AS bytes, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype FROM pg_database WHERE datname = current_database()`,
	);
	const [database] = await session.query<DatabaseRecord>(databaseQuery);
	const tables = await session.query<{table: string; dataBytes: string; estimate: number}>(tableQuery);
	const roles = await session.query<RoleRecord>(roleQuery);
	const {encoding, collate, ctype} = base!;
	return {
		id: snapshot!.id,
		record: {format: 1, at: new Date().toISOString(), identity, lsn, databaseBytes: Number(base!.bytes), collation: {encoding, collate, ctype}, roles, database: database!},
		tables: tables.map(row => ({table: row.table, rows: null, dataBytes: Number(row.dataBytes), estimate: row.estimate})),
	};
}

/** Every object's definition, outside of a transaction; null when it can't be read now, which a backup does not fail for. */
export async function readSchema(session: Session): Promise<Record<string, string> | null> {
	try {
		return Object.fromEntries(await queryCatalog(session));
	} catch (error) {
		if ((error as {code?: string}).code === undefined) throw error;
		return null;
	}
}

/**
 * Counts tables in the open snapshot, one after another, when pg_dump comes to them: so the disk is read once for both, at the pace of the dump,
 * and by one backend, whatever the server would lend.
 */
export class RowCounts {
	readonly #session: Session;
	readonly #tables: DumpSnapshot['tables'];
	readonly #signal: AbortSignal;
	readonly #left: Set<string>;
	readonly #counted = new Map<string, number>();
	#queue: Promise<void>;
	#waiting = 0;
	#seconds = 0;

	/** @param rowLimit tables estimated larger are not counted; null: none is too large */
	constructor(session: Session, {tables}: DumpSnapshot, {rowLimit, signal}: {rowLimit: number | null; signal: AbortSignal}) {
		this.#session = session;
		this.#tables = tables;
		this.#signal = signal;
		this.#left = new Set(tables.filter(one => rowLimit === null || one.estimate <= rowLimit).map(({table}) => table));
		this.#queue = session.query('SET LOCAL max_parallel_workers_per_gather = 0').then(() => undefined);
		this.#queue.catch(() => undefined);
	}

	/** Puts a table in the queue, unless it was before. */
	add(table: string): void {
		if (!this.#left.delete(table)) return;
		this.#waiting++;
		this.#queue = this.#queue.then(async () => this.#count(table));
		this.#queue.catch(() => undefined);
	}

	/** Some are not counted yet. */
	get busy(): boolean {
		return this.#waiting + this.#left.size > 0;
	}

	/** All that are not too large. @throws what a lost session throws */
	async all(): Promise<Counted> {
		for (const table of [...this.#left]) this.add(table);
		await this.#queue;
		return {tables: this.#tables.map(({table, dataBytes}) => ({table, dataBytes, rows: this.#counted.get(table) ?? null})), seconds: this.#seconds};
	}

	async #count(table: string): Promise<void> {
		if (this.#signal.aborted) return;
		const started = performance.now();
		// In a savepoint: a table that can't be counted now must not end the snapshot under pg_dump's hands.
		await this.#session.query('SAVEPOINT counting');
		try {
			const [row] = await this.#session.query<{rows: string}>(`SELECT count(*) AS rows FROM ONLY ${table}`);
			this.#counted.set(table, Number(row!.rows));
		} catch (error) {
			if ((error as {code?: string}).code === undefined) throw error;
		}
		await this.#session.query('ROLLBACK TO SAVEPOINT counting');
		this.#waiting--;
		this.#seconds += (performance.now() - started) / 1000;
	}
}

/** How much of a backup was counted, and how many tables were not, with the largest of them. Pure. */
export function summarizeCounts(tables: readonly TableCount[]): {tables: number; rows: number; uncounted: number; largest: string | null} {
	const counted = tables.flatMap(({rows}) => rows ?? []);
	return {tables: counted.length, rows: counted.reduce((sum, rows) => sum + rows, 0), uncounted: tables.length - counted.length, largest: tables.find(({rows}) => rows === null)?.table ?? null};
}

async function queryLsn(session: Session): Promise<string | null> {
	try {
		const [row] = await session.query<{lsn: string | null}>(`SELECT ${session.inRecovery ? 'pg_last_wal_replay_lsn()' : 'pg_current_wal_lsn()'}::text AS lsn`);
		return row!.lsn;
	} catch (error) {
		// A managed service may have revoked it.
		if ((error as {code?: string}).code === undefined) throw error;
		return null;
	}
}

/** Without an estimate the size stands in for it: a row takes at least 28 bytes of a page. */
const tableQuery = `SELECT format('%I.%I', n.nspname, c.relname) AS "table", pg_table_size(c.oid)::text AS "dataBytes",
	CASE WHEN c.reltuples > 0 THEN c.reltuples ELSE pg_relation_size(c.oid) / 28 END::float8 AS estimate
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
	ORDER BY pg_table_size(c.oid) DESC, 1`;

const databaseQuery = `SELECT pg_get_userbyid(d.datdba)::text AS owner,
	coalesce((SELECT json_agg(json_build_object('role', CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee)::text END, 'privilege', g.privilege_type)) FROM aclexplode(d.datacl) g), '[]') AS grants,
	coalesce((SELECT json_agg(json_build_object('role', CASE s.setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(s.setrole)::text END, 'setting', c)) FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setdatabase IN (0, d.oid)), '[]') AS settings
	FROM pg_database d WHERE d.datname = current_database()`;

/** Owners and grantees stand in pg_shdepend, except the bootstrap superuser (oid 10); the roles that they are members of come along. */
const roleQuery = `WITH RECURSIVE used AS (
	SELECT DISTINCT d.refobjid AS oid FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
	UNION SELECT m.roleid FROM used u JOIN pg_auth_members m ON m.member = u.oid
) SELECT r.rolname::text AS name, array_remove(ARRAY[CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END, CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END,
	CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL) AS attributes,
	ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid ORDER BY 1) AS "memberOf"
	FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (r.oid IN (SELECT oid FROM used) OR r.rolname = current_user OR r.oid = 10 OR r.oid = (SELECT datdba FROM pg_database WHERE datname = current_database())) ORDER BY 1`;
