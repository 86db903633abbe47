/** The same column twice. */
import type {Rule} from '../rule.ts';

export const banDuplicateColumnAssignments: Rule = {
	id: 'ban-duplicate-column-assignments',
	level: 'error',
	category: 'robustness',
	says: 'names a column twice',
	triggers: 'The same column twice in the columns of an INSERT, the SET of an UPDATE, or a CREATE TABLE.',
	spares: ['fields of a composite or elements of an array', 'names that differ in quoted case'],
	why: 'PostgreSQL refuses it, and the migration fails there.',
	fix: {sql: '-- remove one of the two', alembic: '# remove one of the two'},
	on: ['insert', 'update', 'create-table'],
	check({operations}) {
		return operations.flatMap(operation => {
			if (operation.do !== 'insert' && operation.do !== 'update' && operation.do !== 'create-table') return [];
			const columns = operation.do === 'create-table' ? operation.columns.map(column => column.name) : operation.columns;
			const twice = columns.find((column, index) => columns.indexOf(column) !== index);
			return twice === undefined ? [] : [{message: `Column ${twice} is named twice; PostgreSQL refuses that.`, at: operation.at, table: operation.table}];
		});
	},
};
