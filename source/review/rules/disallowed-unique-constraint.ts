/** UNIQUE that builds its index under the strongest lock. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const disallowedUniqueConstraint: Rule = {
	id: 'disallowed-unique-constraint',
	level: 'error',
	category: 'lock',
	says: 'builds a unique index while nobody can use the table',
	triggers: 'ADD CONSTRAINT … UNIQUE (columns) and ADD COLUMN … UNIQUE on a table that was there before.',
	spares: ['UNIQUE USING INDEX', 'a table that the same migration creates'],
	why: 'The index is built under ACCESS EXCLUSIVE: no reads, no writes until it is done. There is no NOT VALID for UNIQUE.',
	fix: {
		sql: '-- outside a transaction\nCREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns});\nALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name};',
		alembic: 'with op.get_context().autocommit_block():\n    op.create_index("{name}", "{table}", [{quoted}], unique=True, postgresql_concurrently=True)\nop.execute("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")',
	},
	lock: 'ACCESS EXCLUSIVE, for the build of the index',
	scales: true,
	on: ['add-column', 'add-constraint'],
	check({operations}, context) {
		const added = only(operations, 'add-constraint')
			.filter(({constraint}) => constraint.kind === 'unique' && constraint.usingIndex === undefined)
			.map(({table, constraint, at}) => ({table, name: constraint.name, columns: constraint.columns, at}));
		const inline = only(operations, 'add-column')
			.filter(({column}) => column.constraints.some(({kind}) => kind === 'unique'))
			.map(({table, column, at}) => ({table, name: column.constraints.find(({kind}) => kind === 'unique')?.name, columns: [column.name], at}));
		return [...added, ...inline]
			.filter(({table}) => !context.isNew(table) && !context.isEmptied(table))
			.map(({table, name, columns, at}) => ({
				message: `UNIQUE on ${table.text} (${columns.join(', ')}) builds its index while nobody can read or write the table.`,
				at,
				table,
				names: {name: name ?? `${table.name}_${columns.join('_')}_key`, columns: columns.join(', '), quoted: columns.map(column => `"${column}"`).join(', ')},
			}));
	},
};
