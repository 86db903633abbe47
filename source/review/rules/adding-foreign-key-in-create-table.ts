/** A new table that refers to one in use. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingForeignKeyInCreateTable: Rule = {
	id: 'adding-foreign-key-in-create-table',
	level: 'info',
	category: 'lock',
	says: 'locks the table that the new one refers to',
	triggers: 'CREATE TABLE, or ALTER of a table just created, with REFERENCES to a table that was there before.',
	spares: ['a parent that the same migration creates', 'a table that refers to itself'],
	why: 'Writers of the parent wait until the commit; nothing is scanned.',
	fix: {sql: 'SET LOCAL lock_timeout = \'5s\';', alembic: 'op.execute("SET LOCAL lock_timeout = \'5s\'")  # in a revision of its own'},
	lock: 'SHARE ROW EXCLUSIVE on the parent, until the commit',
	on: ['add-constraint', 'create-table'],
	check({operations}, context) {
		const created = only(operations, 'create-table').map(({table, columns, constraints}) => ({table, constraints: [...constraints, ...columns.flatMap(column => column.constraints)]}));
		const altered = only(operations, 'add-constraint').filter(({table}) => context.isNew(table)).map(({table, constraint}) => ({table, constraints: [constraint]}));
		return [...created, ...altered].flatMap(({table, constraints}) => {
			const seen = new Set<string>([table.key]);
			return constraints.flatMap(({references, at}) => {
				if (!references || seen.has(references.key) || context.isNew(references)) return [];
				seen.add(references.key);
				return [{message: `The foreign key of new table ${table.text} keeps writers of ${references.text} waiting until the commit.`, at, table: references}];
			});
		});
	},
};
