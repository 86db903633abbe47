/** What is known of the target besides the SQL; plain data, every part optional. */
import {byteWords} from '../journal/byte-words.ts';
import type {MeasuredStatements} from './measured.ts';
import type {TableName} from './names.ts';

export interface KnownColumn {
	name: string;
	/** As format_type() writes it, such as `character varying(20)`. */
	type?: string;
	notNull?: boolean;
}

export interface KnownTable {
	schema: string;
	name: string;
	/** pg_class.reltuples; null where it was never counted (-1). */
	rows: number | null;
	/** pg_total_relation_size; null when unknown. */
	bytes: number | null;
	/** What a scan reads: without TOAST and indexes. */
	heapBytes?: number;
	columns?: KnownColumn[];
	/** Definitions as pg_get_indexdef() writes them. */
	indexes?: {name: string; columns: string[]; unique: boolean; partial?: boolean; expression?: boolean; definition?: string}[];
	constraints?: {name: string; kind: 'check' | 'foreign-key' | 'unique' | 'primary-key' | 'exclude' | 'not-null'; columns: string[]; validated: boolean; definition?: string}[];
	partitioned?: boolean;
	/** Views, rules, policies, triggers and generated columns that read columns of it; a view outside of public with its schema. */
	usedBy?: {kind: string; name: string; columns: string[]}[];
	/** Those fired for each row. */
	triggers?: string[];
	/** Publications that it is in, those FOR ALL TABLES included. */
	publications?: string[];
}

export interface Knowledge {
	/** Major version. */
	pgVersion?: number;
	/** Such as 3 of 14.3. */
	pgMinor?: number;
	/** All tables of the database that the SQL can mean, so that one not listed does not exist there yet. */
	tables?: KnownTable[];
	/** Where bare names are looked for, as the migration's session has it. */
	searchPath?: string[];
	/** From how many rows a table is large. */
	largeTableRows?: number;
	/** A lock_timeout or statement_timeout that the session has before the first statement, in milliseconds. */
	lockTimeoutMs?: number;
	statementTimeoutMs?: number;
	/** Of the session; a change of timestamp to timestamptz is free in UTC only. */
	timeZone?: string;
	/** Table that Alembic keeps its revision in. */
	versionTable?: string;
	/** Domains of the database, and whether they have a CHECK or NOT NULL. */
	domains?: {schema: string; name: string; constrained: boolean}[];
	/** Functions of its schemas. */
	functions?: {schema: string; name: string; volatility: 'immutable' | 'stable' | 'volatile'}[];
	/** Transactions that were open when the database was asked. `tables`: those they hold locks on, where known. */
	longTransactions?: {seconds: number; user?: string; tables?: string[]}[];
	/** What this server was measured to read of a table in a second. */
	scanBytesPerSecond?: number;
	/** What a rehearsal of the same SQL measured; `indexMeasured` writes it. */
	measured?: MeasuredStatements;
}

/** Below so many rows a scan or a rewrite takes milliseconds: 200,000 rows took 11 to 600 ms on PostgreSQL 15. */
export const smallTableRows = 10_000;
/** Unless they are so wide that even a common disk reads them for half a second. */
export const smallTableBytes = 64 * 1024 ** 2;

/** The known table of a name; `undefined` also when nothing is known at all. A bare name is looked for along the search path, as PostgreSQL does. */
export function findTable(knowledge: Knowledge | undefined, table: TableName): KnownTable | undefined {
	const tables = indexTables(knowledge?.tables);
	const found = tables.get(table.key);
	if (found || !table.bare) return found;
	const schema = knowledge?.searchPath?.find(each => tables.has(`${each}.${table.name}`));
	return schema === undefined ? undefined : tables.get(`${schema}.${table.name}`);
}

const indexed = new WeakMap<KnownTable[], Map<string, KnownTable>>();

function indexTables(tables: KnownTable[] | undefined): Map<string, KnownTable> {
	if (!tables) return new Map();
	let index = indexed.get(tables);
	if (!index) {
		index = new Map(tables.map(table => [`${table.schema}.${table.name}`, table]));
		indexed.set(tables, index);
	}
	return index;
}

/** Such as `about 2,400,000 rows, 1.2 GB`. */
export function describeSize(table: KnownTable): string | undefined {
	if (table.rows === null) return undefined;
	const rows = `about ${Math.round(table.rows).toLocaleString('en-US')} ${table.rows === 1 ? 'row' : 'rows'}`;
	return table.bytes === null ? rows : `${rows}, ${byteWords(table.bytes)}`;
}
