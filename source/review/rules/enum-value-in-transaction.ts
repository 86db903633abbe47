/** A new enum value used before it was committed. */
import type {A_Const} from 'libpg-query';
import type {Rule} from '../rule.ts';
import {nodes} from '../tree.ts';

export const enumValueInTransaction: Rule = {
	id: 'enum-value-in-transaction',
	level: 'error',
	category: 'transaction',
	says: 'uses an enum value that is not committed yet',
	triggers: 'A label that ALTER TYPE … ADD VALUE added, written as a constant in a later statement of the same transaction: a default, an insert, a check.',
	spares: ['a COMMIT between them', 'RENAME VALUE', 'a type of the same transaction on PostgreSQL 17 and later'],
	why: 'PostgreSQL refuses it with SQLSTATE 55P04, and the whole transaction with it.',
	fix: {sql: 'ALTER TYPE … ADD VALUE IF NOT EXISTS \'{label}\';\nCOMMIT;\nBEGIN;', alembic: 'with op.get_context().autocommit_block():\n    op.execute("ALTER TYPE … ADD VALUE IF NOT EXISTS \'{label}\'")'},
	check({operations, tree}, context) {
		if (!context.inTransaction || context.newLabels.size === 0) return [];
		if (operations.some(({do: kind}) => kind === 'add-enum-value' || kind === 'rename-enum-value' || kind === 'set')) return [];
		for (const [type, labels] of context.newLabels) {
			if (context.version >= 17 && context.isNewObject('type', type)) continue;
			for (const constant of nodes<A_Const>(tree, 'A_Const')) {
				const label = constant.sval?.sval;
				if (label !== undefined && labels.has(label)) return [{message: `'${label}' was added to its type in this transaction and can't be used before the commit.`, at: constant.location, names: {label}}];
			}
		}
		return [];
	},
};
