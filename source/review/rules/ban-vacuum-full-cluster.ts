/** VACUUM FULL and CLUSTER. */
import type {Rule} from '../rule.ts';

export const banVacuumFullCluster: Rule = {
	id: 'ban-vacuum-full-cluster',
	level: 'error',
	category: 'lock',
	says: 'rewrites a table while nobody can use it',
	triggers: 'VACUUM FULL and CLUSTER.',
	spares: ['a table that the same migration creates', 'VACUUM and VACUUM ANALYZE'],
	why: 'The table is copied under ACCESS EXCLUSIVE.',
	fix: {sql: 'VACUUM (ANALYZE) {table};  -- or pg_repack, outside of migrations', alembic: '# not in a migration'},
	lock: 'ACCESS EXCLUSIVE, for a rewrite of the table',
	versions: {to: 18},
	scales: true,
	on: ['vacuum', 'cluster'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do === 'cluster') return operation.table && context.isNew(operation.table) ? [] : [{message: `CLUSTER rewrites ${operation.table?.text ?? 'every clustered table'} while nobody can use it.`, table: operation.table}];
			if (operation.do !== 'vacuum' || !operation.full) return [];
			const tables = operation.tables.filter(table => !context.isNew(table));
			if (operation.tables.length > 0 && tables.length === 0) return [];
			return [{message: `VACUUM FULL rewrites ${tables[0]?.text ?? 'every table'} while nobody can use it.`, at: tables[0]?.at, table: tables[0]}];
		});
	},
};
