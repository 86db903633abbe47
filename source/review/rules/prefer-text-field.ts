/** varchar(n), whose limit is hard to lower and easy to regret. */
import {newColumns} from '../new-columns.ts';
import type {Rule} from '../rule.ts';

export const preferTextField: Rule = {
	id: 'prefer-text-field',
	level: 'info',
	category: 'type',
	says: 'limits a text by its type',
	triggers: 'A new column of type varchar(n).',
	spares: ['varchar without a length', 'text', 'a change of the length of an existing column'],
	why: 'A smaller limit later rewrites the table under ACCESS EXCLUSIVE; a CHECK can be changed without that.',
	fix: {sql: '{column} text CHECK (length({column}) <= {length})', alembic: 'sa.Column("{column}", sa.Text(), …)'},
	on: ['create-table', 'add-column'],
	check({operations}) {
		return newColumns(operations)
			.filter(({column}) => column.type.name === 'varchar' && column.type.modifiers.length > 0)
			.map(({table, column, at}) => ({message: `${table.text}.${column.name} is limited to ${column.type.modifiers[0]} characters by its type.`, at, table, names: {column: column.name, length: String(column.type.modifiers[0])}}));
	},
};
