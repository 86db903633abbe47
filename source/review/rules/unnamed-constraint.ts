/** A constraint that PostgreSQL has to name. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const unnamedConstraint: Rule = {
	id: 'unnamed-constraint',
	level: 'info',
	category: 'naming',
	says: 'adds a constraint without a name',
	triggers: 'ALTER TABLE … ADD of a constraint without a name, as `op.create_foreign_key(None, …)` writes it.',
	spares: ['constraints of CREATE TABLE, and at a new column', 'USING INDEX, which takes the name of the index'],
	why: 'PostgreSQL makes a name up, and a downgrade or a later migration can\'t say which constraint it means.',
	fix: {sql: 'ALTER TABLE {table} ADD CONSTRAINT {name} …;', alembic: 'op.create_…("{name}", "{table}", …)  # never None; or MetaData(naming_convention=…)'},
	on: ['add-constraint'],
	check({operations}, context) {
		return only(operations, 'add-constraint')
			.filter(({table, constraint}) => constraint.name === undefined && constraint.usingIndex === undefined && constraint.kind !== 'not-null' && !context.isNew(table))
			.map(({table, constraint, at}) => ({message: `This constraint of ${table.text} has no name that a downgrade could say.`, at, table, names: {name: `${table.name}_${[...constraint.columns, suffixes[constraint.kind]].join('_')}`}}));
	},
};

const suffixes = {'check': 'check', 'foreign-key': 'fkey', 'unique': 'key', 'primary-key': 'pkey', 'exclude': 'excl', 'not-null': 'not_null'};
