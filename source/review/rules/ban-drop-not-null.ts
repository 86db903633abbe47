/** DROP NOT NULL, which readers of the column may not expect. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banDropNotNull: Rule = {
	id: 'ban-drop-not-null',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'lets NULLs into a column whose readers don\'t expect them',
	triggers: 'ALTER COLUMN … DROP NOT NULL.',
	spares: ['a column or a table that the same migration creates'],
	why: 'The application of yesterday reads the column as one that always has a value, and fails at the first NULL.',
	fix: {sql: '-- deploy readers that handle NULL first, then\nALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL;', alembic: '# in the release after the readers\'\nop.alter_column("{table}", "{column}", nullable=True)'},
	on: ['drop-not-null'],
	check({operations}, context) {
		return only(operations, 'drop-not-null')
			.filter(({table, column}) => !context.isNewColumn(table, column))
			.map(({table, column, at}) => ({message: `${table.text}.${column} may be NULL from now on: its readers have to expect it.`, at, table, names: {column}}));
	},
};
