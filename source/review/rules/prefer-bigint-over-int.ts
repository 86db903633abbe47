/** Keys of 32 bits, which run out. */
import {newColumns} from '../new-columns.ts';
import type {Rule} from '../rule.ts';

export const preferBigintOverInt: Rule = {
	id: 'prefer-bigint-over-int',
	level: 'warning',
	category: 'type',
	says: 'numbers rows with 32 bits',
	triggers: 'A primary key, serial or identity column of type integer.',
	spares: ['integer columns that are no key', 'foreign keys, whose type their parent decides', 'temporary tables'],
	why: 'It ends at 2,147,483,647, and the way to bigint then is a rewrite of the largest table there is.',
	fix: {sql: '{column} bigint', alembic: 'sa.Column("{column}", sa.BigInteger(), …)'},
	on: ['create-table', 'add-column'],
	check({operations}) {
		return newColumns(operations)
			.filter(({column, primaryKey}) => (column.type.name === 'serial' || column.type.name === 'serial4' || (column.type.name === 'int4' && (primaryKey || column.identity))) && !column.type.array)
			.filter(({column, table}) => !column.constraints.some(({kind}) => kind === 'foreign-key') && !isReferring(operations, table.key, column.name))
			.map(({table, column, at}) => ({message: `${table.text}.${column.name} numbers its rows with 32 bits and ends at 2,147,483,647.`, at, table, names: {column: column.name}}));
	},
};

function isReferring(operations: Parameters<typeof newColumns>[0], table: string, column: string): boolean {
	return operations.some(operation => operation.do === 'create-table' && operation.table.key === table && operation.constraints.some(({kind, columns}) => kind === 'foreign-key' && columns.includes(column)));
}
