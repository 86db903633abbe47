/** VALIDATE CONSTRAINT under the lock that NOT VALID was meant to avoid. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const notValidValidateInSameTransaction: Rule = {
	id: 'not-valid-validate-in-same-transaction',
	level: 'error',
	category: 'lock',
	says: 'validates a constraint under the lock of its creation',
	triggers: 'ADD … NOT VALID and VALIDATE CONSTRAINT of the same name in one transaction, or in one ALTER TABLE.',
	spares: ['a COMMIT between them, as an autocommit_block writes it', 'a constraint of an older revision', 'a table that the same migration creates'],
	why: 'The transaction still holds the strong lock of ADD CONSTRAINT while VALIDATE scans: the same outage as without NOT VALID.',
	fix: {
		sql: 'ALTER TABLE {table} ADD CONSTRAINT {name} … NOT VALID;\nCOMMIT;\nBEGIN;\nALTER TABLE {table} VALIDATE CONSTRAINT {name};',
		alembic: '# in a revision of its own, with transaction_per_migration=True, or\nwith op.get_context().autocommit_block():\n    op.execute("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")',
	},
	lock: 'ACCESS EXCLUSIVE (CHECK) or SHARE ROW EXCLUSIVE (foreign key), for a scan',
	scales: true,
	on: ['add-constraint', 'validate-constraint'],
	check({operations}, context) {
		const here = new Set(only(operations, 'add-constraint').filter(({constraint}) => constraint.notValid).map(({table, constraint}) => `${table.key} ${constraint.name}`));
		return only(operations, 'validate-constraint')
			.filter(({table, name}) => {
				if (context.isNew(table)) return false;
				const added = context.addedConstraint(table, name);
				const sameTransaction = context.inTransaction && added?.transaction === context.transaction && added.constraint.notValid;
				return sameTransaction || here.has(`${table.key} ${name}`);
			})
			.map(({table, name, at}) => ({message: `${name} is validated in the transaction that added it, so ${table.text} stays locked during the scan.`, at, table, names: {name}}));
	},
};
