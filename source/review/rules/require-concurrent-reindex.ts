/** REINDEX that keeps writers out. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireConcurrentReindex: Rule = {
	id: 'require-concurrent-reindex',
	level: 'warning',
	category: 'lock',
	says: 'rebuilds indexes while writers wait',
	triggers: 'REINDEX of an index, a table, a schema or a database without CONCURRENTLY; `(CONCURRENTLY false)` is without.',
	spares: ['REINDEX SYSTEM, which can\'t be concurrent', 'a table or an index that the same migration created'],
	why: 'It holds SHARE on the table and ACCESS EXCLUSIVE on the index while it builds: writers wait, and so do readers that would use the index.',
	fix: {
		sql: '-- outside a transaction\nREINDEX {what} CONCURRENTLY {name};',
		alembic: 'with op.get_context().autocommit_block():\n    op.execute("REINDEX {what} CONCURRENTLY {name}")',
	},
	lock: 'SHARE on the table, ACCESS EXCLUSIVE on the index',
	versions: {from: 12},
	scales: true,
	on: ['reindex'],
	check({operations}, context) {
		return only(operations, 'reindex')
			.filter(reindex => !reindex.concurrently && reindex.what !== 'system')
			.filter(({table, what}) => !table || !(what === 'index' ? context.isNewObject('index', table.key) : context.isNew(table)))
			.map(({table, what}) => ({
				message: `REINDEX ${what.toUpperCase()}${table ? ` ${table.text}` : ''} keeps writers, and readers of the index, waiting until it is done.`,
				table: what === 'table' ? table : undefined,
				names: {what: what.toUpperCase(), name: table?.text},
			}));
	},
};
