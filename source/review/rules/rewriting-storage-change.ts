/** Changes of how a table is stored, which copy it. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

const kinds: Partial<Record<string, string>> = {
	AT_SetLogged: 'SET LOGGED',
	AT_SetUnLogged: 'SET UNLOGGED',
	AT_SetTableSpace: 'SET TABLESPACE',
	AT_SetAccessMethod: 'SET ACCESS METHOD',
};

export const rewritingStorageChange: Rule = {
	id: 'rewriting-storage-change',
	level: 'warning',
	category: 'rewrite',
	says: 'copies the table to store it differently',
	triggers: 'SET LOGGED, SET UNLOGGED, SET TABLESPACE, SET ACCESS METHOD.',
	spares: ['a table that the same migration creates'],
	why: 'The table is copied under ACCESS EXCLUSIVE; SET LOGGED writes all of it into the WAL besides.',
	fix: {sql: '-- a new table stored as wanted, filled in batches, swapped in one short transaction', alembic: 'op.execute() in a maintenance window'},
	lock: 'ACCESS EXCLUSIVE, for a copy of the table',
	scales: true,
	claims: 'rewrite',
	on: ['alter-table'],
	check({operations}, context) {
		return only(operations, 'alter-table').flatMap(({table, what, at}) => {
			const said = kinds[what];
			return said === undefined || context.isNew(table) ? [] : [{message: `${said} copies all of ${table.text} while nobody can use it.`, at, table}];
		});
	},
};
