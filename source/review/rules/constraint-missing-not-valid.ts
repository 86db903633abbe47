/** A CHECK that is validated on the spot. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const constraintMissingNotValid: Rule = {
	id: 'constraint-missing-not-valid',
	level: 'error',
	category: 'lock',
	says: 'checks every row while the table is locked',
	triggers: 'ADD CONSTRAINT … CHECK without NOT VALID on a table that was there before.',
	spares: ['a table that the same migration creates', 'NOT VALID', 'NOT ENFORCED (PostgreSQL 18)', 'foreign, unique, primary and exclusion constraints: they have rules of their own'],
	why: 'It reads the whole table under ACCESS EXCLUSIVE: nobody reads or writes until the last row was checked.',
	fix: {
		sql: 'ALTER TABLE {table} ADD CONSTRAINT {name} CHECK (…) NOT VALID;\n-- in a later transaction; reads and writes go on\nALTER TABLE {table} VALIDATE CONSTRAINT {name};',
		alembic: 'op.create_check_constraint("{name}", "{table}", "…", postgresql_not_valid=True)\n# in a later revision\nop.execute("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")',
	},
	lock: 'ACCESS EXCLUSIVE, for a scan of the table',
	scales: true,
	claims: 'scan',
	on: ['add-constraint'],
	check({operations}, context) {
		return only(operations, 'add-constraint')
			.filter(({table, constraint}) => constraint.kind === 'check' && !constraint.notValid && constraint.enforced && !context.isNew(table) && !context.isEmptied(table))
			.map(({table, constraint, at}) => ({
				message: `Adding ${constraint.name === undefined ? 'a CHECK' : `CHECK ${constraint.name}`} without NOT VALID reads all of ${table.text} while nobody can use it.`,
				at,
				table,
				names: {name: constraint.name},
			}));
	},
};
