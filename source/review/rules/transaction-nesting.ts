/** BEGIN inside a transaction, COMMIT outside of one. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const transactionNesting: Rule = {
	id: 'transaction-nesting',
	level: 'error',
	category: 'transaction',
	says: 'begins or ends a transaction at the wrong place',
	triggers: 'BEGIN while a transaction is open, COMMIT or ROLLBACK while none is, and either in a transaction that the tool around the script opened.',
	spares: ['the pairs that Alembic\'s offline SQL writes', 'SAVEPOINT'],
	why: 'PostgreSQL only warns: what was meant to be undone together is committed in parts.',
	fix: {sql: '-- remove it, or pair it', alembic: '# op.execute("COMMIT") ends the transaction that Alembic counts on; instead\nwith op.get_context().autocommit_block(): …'},
	on: ['transaction'],
	check({operations}, context) {
		return only(operations, 'transaction').flatMap(({what}) => {
			if (what === 'begin' && context.inTransaction) return [{message: 'BEGIN inside a transaction does nothing but warn.'}];
			if (what !== 'commit' && what !== 'rollback') return [];
			if (!context.inTransaction) return [{message: `${what.toUpperCase()} outside a transaction does nothing but warn.`}];
			return context.begunBy === undefined ? [{message: `${what.toUpperCase()} ends the transaction that the tool around this script opened.`}] : [];
		});
	},
};
