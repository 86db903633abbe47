/** DETACH PARTITION under the strongest lock on the parent. */
import type {Rule} from '../rule.ts';

export const requireConcurrentPartitionDetach: Rule = {
	id: 'require-concurrent-partition-detach',
	level: 'warning',
	category: 'lock',
	says: 'detaches a partition while nobody can use the parent',
	triggers: 'DETACH PARTITION without CONCURRENTLY.',
	spares: ['FINALIZE', 'a parent or a partition that the same migration creates', 'PostgreSQL before 14, which has no CONCURRENTLY here'],
	why: 'It takes ACCESS EXCLUSIVE on the parent, and with it on the way to all other partitions.',
	fix: {sql: '-- outside a transaction; refused while there is a DEFAULT partition\nALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY;', alembic: 'with op.get_context().autocommit_block():\n    op.execute("ALTER TABLE {table} DETACH PARTITION {partition} CONCURRENTLY")'},
	lock: 'ACCESS EXCLUSIVE on parent and partition',
	versions: {from: 14},
	on: ['detach-partition'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do !== 'detach-partition' || operation.concurrently || operation.finalize) return [];
			const {table, partition, at} = operation;
			if (context.isNew(table) || context.isNew(partition)) return [];
			return [{message: `Detaching ${partition.text} locks all of ${table.text} against reads and writes.`, at, table, names: {partition: partition.text}}];
		});
	},
};
