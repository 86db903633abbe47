/** Which operations of a migration must, or had better, run outside of its transaction. */
import type {Operation} from '../alembic/facts.ts';

const refused = /^\s*(?:create\s+(?:unique\s+)?index\s+concurrently|drop\s+index\s+concurrently|reindex\b[^;]*\bconcurrently|reindex\s+(?:\([^)]*\)\s*)?(?:schema|database|system)|alter\s+table\b[^;]*\bdetach\s+partition\b[^;]*\bconcurrently|vacuum\b|(?:create|drop)\s+database|create\s+tablespace|drop\s+tablespace|alter\s+system)\b/i;

const gains = /\b(?:add\s+value|validate\s+constraint|refresh\s+materialized|update|delete\s+from|insert\s+into|merge\s+into|analyze|copy|call|do|set|commit)\b/i;

/** PostgreSQL refuses it inside a transaction with SQLSTATE 25001. */
export function needsAutocommit({op, keywords, sql}: Operation): boolean {
	if (op === 'create_index' || op === 'drop_index') return keywords['postgresql_concurrently'] === true;
	return sql !== null && statements(sql).some(statement => refused.test(statement));
}

/** Or it is better off there: a batch that commits, a lock that goes early, SQL that nobody can read. */
export function gainsByAutocommit(operation: Operation): boolean {
	if (needsAutocommit(operation) || operation.loop) return true;
	if (operation.op === 'execute') return operation.sql === null || statements(operation.sql).some(statement => gains.test(statement));
	return operation.op === 'bulk_insert' || operation.op === 'get_bind' || operation.op === 'invoke';
}

/** Without comments and strings: only the words of SQL are asked about. */
function statements(sql: string): string[] {
	return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ').replaceAll(/'(?:[^']|'')*'/g, '\'\'').split(';');
}
