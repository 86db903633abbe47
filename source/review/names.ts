/** Names as they compare: folded, with their schema, whatever way they were written. */
import type {Node, RangeVar} from 'libpg-query';

export interface TableName {
	/** Schema and name, for comparing. */
	key: string;
	/** As a person writes it: without the schema where none was given. */
	text: string;
	schema: string;
	name: string;
	/** Byte offset in the statement. */
	at?: number;
	temporary?: boolean;
	/** Written without a schema. */
	bare?: boolean;
}

/** A table reference; a bare name is in the first schema of the search path. */
export function tableName(range: RangeVar | undefined, searchPath: string): TableName {
	const name = range?.relname ?? '';
	return {...nameOf(range?.schemaname, name, searchPath), at: range?.location ?? 0, temporary: range?.relpersistence === 't'};
}

/** A name given as a list of strings, as DROP has it. */
export function objectName(parts: string[], searchPath: string): TableName {
	return nameOf(parts.at(-2), parts.at(-1) ?? '', searchPath);
}

function nameOf(schema: string | undefined, name: string, searchPath: string): TableName {
	const text = schema === undefined ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`;
	return {key: `${schema ?? searchPath}.${name}`, text, schema: schema ?? searchPath, name, ...(schema === undefined && {bare: true})};
}

/** Quotes what would not read back as the same name without quotes. */
export function quoteName(name: string): string {
	return /^[a-z_\u0080-\uFFFF][a-z0-9_$\u0080-\uFFFF]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The strings of a list of String nodes, such as the columns of a key. */
export function strings(nodes: Node[] | undefined): string[] {
	return (nodes ?? []).flatMap(node => {
		if ('String' in node) return [node.String.sval ?? ''];
		if ('List' in node) return [strings(node.List.items).join('.')];
		return [];
	});
}
