/** CREATE INDEX CONCURRENTLY whose failed build would be mistaken for a finished one. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const concurrentIndexLeavesInvalid: Rule = {
	id: 'concurrent-index-leaves-invalid',
	level: 'info',
	category: 'robustness',
	says: 'may take a broken index for a finished one',
	triggers: 'CREATE INDEX CONCURRENTLY with IF NOT EXISTS, or without a name.',
	spares: ['a DROP INDEX … IF EXISTS of the same name before it', 'a table that the same migration creates'],
	why: 'A concurrent build that fails leaves an INVALID index behind: IF NOT EXISTS then finds it and does nothing, and without a name another one is built beside it.',
	fix: {
		sql: '-- outside a transaction\nDROP INDEX CONCURRENTLY IF EXISTS {name};\nCREATE INDEX CONCURRENTLY {name} ON {table} ({columns});\n-- afterwards: SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid;',
		alembic: 'with op.get_context().autocommit_block():\n    op.drop_index("{name}", "{table}", postgresql_concurrently=True, if_exists=True)\n    op.create_index("{name}", "{table}", [{quoted}], postgresql_concurrently=True)',
	},
	on: ['create-index'],
	check({operations}, context) {
		return only(operations, 'create-index')
			.filter(({concurrently, ifNotExists, name, table}) => concurrently && !context.isNew(table) && (name === undefined || (ifNotExists && !context.seen.wasDropped(`index ${table.schema}.${name}`))))
			.map(({name, table, columns}) => ({
				message: name === undefined ? `A failed build of this index on ${table.text} leaves a broken one behind that nobody can name.` : `If a build of ${name} has failed before, IF NOT EXISTS takes the broken index for a finished one.`,
				table,
				names: {name: name ?? `${table.name}_${columns.join('_')}_idx`, columns: columns.join(', '), quoted: columns.map(column => `"${column}"`).join(', ')},
			}));
	},
};
