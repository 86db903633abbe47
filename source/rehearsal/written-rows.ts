/** Tries what a downgrade makes of rows that are written after the upgrade: a copy of a row under a new key, in each touched table. */
import type {Rehearsal} from '../journal/shapes/rehearsal.ts';
import type {Session} from '../postgres/session.ts';

export interface WrittenRow {
	/** `schema.table`. */
	table: string;
	name: string;
	key: {column: string; value: string};
	/** Column → text, without nulls, as it was written. */
	values: Record<string, string>;
}

export interface WrittenRows {
	rows: WrittenRow[];
	/** `schema.table` → why it was not tried. */
	notTried: Map<string, string>;
}

const timeoutMs = 10_000;

/** Writes one row into each of the tables; one that can't take it is left as it is. */
export async function writeRows(session: Session, tables: readonly string[]): Promise<WrittenRows> {
	const written: WrittenRows = {rows: [], notTried: new Map()};
	const found = await session.query<TableFacts>(tableQuery, [[...tables]]);
	for (const facts of found) {
		const row = await writeOne(session, facts);
		if (typeof row === 'string') written.notTried.set(facts.table, row);
		else written.rows.push(row);
	}
	return written;
}

export type Fate = NonNullable<Rehearsal['data'][number]['fate']>;

/** After the downgrade: `schema.table` → what became of its row, which is then taken away: an application that writes there next would meet its key. */
export async function readRows(session: Session, {rows}: WrittenRows): Promise<Map<string, {fate: Fate; words: string}>> {
	const told = new Map<string, {fate: Fate; words: string}>();
	for (const row of rows) {
		const [now] = await session.query<{values: Record<string, string> | null}>(`SELECT ${valuesOf('t')} AS values FROM ONLY ${row.name} t WHERE t.${quoteName(row.key.column)}::text = $1`, [row.key.value]);
		await session.query(`DELETE FROM ONLY ${row.name} t WHERE t.${quoteName(row.key.column)}::text = $1`, [row.key.value]).catch(() => undefined);
		told.set(row.table, now?.values ? describe(row.values, now.values) : {fate: 'gone', words: 'it is gone'});
	}
	return told;
}

function describe(was: Record<string, string>, is: Record<string, string>): {fate: Fate; words: string} {
	const columns = Object.keys(was);
	const without = columns.filter(column => is[column] === undefined);
	const changed = columns.filter(column => is[column] !== undefined && is[column] !== was[column]);
	const parts = [...(without.length > 0 ? [`without its ${without.join(', ')}`] : []), ...(changed.length > 0 ? [`with another ${changed.join(', ')}`] : [])];
	return parts.length === 0 ? {fate: 'stays', words: 'it stays as it was written'} : {fate: 'changed', words: `it stays, ${parts.join(' and ')}`};
}

interface Column {
	column: string;
	type: string;
	/** Of a varchar(n). */
	length: number | null;
	/** In a unique index that the primary key is no part of. */
	unique: boolean;
}

interface TableFacts {
	table: string;
	name: string;
	/** Without the generated ones. */
	columns: Column[];
	/** Of the primary key. */
	key: string[];
}

/** SQL of a value that is not in the column yet; null where none surely fits its type. */
function newValue({name}: TableFacts, {column, type, length}: Column): string | null {
	if (/^(?:smallint|integer|bigint)$/.test(type)) return `(SELECT max(${quoteName(column)}) + 1 FROM ONLY ${name})`;
	if (type === 'uuid') return 'md5(random()::text || clock_timestamp()::text)::uuid';
	if (type === 'text' || type === 'character varying') return length === null ? `'holdpoint-' || md5(random()::text)` : `left(md5(random()::text), ${length})`;
	return null;
}

/** The row with the most values, so that what the upgrade added is among them. A text says why not. */
async function writeOne(session: Session, facts: TableFacts): Promise<WrittenRow | string> {
	const {table, name, columns, key} = facts;
	const [column] = key;
	if (column === undefined) return 'it has no primary key';
	if (key.length > 1) return 'its primary key has several columns';
	const own = columns.find(each => each.column === column);
	if (own === undefined || newValue(facts, own) === null) return `its key ${column} is of type ${own?.type ?? 'a generated column'}`;
	const names = columns.map(each => quoteName(each.column));
	const values = columns.map((each, index) => (each === own || each.unique ? newValue(facts, each) : null) ?? `o.${names[index]}`);
	const filled = names.map(each => `(t.${each} IS NOT NULL)::int`).join(' + ');
	try {
		const results = await session.multi(`BEGIN; SET LOCAL statement_timeout = ${timeoutMs}; SET LOCAL lock_timeout = ${timeoutMs};
			INSERT INTO ${name} AS t (${names.join(', ')}) OVERRIDING SYSTEM VALUE SELECT ${values.join(', ')}
			FROM (SELECT * FROM ONLY ${name} t ORDER BY ${filled} DESC LIMIT 1) o RETURNING t.${quoteName(column)}::text AS key, ${valuesOf('t')} AS values; COMMIT`);
		const row = results.flat()[0] as {key: string; values: Record<string, string>} | undefined;
		// What is generated follows from the rest and is nobody's loss.
		const kept = new Set(columns.map(each => each.column));
		return row ? {table, name, key: {column, value: row.key}, values: Object.fromEntries(Object.entries(row.values).filter(([each]) => kept.has(each)))} : 'it has no row to copy';
	} catch (error) {
		await session.query('ROLLBACK').catch(() => undefined);
		if ((error as {code?: string}).code === undefined) throw error;
		return `a copy of one of its rows under a new key is refused: ${(error as Error).message}`;
	}
}

function valuesOf(alias: string): string {
	return `(SELECT jsonb_object_agg(key, value) FROM jsonb_each_text(to_jsonb(${alias})) WHERE value IS NOT NULL)`;
}

const tableQuery = `SELECT n.nspname || '.' || c.relname AS "table", format('%I.%I', n.nspname, c.relname) AS name,
	coalesce((SELECT json_agg(json_build_object('column', a.attname, 'type', format_type(a.atttypid, NULL), 'length', CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 END,
		'unique', EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey)
			AND NOT EXISTS (SELECT FROM pg_index p WHERE p.indrelid = c.oid AND p.indisprimary AND p.indkey::int2[] && i.indkey::int2[]))) ORDER BY a.attnum)
		FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''), '[]') AS columns,
	ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary) AS key
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname || '.' || c.relname = ANY ($1) ORDER BY 1`;

function quoteName(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
