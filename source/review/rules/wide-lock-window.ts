/** One transaction that locks several tables, one after the other. */
import type {Rule} from '../rule.ts';

export const wideLockWindow: Rule = {
	id: 'wide-lock-window',
	level: 'warning',
	category: 'lock',
	says: 'locks another table while one is locked already',
	triggers: 'A transaction that takes ACCESS EXCLUSIVE on a second table that was there before. Said once for a transaction.',
	spares: ['tables that the same migration creates', 'the same table again'],
	why: 'The first table stays locked while the second one\'s lock is waited for, and an application that takes them in the other order deadlocks with it.',
	fix: {sql: 'COMMIT;\nBEGIN;  -- one table in each transaction', alembic: '# transaction_per_migration=True, and one revision for each table'},
	lock: 'ACCESS EXCLUSIVE on two tables',
	check({locks}, context) {
		if (!context.inTransaction || context.held.size !== 1) return [];
		const [held] = context.held.values();
		const lock = locks.find(({table, mode}) => mode === 'ACCESS EXCLUSIVE' && table.key !== held!.table.key && !context.isNew(table));
		return lock ? [{message: `${lock.table.text} is locked while ${held!.table.text} is still locked by statement ${held!.statement}.`, at: lock.table.at, table: lock.table}] : [];
	},
};
