/** What the rows of the tables are, as counts and hashes, so that what a migration and its way back do to them can be told. */
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {Session} from '../postgres/session.ts';

export interface TableData {
	rows: number;
	/** The contents of every so-manieth row are hashed, chosen by key; 1: of all; null: of none. */
	every: number | null;
	/** It has a primary key, so that a row's values are compared as a row. */
	keyed: boolean;
	/** Column → values that are not null, and the sum of its values' hashes, each taken together with the row's key; null: not hashed. */
	columns: Map<string, {filled: number; hash: string | null}>;
}

/** `schema.table` → its data. */
export type DataSnapshot = Map<string, TableData>;

export interface DataOptions {
	/** Of larger tables only so many rows are hashed as this many bytes hold; without a key to choose them by, none. */
	hashLimitBytes: number;
	/** Hashed whatever their size: `table` or `schema.table`. */
	always: readonly string[];
	/** Left out: Alembic's version table. */
	except: string;
	/** An earlier look, whose choice of rows this one keeps to. */
	like?: DataSnapshot;
}

interface TableRow {
	name: string;
	label: string;
	table: string;
	bytes: string;
	columns: string[];
	key: string[];
}

/** Reads every ordinary table of the copy once. Rows are told apart by primary key; without one only the columns' contents count, not which belong together. */
export async function queryData(session: Session, {hashLimitBytes, always, except, like}: DataOptions): Promise<DataSnapshot> {
	const tables = await session.query<TableRow>(tableQuery);
	const snapshot: DataSnapshot = new Map();
	for (const {name, label, table, bytes, columns, key} of tables.filter(one => one.table !== except)) {
		const whole = Number(bytes) <= hashLimitBytes || always.includes(table) || always.includes(label);
		const earlier = like?.get(label);
		const every = earlier !== undefined && earlier.keyed === key.length > 0 ? earlier.every : whole ? 1 : key.length === 0 ? null : Math.ceil(Number(bytes) / hashLimitBytes);
		const rowKey = key.length === 0 ? `''` : `concat_ws(',', ${key.map(column => `${quoteName(column)}::text`).join(', ')})`;
		const chosen = every === null || every === 1 ? '' : ` FILTER (WHERE hashtextextended(${rowKey}, 1) % ${every} = 0)`;
		const parts = columns.flatMap((column, index) => [
			`count(${quoteName(column)}) AS f${index}`,
			every === null ? `NULL AS h${index}` : `sum(hashtextextended(${rowKey} || ':' || coalesce(${quoteName(column)}::text, ''), 0)::numeric)${chosen}::text AS h${index}`,
		]);
		const [row] = await session.query<Record<string, string | null>>(`SELECT count(*) AS rows${parts.map(part => `, ${part}`).join('')} FROM ONLY ${name}`);
		snapshot.set(label, {
			rows: Number(row!['rows']), every, keyed: key.length > 0,
			columns: new Map(columns.map((column, index) => [column, {filled: Number(row![`f${index}`]), hash: every === null ? null : row![`h${index}`] ?? 'empty'}])),
		});
	}
	return snapshot;
}

export interface DataComparison {
	before: DataSnapshot;
	/** After the upgrade: its new columns' values are what a downgrade loses. */
	between: DataSnapshot;
	/** After the downgrade. */
	after: DataSnapshot;
	/** Tables that the migration worked on; the others are told only when something happened to them, or was not compared. */
	touched: ReadonlySet<string>;
	hashLimitBytes: number;
}

/** Compares the data before the upgrade with that after the way back, and names what only existed in between. */
export function compareData({before, between, after, touched, hashLimitBytes}: DataComparison): Rehearsal['data'] {
	const tables = [...new Set([...before.keys(), ...between.keys(), ...after.keys()])].sort();
	return tables.flatMap(table => {
		const [was, mid, is] = [before.get(table), between.get(table), after.get(table)];
		const equal = was === undefined ? is === undefined : is !== undefined && sameData(was, is);
		const loses = [...lostOnTheWay(was, is), ...lostByDowngrade(was, mid, is)];
		const unseen = equal && is !== undefined && is.rows > 0 ? unseenOf(is, hashLimitBytes) : [];
		// Tables that nothing happened to would only fill the screen.
		const untouched = equal && loses.length === 0 && (was === undefined || mid !== undefined && sameData(was, mid));
		if (untouched && !(touched.has(table) && was !== undefined) && !(is !== undefined && is.rows > 0 && is.every !== 1)) return [];
		return [{
			table, before: describe(was), after: describe(is), equal, ...(loses.length === 0 ? {} : {loses: loses.join(', ')}),
			...(unseen.length === 0 ? {} : {notCompared: unseen.join('; ')}),
		}];
	});
}

function unseenOf({every, keyed}: TableData, hashLimitBytes: number): string[] {
	const large = `it is larger than ${Math.round(hashLimitBytes / 1024 / 1024)} MB; name it in rehearsal.tables to compare all of it`;
	return [
		...(every === null ? [`its contents, only their number: ${large}`] : every > 1 ? [`the contents of all but one in ${every} rows: ${large}`] : []),
		...(keyed ? [] : ['which values belong to one row, since it has no primary key']),
	];
}

function sameData(one: TableData, other: TableData): boolean {
	return one.rows === other.rows && one.columns.size === other.columns.size
		&& [...one.columns].every(([column, {filled, hash}]) => other.columns.get(column)?.filled === filled && other.columns.get(column)?.hash === hash);
}

function lostOnTheWay(was: TableData | undefined, is: TableData | undefined): string[] {
	if (was === undefined) return [];
	if (is === undefined) return [`the table with ${was.rows} rows`];
	const rows = is.rows < was.rows ? [`${was.rows - is.rows} rows`] : [];
	const values = [...was.columns].flatMap(([column, {filled, hash}]) => {
		const now = is.columns.get(column);
		if (now === undefined) return [`the column ${column}`];
		if (now.filled < filled && is.rows >= was.rows) return [`${(filled - now.filled).toLocaleString('en-US')} values of ${column}`];
		return now.hash !== hash && is.rows === was.rows ? [`the old values of ${column} (changed)`] : [];
	});
	return [...rows, ...values];
}

function lostByDowngrade(was: TableData | undefined, mid: TableData | undefined, is: TableData | undefined): string[] {
	if (mid === undefined) return [];
	if (was === undefined) return is === undefined && mid.rows > 0 ? [`${mid.rows} rows of the new table`] : [];
	return [...mid.columns].flatMap(([column, {filled}]) => filled > 0 && !was.columns.has(column) && !is?.columns.has(column) ? [`${filled.toLocaleString('en-US')} values of the new column ${column}`] : []);
}

function describe(data: TableData | undefined): string {
	if (data === undefined) return 'not there';
	return `${data.rows} rows${data.every === null ? ', counted only' : data.every > 1 ? `, one in ${data.every} compared` : ''}`;
}

/** Generated columns follow from the others; a text key stands for one column each. */
const tableQuery = `SELECT format('%I.%I', n.nspname, c.relname) AS name, n.nspname || '.' || c.relname AS label, c.relname::text AS "table", pg_table_size(c.oid)::text AS bytes,
	ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attname) AS columns,
	ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attname) AS key
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e') ORDER BY 2`;

function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
