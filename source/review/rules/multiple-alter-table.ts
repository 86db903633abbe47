/** Two passes over a table where one would do. */
import type {Rule} from '../rule.ts';
import {sharesPass} from '../work.ts';

export const multipleAlterTable: Rule = {
	id: 'multiple-alter-table',
	level: 'info',
	category: 'robustness',
	says: 'goes through the same table a second time',
	triggers: 'Two ALTER TABLE of one table in one transaction that both read or write all of its rows, next to each other as far as this table goes.',
	spares: ['changes of the catalog only', 'a COMMIT between them', 'indexes, foreign keys and VALIDATE CONSTRAINT, which need a pass of their own', 'a table that the same migration creates'],
	why: 'Each goes through all rows under ACCESS EXCLUSIVE; the subcommands of one ALTER TABLE share a single pass (measured: one scan instead of two).',
	fix: {sql: 'ALTER TABLE {table} …, …;  -- both in one statement', alembic: 'op.execute("ALTER TABLE {table} …, …")  # batch_alter_table does not join them on PostgreSQL'},
	lock: 'ACCESS EXCLUSIVE, for both passes',
	on: ['add-constraint', 'set-not-null', 'set-type', 'add-column'],
	check({operations, number}, context) {
		if (!context.inTransaction || !context.worked || context.worked.statement === number) return [];
		const {worked} = context;
		const second = operations.find(operation => sharesPass(operation, context) && operation.table.key === worked.table);
		if (!second || !('table' in second)) return [];
		return [{message: `Statement ${worked.statement} went through all of ${second.table?.text} already: one ALTER TABLE could do both in one pass.`, at: second.at, table: second.table}];
	},
};
