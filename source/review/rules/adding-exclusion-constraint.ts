/** EXCLUDE on a table in use. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingExclusionConstraint: Rule = {
	id: 'adding-exclusion-constraint',
	level: 'error',
	category: 'lock',
	says: 'builds an exclusion index while nobody can use the table',
	triggers: 'ADD CONSTRAINT … EXCLUDE on a table that was there before.',
	spares: ['a table that the same migration creates'],
	why: 'The index is built under ACCESS EXCLUSIVE, and EXCLUDE knows neither NOT VALID nor USING INDEX.',
	fix: {sql: '-- there is no gentle form: a window for it, or a new table with the constraint, filled in batches and swapped', alembic: 'a revision of its own, in a maintenance window'},
	lock: 'ACCESS EXCLUSIVE, for the build of the index',
	scales: true,
	on: ['add-constraint'],
	check({operations}, context) {
		return only(operations, 'add-constraint')
			.filter(({table, constraint}) => constraint.kind === 'exclude' && !context.isNew(table))
			.map(({table, at}) => ({message: `EXCLUDE builds its index on ${table.text} while nobody can read or write the table.`, at, table}));
	},
};
