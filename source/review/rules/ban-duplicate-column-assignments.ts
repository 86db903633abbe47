/** The same column twice. */
import type {InsertStmt, MergeStmt, Node} from 'libpg-query';
import type {Operation} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banDuplicateColumnAssignments: Rule = {
	id: 'ban-duplicate-column-assignments',
	level: 'error',
	category: 'robustness',
	says: 'names a column twice',
	triggers: 'The same column twice in the columns of an INSERT, the SET of an UPDATE, of ON CONFLICT or of MERGE, in a CREATE TABLE, or in the columns that a view names itself.',
	spares: ['fields of a composite or elements of an array', 'names that differ in quoted case'],
	why: 'PostgreSQL refuses it, and the migration fails there.',
	fix: {sql: '-- remove one of the two', alembic: '# remove one of the two'},
	on: ['insert', 'update', 'create-table', 'create-view'],
	check({operations, tree}) {
		return operations.flatMap(operation => {
			if (operation.do !== 'insert' && operation.do !== 'update' && operation.do !== 'create-table' && operation.do !== 'create-view') return [];
			const twice = [namedBy(operation), ...assignedIn(tree)].map(columns => columns.find((column, index) => columns.indexOf(column) !== index)).find(column => column !== undefined);
			return twice === undefined ? [] : [{message: `Column ${twice} is named twice; PostgreSQL refuses that.`, at: operation.at, table: operation.table}];
		});
	},
};

function namedBy(operation: Operation & {do: 'insert' | 'update' | 'create-table' | 'create-view'}): string[] {
	if (operation.do === 'create-view') return operation.aliases;
	return operation.do === 'create-table' ? operation.columns.map(column => column.name) : operation.columns;
}

/** What ON CONFLICT and each branch of a MERGE set. */
function assignedIn(tree: unknown): string[][] {
	const {InsertStmt: insert, MergeStmt: merge} = tree as {InsertStmt?: InsertStmt; MergeStmt?: MergeStmt};
	const branches = (merge?.mergeWhenClauses ?? []).map(clause => 'MergeWhenClause' in clause ? clause.MergeWhenClause.targetList : undefined);
	return [insert?.onConflictClause?.targetList, ...branches].map(targets);
}

/** With an indirection it is a field or an element of the column, not the column. */
function targets(list: Node[] | undefined): string[] {
	return (list ?? []).flatMap(node => 'ResTarget' in node && node.ResTarget.name !== undefined && !node.ResTarget.indirection ? [node.ResTarget.name] : []);
}
