/** UNIQUE over values that nobody has looked at. */
import type {TableName} from '../names.ts';
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const uniqueIndexMayFail: Rule = {
	id: 'unique-index-may-fail',
	level: 'info',
	category: 'robustness',
	says: 'fails if there are duplicates',
	triggers: 'CREATE UNIQUE INDEX or ADD CONSTRAINT … UNIQUE on columns that were there before.',
	spares: ['a table that the same migration creates', 'a column that the same migration adds', 'UNIQUE USING INDEX', 'where the database has a unique index or key on some of the columns already'],
	why: 'One duplicate stops the migration, and a concurrent build then leaves an INVALID index behind.',
	fix: {sql: 'SELECT {columns}, count(*) FROM {table} GROUP BY {columns} HAVING count(*) > 1;  -- must give no row', alembic: '# look before: SELECT {columns} FROM {table} GROUP BY {columns} HAVING count(*) > 1'},
	on: ['create-index', 'add-constraint'],
	check({operations}, context) {
		const indexes = only(operations, 'create-index').filter(({unique, only: empty}) => unique && !empty).map(({table, columns, at}) => ({table, columns, at}));
		const constraints = only(operations, 'add-constraint').filter(({constraint}) => constraint.kind === 'unique' && constraint.usingIndex === undefined).map(({table, constraint, at}) => ({table, columns: constraint.columns, at}));
		const isUnique = (table: TableName, columns: readonly string[]) => {
			const known = context.known(table);
			const keys = [...known?.indexes?.filter(({unique, partial, expression}) => unique && !partial && !expression) ?? [], ...known?.constraints?.filter(({kind}) => kind === 'unique' || kind === 'primary-key') ?? []].map(key => key.columns);
			return [...keys, ...context.seen.keys(table)].some(key => key.length > 0 && key.every(column => columns.includes(column)));
		};
		return [...indexes, ...constraints]
			.filter(({table, columns}) => !context.isEmptied(table) && !columns.some(column => context.isNewColumn(table, column)) && !context.isNew(table) && !isUnique(table, columns))
			.map(({table, columns, at}) => ({message: `One duplicate of ${columns.join(', ')} in ${table.text} makes this fail.`, at, table, names: {columns: columns.join(', ')}}));
	},
};
