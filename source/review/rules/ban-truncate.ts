/** TRUNCATE of a table in use. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banTruncate: Rule = {
	id: 'ban-truncate',
	level: 'warning',
	category: 'data-loss',
	says: 'empties a table',
	triggers: 'TRUNCATE of a table that was there before.',
	spares: ['a table that the same migration creates', 'TRUNCATE … CASCADE: it has a finding of its own'],
	why: 'All rows are gone, and ACCESS EXCLUSIVE keeps readers and writers out until the commit.',
	fix: {sql: 'DELETE FROM {table} WHERE …;  -- in batches', alembic: '# in a job of its own, in batches\nop.execute("DELETE FROM {table} WHERE …")'},
	lock: 'ACCESS EXCLUSIVE until the commit',
	on: ['truncate'],
	check({operations}, context) {
		return only(operations, 'truncate')
			.filter(({cascade}) => !cascade)
			.flatMap(({tables}) => tables.filter(table => !context.isNew(table)).map(table => ({message: `TRUNCATE loses all rows of ${table.text} and locks it until the commit.`, at: table.at, table})));
	},
};
