/** The safe way with the statement's own names in it, in SQL and as Alembic operations. */
import {quoteName} from './names.ts';
import type {TableName} from './names.ts';
import type {Fix} from './rule.ts';

/** Places that hold one bare identifier; the others are filled as they are. */
const identifiers = new Set(['column', 'to', 'index', 'unused']);

/** Fills in the places; one that nobody filled stays, as a place to fill in by hand. */
export function writeFix(fix: Fix, table: TableName | undefined, names: Record<string, string | undefined> = {}): string {
	const inSql = (text: string) => text.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
		const value = name === 'table' ? table?.text : names[name];
		return value === undefined ? place : identifiers.has(name) ? quoteName(value) : value;
	});
	if (fix.alembic === '') return inSql(fix.sql);
	const alembic = fix.alembic.split('\n').map(line => inSql(inPython(line, table, names))).join('\n');
	return `${inSql(fix.sql)}\nAlembic: ${alembic}`;
}

/** In a Python string a name stands without SQL's quotes, and its schema is an argument of the operation. */
function inPython(line: string, table: TableName | undefined, names: Record<string, string | undefined>): string {
	const schema = table && table.text.includes('.') && table.text !== quoteName(table.name) ? table.schema : undefined;
	const withSchema = schema !== undefined && line.includes('"{table}"') ? addArgument(line, schema) : line;
	return withSchema.replaceAll(/"\{(\w+)\}"/g, (place, name: string) => {
		const value = name === 'table' ? table?.name : names[name];
		return value === undefined ? place : JSON.stringify(value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
	});
}

function addArgument(line: string, schema: string): string {
	const call = /\bop\.(\w+)\(/.exec(line);
	if (!call) return line;
	const keyword = call[1] === 'create_foreign_key' ? 'source_schema' : 'schema';
	let depth = 1;
	let at = call.index + call[0].length;
	for (; at < line.length && depth > 0; at++) depth += line[at] === '(' ? 1 : line[at] === ')' ? -1 : 0;
	return depth > 0 ? line : `${line.slice(0, at - 1)}, ${keyword}=${JSON.stringify(schema)}${line.slice(at - 1)}`;
}
