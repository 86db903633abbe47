/** Strong locks that would be held without an end. */
import {blocksWriters} from '../locks.ts';
import type {Rule} from '../rule.ts';

export const requireStatementTimeout: Rule = {
	id: 'require-statement-timeout',
	level: 'info',
	category: 'robustness',
	says: 'may run without an end',
	triggers: 'The first statement of a migration that takes a lock stronger than SHARE UPDATE EXCLUSIVE on a table that was there before, without a positive statement_timeout before it.',
	spares: ['CONCURRENTLY and VALIDATE CONSTRAINT: a timeout there leaves an invalid index, or work undone', 'a session whose statement_timeout is known'],
	why: 'A scan or a rewrite that takes longer than anyone thought keeps its lock for as long.',
	fix: {sql: 'SET LOCAL statement_timeout = \'30min\';', alembic: 'op.execute("SET LOCAL statement_timeout = \'30min\'")'},
	check({locks}, context) {
		if (context.timeouts.get('statement_timeout') > 0) return [];
		const lock = locks.find(({table, mode}) => blocksWriters(mode) && !context.isNew(table));
		if (!lock || !context.sayOnce('require-statement-timeout')) return [];
		return [{message: `There is no statement_timeout: ${lock.mode} on ${lock.table.text} would be held for as long as this takes.`, table: lock.table}];
	},
};
