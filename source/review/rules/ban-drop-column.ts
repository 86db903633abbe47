/** DROP COLUMN and the values in it. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banDropColumn: Rule = {
	id: 'ban-drop-column',
	level: 'error',
	category: 'data-loss',
	says: 'drops a column and its values',
	triggers: 'ALTER TABLE … DROP COLUMN, of a foreign table too, and ALTER TYPE … DROP ATTRIBUTE; IF EXISTS makes it no safer.',
	spares: ['a column or a table that the same migration creates'],
	why: 'Its values are gone at the commit, and the application of yesterday that still reads or writes it fails.',
	fix: {sql: '-- a release after the last reader and writer is gone, with a backup of the values\nALTER TABLE {table} DROP COLUMN {column};', alembic: '# first take it out of the model; in a later release\nop.drop_column("{table}", "{column}")'},
	lock: 'ACCESS EXCLUSIVE, briefly',
	on: ['drop-column'],
	check({operations}, context) {
		return only(operations, 'drop-column')
			.filter(({table, column}) => !context.isNewColumn(table, column))
			.map(({table, column, at}) => ({message: `Dropping ${table.text}.${column} loses its values for good.`, at, table, names: {column}}));
	},
};
