/** CREATE INDEX that keeps writers out while it builds. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireConcurrentIndexCreation: Rule = {
	id: 'require-concurrent-index-creation',
	level: 'error',
	category: 'lock',
	says: 'builds an index while writers wait',
	triggers: 'CREATE INDEX without CONCURRENTLY on a table that was there before this migration.',
	spares: ['a table or materialized view that the same migration creates, as long as it has not been filled and committed', 'temporary tables', 'ON ONLY a partitioned table: nothing is built there'],
	why: 'A plain CREATE INDEX holds SHARE on the table for the whole build: reads go on, every INSERT, UPDATE and DELETE waits.',
	fix: {
		sql: '-- outside a transaction\nCREATE INDEX CONCURRENTLY {name} ON {table} ({columns});',
		alembic: 'with op.get_context().autocommit_block():\n    op.create_index("{name}", "{table}", [{quoted}], postgresql_concurrently=True, if_not_exists=True)',
	},
	lock: 'SHARE on the table, for the whole build',
	scales: true,
	on: ['create-index'],
	check({operations}, context) {
		return only(operations, 'create-index')
			.filter(index => !index.concurrently && !context.isNew(index.table))
			.filter(index => !(index.only && (context.known(index.table)?.partitioned ?? true)))
			.map(index => {
				const partitioned = context.known(index.table)?.partitioned === true;
				return {
					message: `CREATE INDEX${index.name === undefined ? '' : ` ${index.name}`} keeps every write to ${index.table.text} waiting until it is built.`,
					table: index.table,
					names: {name: index.name, columns: index.columns.join(', '), quoted: index.columns.map(column => `"${column}"`).join(', ')},
					fix: partitioned ? {sql: '-- CONCURRENTLY is refused on a partitioned table\nCREATE INDEX {name} ON ONLY {table} ({columns});\n-- for each partition, outside a transaction\nCREATE INDEX CONCURRENTLY part_ix ON part ({columns});\nALTER INDEX {name} ATTACH PARTITION part_ix;', alembic: 'the same by op.execute(), the builds in op.get_context().autocommit_block()'} : undefined,
				};
			});
	},
};
