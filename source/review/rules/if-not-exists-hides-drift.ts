/** IF NOT EXISTS where a failure would be better. */
import type {Rule} from '../rule.ts';

export const ifNotExistsHidesDrift: Rule = {
	id: 'if-not-exists-hides-drift',
	level: 'info',
	category: 'robustness',
	says: 'takes whatever is there already for its own',
	triggers: 'CREATE TABLE IF NOT EXISTS and ADD COLUMN IF NOT EXISTS in a transaction.',
	spares: ['outside of a transaction, where it makes a second run possible', 'temporary tables'],
	why: 'A table or a column of that name that looks different is accepted in silence, and the migration counts as done. The transaction takes a half-done migration back anyway; ADD COLUMN IF NOT EXISTS takes ACCESS EXCLUSIVE even when there is nothing to do (measured).',
	fix: {sql: '-- without IF NOT EXISTS', alembic: '# without if_not_exists=True'},
	on: ['create-table', 'add-column'],
	check({operations}, context) {
		if (!context.inTransaction) return [];
		return operations.flatMap(operation => {
			if ((operation.do !== 'create-table' && operation.do !== 'add-column') || !operation.ifNotExists || operation.table.temporary) return [];
			const what = operation.do === 'create-table' ? `A table ${operation.table.text}` : `A column ${operation.table.text}.${operation.column.name}`;
			return [{message: `${what} that is there already is accepted, whatever it looks like.`, at: operation.at ?? operation.table.at, table: operation.table}];
		});
	},
};
