/** A statement that refuses a transaction, inside of Alembic's. */
import {needsAutocommit} from '../autocommit.ts';
import {allOperations} from '../migration-rule.ts';
import type {MigrationRule} from '../migration-rule.ts';

export const autocommitBlockMissing: MigrationRule = {
	id: 'autocommit-block-missing',
	subject: 'migration',
	level: 'error',
	category: 'transaction',
	says: 'runs in a transaction what can\'t run in one',
	triggers: 'An operation with postgresql_concurrently=True, or SQL with CONCURRENTLY, VACUUM, CREATE DATABASE and the like, outside of autocommit_block().',
	spares: ['inside of an autocommit_block()', 'REFRESH MATERIALIZED VIEW CONCURRENTLY, which may run in a transaction'],
	why: 'PostgreSQL refuses it at once with SQLSTATE 25001, and the migration fails there.',
	fix: {sql: 'COMMIT;\n-- the statement\nBEGIN;', alembic: 'with op.get_context().autocommit_block():\n    op.{op}(…)'},
	check: facts => allOperations(facts).filter(operation => !operation.autocommit && needsAutocommit(operation)).map(({op, line, endLine}) => ({line, endLine, message: `This ${op} can't run inside Alembic's transaction, and stands outside of an autocommit_block().`, names: {op}})),
};
