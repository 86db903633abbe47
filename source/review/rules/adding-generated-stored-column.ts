/** A new column that is computed and stored for each row. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingGeneratedStoredColumn: Rule = {
	id: 'adding-generated-stored-column',
	level: 'error',
	category: 'rewrite',
	says: 'rewrites the table to compute a stored column',
	triggers: 'ADD COLUMN … GENERATED ALWAYS AS (…) STORED on a table that was there before.',
	spares: ['VIRTUAL (PostgreSQL 18, and its default)', 'a table that the same migration creates'],
	why: 'The value of each row is computed and written under ACCESS EXCLUSIVE: nobody reads or writes until the table is rewritten.',
	fix: {
		sql: 'ALTER TABLE {table} ADD COLUMN {column} …;\n-- a trigger that keeps it up to date, then fill the old rows in batches; on PostgreSQL 18: GENERATED ALWAYS AS (…) VIRTUAL',
		alembic: 'op.add_column("{table}", sa.Column("{column}", …))  # without sa.Computed(…, persisted=True)',
	},
	lock: 'ACCESS EXCLUSIVE, for a rewrite of the table',
	versions: {from: 12},
	scales: true,
	claims: 'rewrite',
	on: ['add-column'],
	check({operations}, context) {
		return only(operations, 'add-column')
			.filter(({table, column}) => column.generated === 'stored' && !context.isNew(table))
			.map(({table, column, at}) => ({message: `New stored generated column ${table.text}.${column.name} rewrites the whole table.`, at, table, names: {column: column.name}}));
	},
};
