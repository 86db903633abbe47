/** DROP INDEX that stops the whole table for a moment, or for as long as it has to queue. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireConcurrentIndexDeletion: Rule = {
	id: 'require-concurrent-index-deletion',
	level: 'warning',
	category: 'lock',
	says: 'drops an index under a lock that stops reads and writes',
	triggers: 'DROP INDEX without CONCURRENTLY.',
	spares: ['an index that the same migration created'],
	why: 'It takes ACCESS EXCLUSIVE on the table and on the index: short by itself, but while it queues behind a long query everyone else queues behind it.',
	fix: {
		sql: '-- outside a transaction, one index each, without CASCADE\nDROP INDEX CONCURRENTLY IF EXISTS {name};',
		alembic: 'with op.get_context().autocommit_block():\n    op.drop_index("{name}", postgresql_concurrently=True, if_exists=True)',
	},
	lock: 'ACCESS EXCLUSIVE on the table and the index',
	on: ['drop'],
	check({operations}, context) {
		return only(operations, 'drop')
			.filter(drop => drop.object === 'index' && !drop.concurrently)
			.flatMap(drop => {
				const [first, ...more] = drop.names.filter(name => !context.isNewObject('index', name.key));
				if (!first) return [];
				const others = more.length > 0 ? ` and ${more.length} more` : '';
				return [{message: `DROP INDEX ${first.text}${others} stops reads and writes of its table while it waits and works.`, names: {name: first.text}}];
			});
	},
};
