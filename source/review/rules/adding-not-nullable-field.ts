/** SET NOT NULL that has to look at each row. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingNotNullableField: Rule = {
	id: 'adding-not-nullable-field',
	level: 'error',
	category: 'lock',
	says: 'looks for NULLs in every row while nobody can use the table',
	triggers: 'ALTER COLUMN … SET NOT NULL, or ADD CONSTRAINT … NOT NULL without NOT VALID (PostgreSQL 18), without a proof that there are no NULLs.',
	spares: ['PostgreSQL 12 and later: a validated CHECK (column IS NOT NULL), also joined by AND, seen before or in the database; `column > 0` is no proof', 'a VALIDATE CONSTRAINT on the table of a constraint that an older revision added', 'a table that the same migration creates', 'a column that is NOT NULL already'],
	why: 'The whole table is scanned under ACCESS EXCLUSIVE.',
	fix: {
		sql: 'ALTER TABLE {table} ADD CONSTRAINT {column}_set CHECK ({column} IS NOT NULL) NOT VALID;\n-- in a later transaction\nALTER TABLE {table} VALIDATE CONSTRAINT {column}_set;\n-- scans nothing any more\nALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {column}_set;',
		alembic: 'op.create_check_constraint("{column}_set", "{table}", "{column} IS NOT NULL", postgresql_not_valid=True)\n# in a later revision\nop.execute("ALTER TABLE {table} VALIDATE CONSTRAINT {column}_set")\nop.alter_column("{table}", "{column}", nullable=False, existing_type=…)\nop.drop_constraint("{column}_set", "{table}")',
	},
	lock: 'ACCESS EXCLUSIVE, for a scan of the table',
	scales: true,
	claims: 'scan',
	on: ['set-not-null', 'add-constraint'],
	check({operations}, context) {
		const named = only(operations, 'add-constraint').filter(({constraint}) => constraint.kind === 'not-null' && !constraint.notValid).map(({table, constraint, at}) => ({table, column: constraint.columns[0] ?? '', at}));
		return [...only(operations, 'set-not-null'), ...named]
			.filter(({table, column}) => !context.isNew(table) && !context.isEmptied(table) && !context.isNotNull(table, column) && !context.isProvenNotNull(table, column))
			.map(({table, column, at}) => ({message: `SET NOT NULL on ${table.text}.${column} reads the whole table while nobody can use it.`, at, table, names: {column}}));
	},
};
