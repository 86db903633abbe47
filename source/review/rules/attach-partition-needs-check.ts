/** ATTACH PARTITION of a table that has to be read first. */
import type {Rule} from '../rule.ts';

export const attachPartitionNeedsCheck: Rule = {
	id: 'attach-partition-needs-check',
	level: 'warning',
	category: 'lock',
	says: 'reads the whole partition while nobody can use it',
	triggers: 'ATTACH PARTITION of a table that was there before, without a validated CHECK on it in the script or in the database.',
	spares: ['a table that the same migration creates', 'a CHECK of the partition that was added valid, or validated, before'],
	why: 'PostgreSQL scans the new partition under ACCESS EXCLUSIVE to see whether its rows fit, and the DEFAULT partition too (measured: 7 ms instead of 0.2 ms); a CHECK that implies the bounds saves that.',
	fix: {
		sql: 'ALTER TABLE {partition} ADD CONSTRAINT fits CHECK (…the bounds…) NOT VALID;\n-- in a later transaction\nALTER TABLE {partition} VALIDATE CONSTRAINT fits;\nALTER TABLE {parent} ATTACH PARTITION {partition} …;\nALTER TABLE {partition} DROP CONSTRAINT fits;',
		alembic: 'op.execute() of the same, the VALIDATE in a revision of its own',
	},
	lock: 'ACCESS EXCLUSIVE on the partition, SHARE UPDATE EXCLUSIVE on the parent',
	versions: {from: 12},
	claims: 'scan',
	on: ['attach-partition'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do !== 'attach-partition') return [];
			const {table, partition, at} = operation;
			if (context.isNew(partition) || context.hasValidCheck(partition)) return [];
			return [{message: `Attaching ${partition.text} reads all of it while nobody can use it, unless a validated CHECK implies its bounds.`, at, table: partition, names: {partition: partition.text, parent: table.text}}];
		});
	},
};
