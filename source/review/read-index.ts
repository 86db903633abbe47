/** CREATE INDEX as an operation, with keys that compare. */
import type {ColumnRef, IndexElem, IndexStmt} from 'libpg-query';
import {strings, tableName} from './names.ts';
import type {Operation} from './operations.ts';
import {nodes} from './tree.ts';

export function readIndex(statement: IndexStmt, searchPath: string): Operation {
	const elements = (statement.indexParams ?? []).flatMap(node => 'IndexElem' in node ? [node.IndexElem] : []);
	return {
		do: 'create-index',
		table: tableName(statement.relation, searchPath),
		name: statement.idxname,
		// An expression has no column name; its functions' arguments stand for it.
		columns: elements.map(element => element.name ?? '(expression)'),
		unique: statement.unique === true,
		concurrently: statement.concurrent === true,
		ifNotExists: statement.if_not_exists === true,
		only: statement.relation?.inh !== true,
		method: statement.accessMethod ?? 'btree',
		where: statement.whereClause,
		keys: elements.map(describeKey),
		reads: columnsIn([elements.map(element => element.expr), statement.whereClause]),
	};
}

/** The columns that a part of a tree names. */
export function columnsIn(tree: unknown): string[] {
	return [...nodes<ColumnRef>(tree, 'ColumnRef')].flatMap(({fields}) => strings(fields).slice(-1));
}

/** A bare column is its name; anything more is told apart by all that is written of it. */
function describeKey({name, expr, opclass, collation, ordering, nulls_ordering: nulls}: IndexElem): string {
	const order = ordering === 'SORTBY_DESC' ? ' desc' : '';
	const last = nulls === undefined || nulls === 'SORTBY_NULLS_DEFAULT' ? '' : ` ${nulls}`;
	const more = [...strings(opclass), ...strings(collation)].map(part => ` ${part}`).join('');
	const key = expr ? JSON.stringify(expr, (property, value: unknown) => property === 'location' ? undefined : value) : name ?? '';
	return `${key}${more}${order}${last}`;
}
