/** Strong locks that would be waited for without an end. */
import type {Context} from '../context.ts';
import {blocksWriters} from '../locks.ts';
import type {Operation} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireLockTimeout: Rule = {
	id: 'require-lock-timeout',
	level: 'warning',
	category: 'robustness',
	says: 'would wait for its lock without an end',
	triggers: 'The first statement of a migration that takes a lock stronger than SHARE UPDATE EXCLUSIVE on a table that was there before, without a positive lock_timeout before it. SET LOCAL outside a transaction does not count: PostgreSQL ignores it there.',
	spares: ['SET, SET LOCAL in a transaction, set_config()', 'CONCURRENTLY and VALIDATE CONSTRAINT', 'a session whose lock_timeout is known, as in an upgrade by holdpoint'],
	why: 'While it waits behind one long query, everyone else waits behind it: the application stands still.',
	fix: {sql: 'SET LOCAL lock_timeout = \'5s\';', alembic: 'op.execute("SET LOCAL lock_timeout = \'5s\'")  # or in env.py: connect_args={"options": "-c lock_timeout=5s"}'},
	check({locks, operations}, context) {
		if (context.timeouts.get('lock_timeout') > 0) return [];
		const lock = locks.find(({table, mode}) => blocksWriters(mode) && !context.isNew(table));
		const index = lock ? undefined : operations.map(operation => indexOf(operation, context)).find(name => name !== undefined);
		if ((!lock && index === undefined) || !context.sayOnce('require-lock-timeout')) return [];
		if (!lock) return [{message: `There is no lock_timeout: the lock on ${index} and its table would be waited for without an end, and everyone behind it.`}];
		return [{message: `There is no lock_timeout: ${lock.mode} on ${lock.table.text} would be waited for without an end, and everyone behind it.`, table: lock.table}];
	},
};

/** An index whose table the statement does not name, and which both it locks. */
function indexOf(operation: Operation, context: Context): string | undefined {
	if (operation.do === 'drop' && operation.object === 'index' && !operation.concurrently) return operation.names.find(({key}) => !context.isNewObject('index', key))?.text;
	return operation.do === 'reindex' && operation.what === 'index' && !operation.concurrently && operation.table && !context.isNewObject('index', operation.table.key) ? operation.table.text : undefined;
}
