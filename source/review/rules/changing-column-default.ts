/** Another default for a column in use. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const changingColumnDefault: Rule = {
	id: 'changing-column-default',
	level: 'info',
	category: 'backward-compatibility',
	says: 'changes what the application of yesterday writes without saying so',
	triggers: 'ALTER COLUMN … SET DEFAULT or DROP DEFAULT of a column that was there before.',
	spares: ['a column or a table that the same migration creates: that is the gentle way to a default'],
	why: 'Rows that the old application inserts from now on get another value, or fail where the column is NOT NULL and lost its default.',
	fix: {sql: '-- deploy the application that writes the value itself first, then\nALTER TABLE {table} ALTER COLUMN {column} …;', alembic: 'op.alter_column("{table}", "{column}", server_default=…)  # a release after the application writes the value itself'},
	lock: 'ACCESS EXCLUSIVE, briefly',
	on: ['set-default'],
	check({operations}, context) {
		return only(operations, 'set-default')
			.filter(({table, column}) => !context.isNewColumn(table, column) && !operations.some(operation => operation.do === 'set-type' && operation.column === column))
			.map(({table, column, value, at}) => ({message: `${table.text}.${column} ${value ? 'gets another default' : 'loses its default'}: whoever inserts without it writes something else.`, at, table, names: {column}}));
	},
};
