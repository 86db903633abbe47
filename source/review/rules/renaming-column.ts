/** RENAME COLUMN under a running application. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const renamingColumn: Rule = {
	id: 'renaming-column',
	level: 'error',
	category: 'backward-compatibility',
	says: 'renames a column under the running application',
	triggers: 'ALTER TABLE … RENAME COLUMN; at warning on a view; at info when a view that offers the old name is created in the same transaction.',
	spares: ['a column or a table that the same migration creates'],
	why: 'From the commit on, each query of the application of yesterday that names the column fails.',
	fix: {
		sql: 'ALTER TABLE {table} ADD COLUMN {to} …;\n-- write both (a trigger), fill, let the readers move, drop the old one in a later release',
		alembic: '# keep the column and give it another name in the model only\n{to} = mapped_column("{column}", …)',
	},
	lock: 'ACCESS EXCLUSIVE, briefly',
	on: ['rename-column'],
	check({operations}, context) {
		return only(operations, 'rename-column')
			.filter(({table, column}) => !context.isNewColumn(table, column))
			.map(({table, column, to, relation, at}) => ({message: `Renaming ${table.text}.${column} to ${to} breaks every query that still names ${column}.`, level: relation === 'table' ? undefined : 'warning' as const, at, table, names: {column, to}, settledBy: operation => operation.do === 'create-view' && operation.aliases.includes(column) ? 'info' as const : undefined}));
	},
};
