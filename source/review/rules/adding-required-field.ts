/** A new NOT NULL column that existing rows have no value for. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingRequiredField: Rule = {
	id: 'adding-required-field',
	level: 'error',
	category: 'robustness',
	says: 'adds a column that existing rows have no value for',
	triggers: 'ADD COLUMN … NOT NULL without a default; `DEFAULT NULL` is without.',
	spares: ['a default, GENERATED, IDENTITY or serial', 'a table that the same migration creates or has just truncated'],
	why: 'It fails as soon as the table has one row, and where it does not, the application of yesterday can\'t insert any more.',
	fix: {
		sql: 'ALTER TABLE {table} ADD COLUMN {column} …;  -- nullable, or with a constant DEFAULT\n-- fill it in batches, then\nALTER TABLE {table} ADD CONSTRAINT {column}_set CHECK ({column} IS NOT NULL) NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {column}_set;\nALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;',
		alembic: 'op.add_column("{table}", sa.Column("{column}", …, nullable=True))  # or server_default="…": a Python-side default= is none',
	},
	lock: 'ACCESS EXCLUSIVE',
	on: ['add-column'],
	check({operations}, context) {
		return only(operations, 'add-column')
			.filter(({table, column}) => column.notNull && !column.default && !column.generated && !column.identity && !column.serial && !context.isNew(table) && !context.isEmptied(table))
			// A primary key has its own finding.
			.filter(({column}) => !column.constraints.some(({kind}) => kind === 'primary-key'))
			.map(({table, column, at}) => ({message: `New column ${table.text}.${column.name} is NOT NULL and has no default: this fails as soon as the table has a row.`, at, table, names: {column: column.name}}));
	},
};
