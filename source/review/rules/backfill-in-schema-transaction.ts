/** Data moved while the schema change of the same transaction keeps a table locked. */
import type {Rule} from '../rule.ts';

export const backfillInSchemaTransaction: Rule = {
	id: 'backfill-in-schema-transaction',
	level: 'error',
	category: 'lock',
	says: 'moves data while a table stays locked',
	triggers: 'UPDATE, DELETE, INSERT … SELECT or COPY after a statement of the same transaction that took ACCESS EXCLUSIVE on a table that was there before.',
	spares: ['when all locked tables were created by the same migration', 'INSERT of constants', 'Alembic\'s own table'],
	why: 'The lock of the schema change is held until the commit: nobody reads or writes that table while the rows are moved.',
	fix: {sql: 'COMMIT;  -- let the lock go first\n-- then move the rows, in batches', alembic: '# a revision of its own for the data, with transaction_per_migration=True'},
	lock: 'ACCESS EXCLUSIVE on the table changed before',
	scales: true,
	on: ['update', 'delete', 'copy', 'insert'],
	check({operations}, context) {
		const [held] = context.held.values();
		if (!held || !context.inTransaction) return [];
		return operations.flatMap(operation => {
			const moves = operation.do === 'update' || operation.do === 'delete' || operation.do === 'copy' || (operation.do === 'insert' && operation.source === 'query');
			if (!moves) return [];
			return [{message: `While this ${operation.do.toUpperCase()} runs, ${held.table.text} stays locked by statement ${held.statement} of the same transaction.`, at: operation.at, table: operation.table}];
		});
	},
};
