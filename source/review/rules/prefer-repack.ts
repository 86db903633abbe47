/** A rewrite under lock where the server has a gentle one. */
import type {Rule} from '../rule.ts';

export const preferRepack: Rule = {
	id: 'prefer-repack',
	level: 'error',
	category: 'lock',
	says: 'rewrites a table where REPACK could do it gently',
	triggers: 'VACUUM FULL and CLUSTER on PostgreSQL 19 and later.',
	spares: ['PostgreSQL before 19, which has no REPACK', 'a table that the same migration creates'],
	why: 'REPACK (CONCURRENTLY) copies the table while it is read and written, and locks it only at the end.',
	fix: {sql: '-- outside a transaction\nREPACK (CONCURRENTLY) {table};', alembic: 'with op.get_context().autocommit_block():\n    op.execute("REPACK (CONCURRENTLY) {table}")'},
	lock: 'ACCESS EXCLUSIVE, for a rewrite of the table',
	versions: {from: 19},
	scales: true,
	on: ['vacuum', 'cluster'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do !== 'cluster' && (operation.do !== 'vacuum' || !operation.full)) return [];
			const tables = operation.do === 'vacuum' ? operation.tables : operation.table ? [operation.table] : [];
			const old = tables.filter(table => !context.isNew(table));
			if (tables.length > 0 && old.length === 0) return [];
			return [{message: `${operation.do === 'cluster' ? 'CLUSTER' : 'VACUUM FULL'} of ${old[0]?.text ?? 'every table'} could be REPACK (CONCURRENTLY).`, at: old[0]?.at, table: old[0]}];
		});
	},
};
