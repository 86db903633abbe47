/** Slow work while a table stays locked by an earlier statement. */
import type {Context} from '../context.ts';
import type {Operation} from '../operations.ts';
import type {Rule} from '../rule.ts';
import {nodes} from '../tree.ts';
import {decideWork} from '../work.ts';

export const statementAfterAccessExclusive: Rule = {
	id: 'statement-after-access-exclusive',
	level: 'info',
	category: 'lock',
	says: 'works while a table stays locked',
	triggers: 'The build of an index, a validation or a SELECT of rows, after a statement of the same transaction that took ACCESS EXCLUSIVE on a table that was there before. Said once for a transaction.',
	spares: ['changes of the catalog only, such as another nullable column, COMMENT or GRANT', 'when the locked tables were created by the same migration', 'data changes, and what locks a second table: backfill-in-schema-transaction and wide-lock-window speak of them'],
	why: 'The lock lasts until the commit: what takes a minute here keeps everyone off the other table for a minute.',
	fix: {sql: 'COMMIT;  -- let the lock go first\nBEGIN;', alembic: '# a revision of its own, with transaction_per_migration=True'},
	lock: 'ACCESS EXCLUSIVE on the table changed before',
	check(statement, context) {
		const [held] = context.held.values();
		if (!held || !context.inTransaction || held.statement === statement.number) return [];
		// What locks a second table itself is told by wide-lock-window.
		if (statement.locks.some(({table, mode}) => mode === 'ACCESS EXCLUSIVE' && !context.isNew(table))) return [];
		const slow = statement.operations.find(operation => isSlow(operation, statement.tree, context));
		if (!slow || !context.sayOnce(`statement-after-access-exclusive ${context.transaction}`)) return [];
		return [{message: `While this runs, ${held.table.text} stays locked by statement ${held.statement} of the same transaction.`, at: slow.at, table: 'table' in slow ? slow.table : undefined}];
	},
};

function isSlow(operation: Operation, tree: unknown, context: Context): boolean {
	if (operation.do === 'other') return operation.kind === 'SelectStmt' && !nodes(tree, 'RangeVar').next().done;
	return decideWork(operation, context) !== undefined;
}
