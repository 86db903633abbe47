/** A primary key that builds its index, and sets NOT NULL, under the strongest lock. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingPrimaryKeyConstraint: Rule = {
	id: 'adding-primary-key-constraint',
	level: 'error',
	category: 'lock',
	says: 'builds a primary key while nobody can use the table',
	triggers: 'ADD PRIMARY KEY (columns) and ADD COLUMN … PRIMARY KEY on a table that was there before.',
	spares: ['PRIMARY KEY USING INDEX', 'a table that the same migration creates'],
	why: 'The index is built under ACCESS EXCLUSIVE, after a scan for NULLs where the columns are nullable.',
	fix: {
		sql: '-- outside a transaction\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns});\n-- make the columns NOT NULL by a validated CHECK first\nALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name};',
		alembic: 'with op.get_context().autocommit_block():\n    op.create_index("{name}", "{table}", [{quoted}], unique=True, postgresql_concurrently=True)\nop.execute("ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {name}")',
	},
	lock: 'ACCESS EXCLUSIVE, for the build of the index and a scan',
	scales: true,
	on: ['add-column', 'add-constraint'],
	check({operations}, context) {
		const added = only(operations, 'add-constraint')
			.filter(({constraint}) => constraint.kind === 'primary-key' && constraint.usingIndex === undefined)
			.map(({table, constraint, at}) => ({table, name: constraint.name, columns: constraint.columns, at}));
		const inline = only(operations, 'add-column')
			// A serial or identity column is rewritten besides: its own rule says the worse of the two.
			.filter(({column}) => !column.serial && !column.identity && column.constraints.some(({kind}) => kind === 'primary-key'))
			.map(({table, column, at}) => ({table, name: undefined, columns: [column.name], at}));
		return [...added, ...inline]
			.filter(({table}) => !context.isNew(table) && !context.isEmptied(table))
			.map(({table, name, columns, at}) => ({
				message: `PRIMARY KEY on ${table.text} (${columns.join(', ')}) builds its index while nobody can read or write the table.`,
				at,
				table,
				names: {name: name ?? `${table.name}_pkey`, columns: columns.join(', '), quoted: columns.map(column => `"${column}"`).join(', ')},
			}));
	},
};
