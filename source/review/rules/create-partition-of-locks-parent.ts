/** CREATE TABLE … PARTITION OF a parent in use. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const createPartitionOfLocksParent: Rule = {
	id: 'create-partition-of-locks-parent',
	level: 'info',
	category: 'lock',
	says: 'locks the parent of the new partition',
	triggers: 'CREATE TABLE … PARTITION OF a table that was there before.',
	spares: ['a parent that the same migration creates', 'CREATE TABLE (LIKE …) and ATTACH PARTITION'],
	why: 'It takes ACCESS EXCLUSIVE on the parent (measured), and scans the DEFAULT partition where there is one; ATTACH takes SHARE UPDATE EXCLUSIVE.',
	fix: {sql: 'CREATE TABLE {partition} (LIKE {table} INCLUDING ALL);\nALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES …;', alembic: 'op.execute() of the same'},
	lock: 'ACCESS EXCLUSIVE on the parent',
	on: ['create-table'],
	check({operations}, context) {
		return only(operations, 'create-table').flatMap(({table, partitionOf}) => {
			if (!partitionOf || context.isNew(partitionOf)) return [];
			return [{message: `Creating ${table.text} as a partition locks ${partitionOf.text} against reads and writes.`, at: partitionOf.at, table: partitionOf, names: {partition: table.text}}];
		});
	},
};
