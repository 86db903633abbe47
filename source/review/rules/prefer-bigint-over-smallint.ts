/** Keys of 16 bits. */
import {newColumns} from '../new-columns.ts';
import type {Rule} from '../rule.ts';

const small = new Set(['int2', 'smallserial', 'serial2']);

export const preferBigintOverSmallint: Rule = {
	id: 'prefer-bigint-over-smallint',
	level: 'info',
	category: 'type',
	says: 'numbers rows with 16 bits',
	triggers: 'A primary key, smallserial or identity column of type smallint.',
	spares: ['smallint columns that are no key', 'foreign keys, whose type their parent decides', 'temporary tables'],
	why: 'It ends at 32,767.',
	fix: {sql: '{column} bigint', alembic: 'sa.Column("{column}", sa.BigInteger(), …)'},
	on: ['create-table', 'add-column'],
	check({operations}) {
		return newColumns(operations)
			.filter(({column, primaryKey}) => small.has(column.type.name) && !column.type.array && (column.serial || column.identity || primaryKey))
			.filter(({column, foreignKey}) => !foreignKey && !column.constraints.some(({kind}) => kind === 'foreign-key'))
			.map(({table, column, at}) => ({message: `${table.text}.${column.name} numbers its rows with 16 bits and ends at 32,767.`, at, table, names: {column: column.name}}));
	},
};
