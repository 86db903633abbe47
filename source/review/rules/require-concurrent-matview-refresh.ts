/** REFRESH MATERIALIZED VIEW that keeps its readers out. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireConcurrentMatviewRefresh: Rule = {
	id: 'require-concurrent-matview-refresh',
	level: 'warning',
	category: 'lock',
	says: 'keeps readers of the view out while it computes',
	triggers: 'REFRESH MATERIALIZED VIEW without CONCURRENTLY.',
	spares: ['a view that the same migration creates', 'WITH NO DATA'],
	why: 'It holds ACCESS EXCLUSIVE on the view for the whole computation.',
	fix: {sql: '-- needs a unique index on the view; may run in a transaction\nREFRESH MATERIALIZED VIEW CONCURRENTLY {table};', alembic: 'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY {table}")'},
	lock: 'ACCESS EXCLUSIVE on the view',
	on: ['refresh'],
	check({operations}, context) {
		return only(operations, 'refresh')
			.filter(({table, concurrently, noData}) => !concurrently && !noData && !context.isNew(table))
			.map(({table}) => ({message: `Nobody can read ${table.text} while it is computed anew.`, at: table.at, table}));
	},
};
