/** A constraint under another name. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const renamingConstraint: Rule = {
	id: 'renaming-constraint',
	level: 'info',
	category: 'lock',
	says: 'locks a table to rename a constraint',
	triggers: 'ALTER TABLE … RENAME CONSTRAINT.',
	spares: ['a table that the same migration creates'],
	why: 'It takes ACCESS EXCLUSIVE for a moment, and INSERT … ON CONFLICT ON CONSTRAINT of the application of yesterday fails from the commit on.',
	fix: {sql: 'SET LOCAL lock_timeout = \'5s\';\nALTER TABLE {table} RENAME CONSTRAINT {name} TO {to};', alembic: 'op.execute("SET LOCAL lock_timeout = \'5s\'")\nop.execute("ALTER TABLE {table} RENAME CONSTRAINT {name} TO {to}")'},
	lock: 'ACCESS EXCLUSIVE, briefly',
	on: ['rename-constraint'],
	check({operations}, context) {
		return only(operations, 'rename-constraint')
			.filter(({table}) => !context.isNew(table))
			.map(({table, name, to, at}) => ({message: `${name} of ${table.text} is called ${to} from now on: whatever says ON CONFLICT ON CONSTRAINT ${name} fails.`, at, table, names: {name, to}}));
	},
};
