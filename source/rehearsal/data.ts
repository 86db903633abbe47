/** What the rows of the tables are, as counts and hashes, so that what a migration and its way back do to them can be told. */
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {Session} from '../postgres/session.ts';

export interface TableData {
	rows: number;
	/** Column → values that are not null, and the sum of its values' hashes, each taken together with the row's key; null: too large to hash. */
	columns: Map<string, {filled: number; hash: string | null}>;
}

/** `schema.table` → its data. */
export type DataSnapshot = Map<string, TableData>;

export interface DataOptions {
	/** Tables larger than so many bytes are counted and not hashed. */
	hashLimitBytes: number;
	/** Hashed whatever their size: `table` or `schema.table`. */
	always: readonly string[];
	/** Left out: Alembic's version table. */
	except: string;
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
export async function queryData(session: Session, {hashLimitBytes, always, except}: DataOptions): Promise<DataSnapshot> {
	const tables = await session.query<TableRow>(tableQuery);
	const snapshot: DataSnapshot = new Map();
	for (const {name, label, table, bytes, columns, key} of tables.filter(one => one.table !== except)) {
		const hashed = Number(bytes) <= hashLimitBytes || always.includes(table) || always.includes(label);
		const rowKey = key.length === 0 ? `''` : `concat_ws(',', ${key.map(column => `${quoteName(column)}::text`).join(', ')})`;
		const parts = columns.flatMap((column, index) => [
			`count(${quoteName(column)}) AS f${index}`,
			hashed ? `sum(hashtextextended(${rowKey} || ':' || coalesce(${quoteName(column)}::text, ''), 0)::numeric)::text AS h${index}` : `NULL AS h${index}`,
		]);
		const [row] = await session.query<Record<string, string | null>>(`SELECT count(*) AS rows${parts.map(part => `, ${part}`).join('')} FROM ONLY ${name}`);
		snapshot.set(label, {
			rows: Number(row!['rows']),
			columns: new Map(columns.map((column, index) => [column, {filled: Number(row![`f${index}`]), hash: hashed ? row![`h${index}`] ?? 'empty' : null}])),
		});
	}
	return snapshot;
}

/**
 * Compares the data before the upgrade with that after the way back, and names what only existed in between.
 * @param between after the upgrade: its new columns' values are what a downgrade loses
 */
export function compareData(before: DataSnapshot, between: DataSnapshot, after: DataSnapshot): Rehearsal['data'] {
	const tables = [...new Set([...before.keys(), ...between.keys(), ...after.keys()])].sort();
	return tables.flatMap(table => {
		const [was, mid, is] = [before.get(table), between.get(table), after.get(table)];
		const equal = was === undefined ? is === undefined : is !== undefined && sameData(was, is);
		const loses = [...lostOnTheWay(was, is), ...lostByDowngrade(was, mid, is)];
		// Tables that nothing happened to would only fill the screen.
		if (equal && loses.length === 0 && (was === undefined || mid !== undefined && sameData(was, mid))) return [];
		return [{table, before: describe(was), after: describe(is), equal, ...(loses.length === 0 ? {} : {loses: loses.join(', ')})}];
	});
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
		if (now.filled < filled && is.rows >= was.rows) return [`${filled - now.filled} values of ${column}`];
		return now.hash !== hash && is.rows === was.rows ? [`the old values of ${column} (changed)`] : [];
	});
	return [...rows, ...values];
}

function lostByDowngrade(was: TableData | undefined, mid: TableData | undefined, is: TableData | undefined): string[] {
	if (mid === undefined) return [];
	if (was === undefined) return is === undefined && mid.rows > 0 ? [`${mid.rows} rows of the new table`] : [];
	return [...mid.columns].flatMap(([column, {filled}]) => filled > 0 && !was.columns.has(column) && !is?.columns.has(column) ? [`${filled} values of the new column ${column}`] : []);
}

function describe(data: TableData | undefined): string {
	if (data === undefined) return 'not there';
	const hashes = [...data.columns.values()].map(column => column.hash);
	return `${data.rows} rows${hashes.includes(null) ? ', counted only' : ''}`;
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
