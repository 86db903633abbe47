/** json, which can't be compared. */
import {newColumns} from '../new-columns.ts';
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const preferJsonb: Rule = {
	id: 'prefer-jsonb',
	level: 'warning',
	category: 'type',
	says: 'stores JSON as text',
	triggers: 'A new column of type json, or a change to it.',
	spares: ['jsonb', 'temporary tables'],
	why: 'json has no equality: SELECT DISTINCT and GROUP BY over the table fail, and it can\'t be indexed.',
	fix: {sql: '{column} jsonb', alembic: 'from sqlalchemy.dialects import postgresql\nsa.Column("{column}", postgresql.JSONB(), …)'},
	on: ['create-table', 'add-column', 'set-type'],
	check({operations}) {
		const changed = only(operations, 'set-type').filter(({type}) => type.name === 'json').map(({table, column, at}) => ({table, name: column, at}));
		const added = newColumns(operations).filter(({column}) => column.type.name === 'json').map(({table, column, at}) => ({table, name: column.name, at}));
		return [...added, ...changed].map(({table, name, at}) => ({message: `${table.text}.${name} is json, which has no equality.`, at, table, names: {column: name}}));
	},
};
