/** Which operation of a migration's Python each statement of its SQL comes from; pure, and without the parser. */
import type {Argument, MigrationFacts, Operation, ReadableFacts} from '../alembic/facts.ts';
import {normaliseSql} from './measured.ts';
import {textOf} from './migration-rule.ts';
import {Splitter} from './split.ts';

export interface Origin {
	/** Of the migration. */
	file: string;
	line: number;
	endLine: number;
}

/** By where the statement begins in the SQL (UTF-16 offset). One that fits no operation comes from upgrade() as a whole. */
export type Origins = ReadonlyMap<number, Origin>;

/** `sql`: with Alembic's markers, as a plan keeps it. */
export function traceOrigins(sql: string, facts: readonly MigrationFacts[]): Origins {
	const readable = new Map(facts.flatMap(each => (each.problem === undefined && each.revision !== null ? [[each.revision, each] as const] : [])));
	const origins = new Map<number, Origin>();
	const splitter = new Splitter(sql);
	let own: ReadableFacts | undefined;
	let last = 0;
	for (let item = splitter.next(); item; item = splitter.next()) {
		if (item.kind === 'note') {
			const [, to] = /^-- Running upgrade\s+.*?->\s*([^\s,]+)/.exec(item.text) ?? [];
			if (to !== undefined) [own, last] = [readable.get(to), 0];
			continue;
		}
		if (!own) continue;
		const {file, upgrade} = own;
		const {text, start} = item;
		const fits = (operation: Operation) => isWrittenBy(text, operation);
		// Operations run in their order, but for those of a loop and of functions called twice.
		const after = upgrade.operations.findIndex((operation, index) => index >= last && fits(operation));
		const index = after >= 0 ? after : upgrade.operations.findIndex(fits);
		if (index >= 0) last = index;
		const found = upgrade.operations[index];
		if (found) origins.set(start, {file, line: found.line, endLine: found.endLine});
		else if (upgrade.line !== null) origins.set(start, {file, line: upgrade.line, endLine: upgrade.line});
	}
	return origins;
}

/** What Alembic writes for an operation begins like this; of those not named here only the arguments are compared. */
const writes: Record<string, RegExp> = {
	create_table: /^(?:CREATE TABLE|CREATE (?:UNIQUE )?INDEX|COMMENT ON|CREATE TYPE)\b/i, drop_table: /^DROP TABLE\b/i, rename_table: /^ALTER TABLE\b.*\bRENAME TO\b/is,
	add_column: /^(?:ALTER TABLE\b.*\bADD\b|CREATE (?:UNIQUE )?INDEX|COMMENT ON)/is, drop_column: /^ALTER TABLE\b.*\bDROP COLUMN\b/is, alter_column: /^(?:ALTER TABLE\b.*\b(?:ALTER COLUMN|RENAME)\b|COMMENT ON)/is,
	create_index: /^CREATE (?:UNIQUE )?INDEX\b/i, drop_index: /^DROP INDEX\b/i, drop_constraint: /^ALTER TABLE\b.*\bDROP CONSTRAINT\b/is,
	create_foreign_key: /\bFOREIGN KEY\b/i, create_unique_constraint: /\bUNIQUE\b/i, create_check_constraint: /\bCHECK\b/i, create_primary_key: /\bPRIMARY KEY\b/i, create_exclude_constraint: /\bEXCLUDE\b/i,
	create_table_comment: /^COMMENT ON TABLE\b/i, drop_table_comment: /^COMMENT ON TABLE\b/i, bulk_insert: /^INSERT\b/i,
};

function isWrittenBy(text: string, {op, sql, arguments: given, table}: Operation): boolean {
	const bare = withoutComments(text);
	if (sql !== null) return containsSql(bare, sql);
	if (/^(?:execute|exec_driver_sql|scalar|scalars)$/.test(op)) return false;
	if (!(writes[op] ?? /^/).test(bare)) return false;
	// A batch names its table; everything else names it, and what it is about, in its first two arguments.
	const names = [table, ...given.slice(0, 2)].flatMap(nameOf);
	return names.length > 0 && names.every(name => hasWord(bare, name));
}

function nameOf(argument: Argument | undefined): string[] {
	if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
		const column = /^(?:\w+\.)*Column\(\s*(?:u|r)?(['"])([^'"]+)\1/.exec(argument.code)?.[2];
		if (column !== undefined) return [column];
	}
	const text = argument === undefined ? undefined : textOf(argument);
	return text !== undefined && /^[\w$. -]{1,63}$/.test(text) ? [text] : [];
}

function hasWord(text: string, name: string): boolean {
	return new RegExp(`(?<![\\w$])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`).test(text);
}

/** `{…}` in the file's SQL stands for what is filled in there. */
function containsSql(text: string, sql: string): boolean {
	const squeezed = normaliseSql(text);
	return sql.split(/;\s*(?:\n|$)/).some(part => {
		const pieces = normaliseSql(part).split(/\{[^{}]*\}/).filter(piece => piece.trim() !== '');
		let at = 0;
		return pieces.length > 0 && pieces.every((piece, index) => {
			const found = squeezed.indexOf(piece, at);
			at = found + piece.length;
			return found >= 0 && (index > 0 || found === 0 || part.trimStart().startsWith('{'));
		});
	});
}

function withoutComments(text: string): string {
	return text.replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
}
