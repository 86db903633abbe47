/** A constraint that is given up. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const dropConstraint: Rule = {
	id: 'drop-constraint',
	level: 'info',
	category: 'data-loss',
	says: 'gives up a constraint',
	triggers: 'DROP CONSTRAINT of a foreign key, or of a constraint whose kind is not known.',
	spares: ['a CHECK, a key or a unique constraint that is known to be one', 'one that is added again under its name in the same transaction', 'the helper CHECK of SET NOT NULL, dropped behind it', 'a table or a constraint of the same migration, a downgrade'],
	why: 'From the commit on nothing keeps rows out that break it; dropping a foreign key takes ACCESS EXCLUSIVE on the parent too.',
	fix: {sql: 'SET LOCAL lock_timeout = \'5s\';\nALTER TABLE {table} DROP CONSTRAINT {name};', alembic: 'op.execute("SET LOCAL lock_timeout = \'5s\'")\nop.drop_constraint("{name}", "{table}")'},
	lock: 'ACCESS EXCLUSIVE on the table, and on the parent of a foreign key',
	on: ['drop-constraint'],
	check({operations}, context) {
		if (context.direction === 'down') return [];
		return only(operations, 'drop-constraint')
			.filter(({table, name}) => {
				if (context.isNew(table) || context.addedConstraint(table, name) || context.proven.has(table.key)) return false;
				const kind = context.known(table)?.constraints?.find(known => known.name === name)?.kind;
				const again = operations.some(operation => operation.do === 'add-constraint' && operation.constraint.name === name);
				const helps = operations.some(operation => operation.do === 'set-not-null');
				return !again && !helps && (kind === undefined || kind === 'foreign-key');
			})
			.map(({table, name, at}) => ({
				message: `Nothing checks ${name} of ${table.text} any more.`,
				at,
				table,
				names: {name},
				settledBy: operation => operation.do === 'add-constraint' && operation.table.key === table.key && operation.constraint.name === name ? 'nothing' : undefined,
			}));
	},
};
