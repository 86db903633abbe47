/** A change of many rows of a large table in one go. */
import type {Node} from 'libpg-query';
import type {Context} from '../context.ts';
import {strings} from '../names.ts';
import type {TableName} from '../names.ts';
import {columnOf} from '../proof.ts';
import type {Rule} from '../rule.ts';
import {nodes} from '../tree.ts';

export const largeChangeInOneTransaction: Rule = {
	id: 'large-change-in-one-transaction',
	level: 'warning',
	category: 'lock',
	says: 'may change many rows of a large table in one go',
	triggers: 'UPDATE or DELETE with a WHERE, or with FROM or USING, of a table that is known to be large, and INSERT … SELECT from one.',
	spares: ['a WHERE that names single rows by a key: `id = 3`, `id IN (1, 2)`', 'a batch: a LIMIT inside, or a range with two ends', 'UPDATE and DELETE without WHERE: dml-without-where speaks of them', 'a table whose size is not known, or that is not large'],
	why: 'Each row that it changes stays locked until the commit; the old versions stay in the table, and replicas work all of it off in one piece. How many rows fit the WHERE, only the database can tell.',
	fix: {
		sql: '-- again and again until no row is left, with a commit between\n{verb} {table} … WHERE id IN (SELECT id FROM {table} WHERE … LIMIT 5000);',
		alembic: 'with op.get_context().autocommit_block():\n    while op.get_bind().execute(sa.text("… LIMIT 5000 …")).rowcount: pass',
	},
	lock: 'ROW EXCLUSIVE, and each changed row until the commit',
	on: ['update', 'delete', 'insert'],
	check({operations, tree}, context) {
		return operations.flatMap(operation => {
			if (operation.do === 'insert') {
				const from = operation.source === 'query' ? [...nodes<{relname?: string; schemaname?: string}>(tree, 'RangeVar')].map(range => nameIn(range, context)).find(table => isLarge(table, context)) : undefined;
				return from && !isBatch(tree) ? [{message: `INSERT … SELECT may copy all of ${from.text} in one transaction.`, at: operation.at, table: from, names: {verb: 'INSERT'}}] : [];
			}
			if (operation.do !== 'update' && operation.do !== 'delete') return [];
			const {table, where, joins, at} = operation;
			if ((!where && !joins) || context.isNew(table) || !isLarge(table, context) || isBatch(tree) || namesRows(where, keysOf(table, context))) return [];
			const verb = operation.do === 'update' ? 'UPDATE' : 'DELETE FROM';
			return [{message: `${verb} ${table.text} may change many of its rows in one transaction.`, at, table, names: {verb}}];
		});
	},
};

function nameIn({relname = '', schemaname}: {relname?: string; schemaname?: string}, context: Context): TableName {
	const schema = schemaname ?? context.searchPath;
	return {key: `${schema}.${relname}`, text: relname, schema, name: relname};
}

function isLarge(table: TableName, context: Context): boolean {
	const rows = context.known(table)?.rows;
	return rows !== undefined && rows !== null && rows >= (context.knowledge?.largeTableRows ?? 1_000_000);
}

/** With a LIMIT somewhere, or between two ends of a range. */
function isBatch(tree: unknown): boolean {
	if (!nodes(tree, 'limitCount').next().done) return true;
	const compared = [...nodes<{kind?: string; name?: Node[]; lexpr?: Node}>(tree, 'A_Expr')];
	if (compared.some(({kind}) => kind === 'AEXPR_BETWEEN')) return true;
	const ends = (signs: string[]) => new Set(compared.filter(({name}) => signs.includes(strings(name)[0] ?? '')).map(({lexpr}) => columnOf(lexpr)).filter(column => column !== undefined));
	return [...ends(['>', '>='])].some(column => ends(['<', '<=']).has(column));
}

/** `id = 3`, `uuid IN ('…', '…')`, also as one part of an AND: constants compared with a key. */
function namesRows(where: Node | undefined, isKey: (column: string) => boolean): boolean {
	if (!where) return false;
	if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR') return (where.BoolExpr.args ?? []).some(part => namesRows(part, isKey));
	if (!('A_Expr' in where)) return false;
	const {kind, name, lexpr, rexpr} = where.A_Expr;
	const column = columnOf(lexpr);
	if (strings(name)[0] !== '=' || column === undefined || !isKey(column)) return false;
	return kind === 'AEXPR_IN' ? rexpr !== undefined && 'List' in rexpr && (rexpr.List.items ?? []).every(isConstant) : isConstant(rexpr);
}

/** A column that is unique by itself, as far as anyone knows; `id` and `uuid` are taken at their word. */
function keysOf(table: TableName, context: Context): (column: string) => boolean {
	const known = context.known(table);
	const keys = [...known?.indexes?.filter(({unique, partial}) => unique && !partial) ?? [], ...known?.constraints?.filter(({kind}) => kind === 'unique' || kind === 'primary-key') ?? []];
	return column => column === 'id' || column === 'uuid' || keys.some(({columns}) => columns.length === 1 && columns[0] === column);
}

function isConstant(node: Node | undefined): boolean {
	if (!node) return false;
	if ('TypeCast' in node) return isConstant(node.TypeCast.arg);
	return 'A_Const' in node || 'ParamRef' in node;
}
