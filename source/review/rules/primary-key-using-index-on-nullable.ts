/** PRIMARY KEY USING INDEX over columns that may be NULL. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const primaryKeyUsingIndexOnNullable: Rule = {
	id: 'primary-key-using-index-on-nullable',
	level: 'warning',
	category: 'lock',
	says: 'looks for NULLs in every row while nobody can use the table',
	triggers: 'ADD PRIMARY KEY USING INDEX where the script or the database does not show that a column of the index is NOT NULL.',
	spares: ['columns that are NOT NULL, or proven so by a validated CHECK', 'a table that the same migration creates'],
	why: 'It sets NOT NULL on each column first, with a scan under ACCESS EXCLUSIVE (measured: 16 ms instead of 0.4 ms on 200,000 rows).',
	fix: {sql: '-- make the columns NOT NULL by a validated CHECK first, then\nALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {index};', alembic: 'op.execute() of the same'},
	lock: 'ACCESS EXCLUSIVE, for a scan of the table',
	scales: true,
	claims: 'scan',
	on: ['add-constraint'],
	check({operations}, context) {
		return only(operations, 'add-constraint').flatMap(({table, constraint, at}) => {
			if (constraint.kind !== 'primary-key' || constraint.usingIndex === undefined || context.isNew(table)) return [];
			const columns = context.indexColumns(table, constraint.usingIndex);
			if (columns?.every(column => context.isNotNull(table, column) || context.isProvenNotNull(table, column))) return [];
			return [{message: `PRIMARY KEY USING INDEX ${constraint.usingIndex} scans ${table.text} for NULLs, unless its columns are NOT NULL already.`, at, table, names: {name: constraint.name, index: constraint.usingIndex}}];
		});
	},
};
