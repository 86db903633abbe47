/** Statements that PostgreSQL refuses inside a transaction block. */
import type {Context} from '../context.ts';
import type {Operation} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const banConcurrentIndexCreationInTransaction: Rule = {
	id: 'ban-concurrent-index-creation-in-transaction',
	level: 'error',
	category: 'transaction',
	says: 'can\'t run inside a transaction',
	triggers: 'CREATE, DROP and REINDEX … CONCURRENTLY, DETACH PARTITION CONCURRENTLY, VACUUM, CREATE and DROP DATABASE, CREATE TABLESPACE, ALTER SYSTEM, CLUSTER of all tables, REINDEX of a schema or a database, while a transaction is open.',
	spares: ['between the COMMIT and the BEGIN that an autocommit_block writes', 'REFRESH MATERIALIZED VIEW CONCURRENTLY, which may run in a transaction'],
	why: 'PostgreSQL refuses it at once with SQLSTATE 25001, and the migration fails there.',
	fix: {
		sql: 'COMMIT;\n{statement}\nBEGIN;',
		alembic: 'with op.get_context().autocommit_block():\n    op.…  # in a revision of its own, so that nothing before it is committed by surprise',
	},
	on: ['create-index', 'drop', 'reindex', 'detach-partition', 'vacuum', 'cluster', 'add-enum-value', 'other'],
	check({operations}, context) {
		if (!context.inTransaction) return [];
		return operations.flatMap(operation => {
			const what = refused(operation, context);
			return what === undefined ? [] : [{message: `${what} can't run inside a transaction: PostgreSQL refuses it.`, table: 'table' in operation ? operation.table : undefined}];
		});
	},
};

function refused(operation: Operation, context: Context): string | undefined {
	switch (operation.do) {
		case 'create-index': return operation.concurrently ? 'CREATE INDEX CONCURRENTLY' : undefined;
		case 'drop': {
			if (operation.object === 'database') return 'DROP DATABASE';
			return operation.object === 'index' && operation.concurrently ? 'DROP INDEX CONCURRENTLY' : undefined;
		}
		case 'reindex': {
			if (operation.concurrently) return 'REINDEX CONCURRENTLY';
			return operation.what === 'index' || operation.what === 'table' ? undefined : `REINDEX ${operation.what.toUpperCase()}`;
		}
		case 'detach-partition': return operation.concurrently ? 'DETACH PARTITION CONCURRENTLY' : undefined;
		case 'vacuum': return operation.analyzeOnly ? undefined : 'VACUUM';
		case 'cluster': return operation.table ? undefined : 'CLUSTER of all tables';
		case 'add-enum-value': return context.version < 12 ? 'ALTER TYPE … ADD VALUE' : undefined;
		case 'other': return otherKinds[operation.kind];
		default: return undefined;
	}
}

const otherKinds: Partial<Record<string, string>> = {
	CreatedbStmt: 'CREATE DATABASE',
	CreateTableSpaceStmt: 'CREATE TABLESPACE',
	DropTableSpaceStmt: 'DROP TABLESPACE',
	AlterSystemStmt: 'ALTER SYSTEM',
};
