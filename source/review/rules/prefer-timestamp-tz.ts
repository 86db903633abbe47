/** timestamp without time zone. */
import {changedTypes, newColumns} from '../new-columns.ts';
import type {Rule} from '../rule.ts';

export const preferTimestampTz: Rule = {
	id: 'prefer-timestamp-tz',
	level: 'warning',
	category: 'type',
	says: 'stores a clock reading instead of a moment',
	triggers: 'A new column of type timestamp without time zone, or a change to it.',
	spares: ['timestamptz', 'temporary tables'],
	why: 'The same value means another moment in each session\'s time zone, and it is ambiguous for an hour each autumn.',
	fix: {sql: '{column} timestamptz', alembic: 'sa.Column("{column}", sa.DateTime(timezone=True), …)'},
	on: ['create-table', 'add-column', 'set-type'],
	check({operations}, context) {
		return [...newColumns(operations), ...changedTypes(operations, context)]
			.filter(({column}) => column.type.name === 'timestamp')
			.map(({table, column, at}) => ({message: `${table.text}.${column.name} has no time zone.`, at, table, names: {column: column.name}}));
	},
};
