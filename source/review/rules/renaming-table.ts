/** RENAME of a table under a running application. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const renamingTable: Rule = {
	id: 'renaming-table',
	level: 'error',
	category: 'backward-compatibility',
	says: 'renames a table under the running application',
	triggers: 'ALTER TABLE … RENAME TO.',
	spares: ['a table that the same migration creates', 'when a view of the old name is created in the same transaction', 'ALTER INDEX and ALTER SEQUENCE … RENAME'],
	why: 'From the commit on, each query of the application of yesterday that names the table fails.',
	fix: {
		sql: 'ALTER TABLE {table} RENAME TO {to};\nCREATE VIEW {table} AS SELECT * FROM {to};  -- in the same transaction; it can be written through',
		alembic: '# keep the table; in the model another class name with the old name:\n__tablename__ = "{table}"',
	},
	lock: 'ACCESS EXCLUSIVE, briefly',
	on: ['rename-relation'],
	check({operations}, context) {
		return only(operations, 'rename-relation')
			.filter(({table, relation}) => ['table', 'view', 'foreign-table'].includes(relation) && !context.isNew(table))
			.map(({table, to, at}) => ({message: `Renaming ${table.text} to ${to} breaks every query that still names ${table.name}.`, at, table, names: {to}, settledBy: operation => operation.do === 'create-view' && !operation.materialized && operation.table.key === table.key ? 'nothing' : undefined}));
	},
};
