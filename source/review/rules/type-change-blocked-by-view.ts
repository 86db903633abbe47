/** A change of a column that something else reads. */
import type {Context} from '../context.ts';
import type {TableName} from '../names.ts';
import type {Rule} from '../rule.ts';

export const typeChangeBlockedByView: Rule = {
	id: 'type-change-blocked-by-view',
	level: 'error',
	category: 'robustness',
	says: 'changes a column that a view reads',
	triggers: 'A change of type, or DROP COLUMN without CASCADE, of a column that a view, a rule, a policy or a generated column uses, as the script or the database shows it.',
	spares: ['a view that was dropped before in the script', 'what nothing is known to use'],
	why: 'PostgreSQL refuses it, and the migration fails there.',
	fix: {sql: 'BEGIN;\nDROP VIEW {view};\n-- the change\nCREATE VIEW {view} AS …;\nCOMMIT;', alembic: 'op.execute("DROP VIEW {view}")\n# the change\nop.execute("CREATE VIEW {view} AS …")'},
	on: ['set-type', 'drop-column'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do !== 'set-type' && (operation.do !== 'drop-column' || operation.cascade)) return [];
			const {table, column, at} = operation;
			const view = userOf(table, column, context);
			return view === undefined ? [] : [{message: `${view} uses ${table.text}.${column}: PostgreSQL refuses to ${operation.do === 'set-type' ? 'change its type' : 'drop it'}.`, at, table, names: {view}}];
		});
	},
};

function userOf(table: TableName, column: string, context: Context): string | undefined {
	const seen = context.seen.viewOn(table, column);
	if (seen !== undefined) return context.isNewColumn(table, column) && !context.isNew(table) ? undefined : seen;
	const known = context.known(table)?.usedBy?.find(({columns, name}) => columns.includes(column) && !context.seen.isGone(name));
	return known?.name;
}
