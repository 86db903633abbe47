/** BEGIN without its COMMIT. */
import type {Rule} from '../rule.ts';

export const banUncommittedTransaction: Rule = {
	id: 'ban-uncommitted-transaction',
	level: 'error',
	category: 'transaction',
	says: 'begins a transaction that nothing ends',
	triggers: 'BEGIN or START TRANSACTION without COMMIT, ROLLBACK or PREPARE TRANSACTION by the end of the script.',
	spares: ['a transaction that the tool around the script opened'],
	why: 'When the session ends everything since BEGIN is rolled back, without an error.',
	fix: {sql: 'COMMIT;', alembic: '# neither BEGIN nor COMMIT: Alembic opens the transaction and ends it'},
	on: ['transaction'],
	check: () => [],
	end(context) {
		return context.inTransaction && context.begunBy !== undefined ? [{statement: context.begunBy, message: 'This transaction is never committed: all of it is lost at the end of the session.'}] : [];
	},
};
