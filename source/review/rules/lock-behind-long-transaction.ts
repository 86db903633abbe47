/** A strong lock while somebody's transaction has been open for long. */
import {blocksWriters} from '../locks.ts';
import type {Rule} from '../rule.ts';

/** Shorter ones end by themselves before anybody notices. */
const longSeconds = 60;

export const lockBehindLongTransaction: Rule = {
	id: 'lock-behind-long-transaction',
	level: 'warning',
	category: 'lock',
	says: 'would queue behind a transaction that has been open for long',
	triggers: 'The first statement of a migration that takes a lock stronger than SHARE UPDATE EXCLUSIVE on a table that was there before, or builds an index concurrently, while the database is known to have a transaction open for more than a minute.',
	spares: ['a transaction that is known to hold locks on other tables only; CONCURRENTLY waits for it all the same', 'databases that nobody asked'],
	why: 'The lock has to wait until that transaction ends, and everyone else who wants the table waits behind it; CONCURRENTLY waits for every older snapshot.',
	fix: {sql: 'SELECT pid, usename, xact_start, state, query FROM pg_stat_activity WHERE xact_start < now() - interval \'1 minute\' ORDER BY xact_start;', alembic: '# wait until it has ended, or end it: pg_terminate_backend(pid)'},
	check({locks, operations}, context) {
		const open = context.knowledge?.longTransactions?.filter(({seconds}) => seconds > longSeconds) ?? [];
		if (open.length === 0) return [];
		const concurrent = operations.find(operation => 'concurrently' in operation && operation.concurrently && operation.do !== 'refresh');
		const lock = locks.find(({table, mode}) => blocksWriters(mode) && !context.isNew(table));
		const [behind] = open
			.filter(({tables}) => concurrent !== undefined || tables === undefined || locks.some(({table, mode}) => blocksWriters(mode) && !context.isNew(table) && (tables.includes(table.name) || tables.includes(table.key))))
			.sort((a, b) => b.seconds - a.seconds);
		if ((!concurrent && !lock) || !behind || !context.sayOnce('lock-behind-long-transaction')) return [];
		return [{message: `A transaction${behind.user === undefined ? '' : ` of ${behind.user}`} has been open for ${Math.round(behind.seconds / 60)} min: this would wait for it${concurrent ? '' : `, and everyone who wants ${lock!.table.text} behind it`}.`, table: lock?.table}];
	},
};
