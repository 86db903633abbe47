/** A new column that numbers the rows. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addingSerialOrIdentityColumn: Rule = {
	id: 'adding-serial-or-identity-column',
	level: 'error',
	category: 'rewrite',
	says: 'rewrites the table to number its rows',
	triggers: 'ADD COLUMN with serial, bigserial, smallserial or GENERATED … AS IDENTITY on a table that was there before.',
	spares: ['a table that the same migration creates', 'ALTER COLUMN … ADD GENERATED … AS IDENTITY, which rewrites nothing'],
	why: 'Each row gets the next number of the sequence, so the whole table is written anew under ACCESS EXCLUSIVE (measured for both forms).',
	fix: {
		sql: 'ALTER TABLE {table} ADD COLUMN {column} bigint;\nCREATE SEQUENCE {sequence} OWNED BY {table}.{column};\nALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval(\'{sequence}\');\n-- then fill the old rows in batches',
		alembic: 'op.add_column("{table}", sa.Column("{column}", sa.BigInteger(), nullable=True))\nop.execute("CREATE SEQUENCE {sequence} OWNED BY {table}.{column}")\nop.alter_column("{table}", "{column}", server_default=sa.text("nextval(\'{sequence}\')"))',
	},
	lock: 'ACCESS EXCLUSIVE, for a rewrite of the table',
	scales: true,
	claims: 'rewrite',
	on: ['add-column'],
	check({operations}, context) {
		return only(operations, 'add-column')
			.filter(({table, column}) => (column.serial || column.identity) && !context.isNew(table))
			.map(({table, column, at}) => ({
				message: `New ${column.serial ? column.type.name : 'identity'} column ${table.text}.${column.name} numbers every row, which rewrites the whole table.`,
				at,
				table,
				names: {column: column.name, sequence: `${table.name}_${column.name}_seq`},
			}));
	},
};
