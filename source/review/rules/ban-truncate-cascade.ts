/** TRUNCATE … CASCADE, which empties tables that nobody listed. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banTruncateCascade: Rule = {
	id: 'ban-truncate-cascade',
	level: 'error',
	category: 'data-loss',
	says: 'empties tables that it does not name',
	triggers: 'TRUNCATE … CASCADE.',
	spares: ['when all its tables were created by the same migration'],
	why: 'Every table with a foreign key to it, and every one with a foreign key to those, is emptied too.',
	fix: {sql: 'TRUNCATE {table}, other_table;  -- all of them by name', alembic: 'op.execute("TRUNCATE {table}, other_table")'},
	lock: 'ACCESS EXCLUSIVE on all of them until the commit',
	on: ['truncate'],
	check({operations}, context) {
		return only(operations, 'truncate')
			.filter(({cascade}) => cascade)
			.flatMap(({tables}) => {
				const [table] = tables.filter(each => !context.isNew(each));
				return table ? [{message: `TRUNCATE ${table.text} CASCADE empties every table that refers to it too.`, at: table.at, table}] : [];
			});
	},
};
