/** DROP TABLE and the rows in it. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banDropTable: Rule = {
	id: 'ban-drop-table',
	level: 'error',
	category: 'data-loss',
	says: 'drops a table and its rows',
	triggers: 'DROP TABLE; at warning DROP MATERIALIZED VIEW.',
	spares: ['a table that the same migration creates'],
	why: 'Its rows are gone at the commit, and it takes ACCESS EXCLUSIVE on each table that its foreign keys refer to as well.',
	fix: {sql: 'ALTER TABLE {table} RENAME TO {unused};\n-- a release later, with a backup\nDROP TABLE {unused};', alembic: 'op.rename_table("{table}", "{unused}")\n# a release later: op.drop_table("{unused}")'},
	lock: 'ACCESS EXCLUSIVE on it and on the tables it refers to',
	on: ['drop'],
	check({operations}, context) {
		return only(operations, 'drop')
			.filter(({object}) => object === 'table' || object === 'materialized view')
			.flatMap(({object, names}) => names.filter(name => !context.isNew(name)).map(table => ({
				message: object === 'table' ? `Dropping ${table.text} loses its rows for good.` : `Dropping materialized view ${table.text} loses what was computed in it.`,
				level: object === 'table' ? undefined : 'warning' as const,
				table,
				names: {unused: `${table.name}_unused`},
			})));
	},
};
