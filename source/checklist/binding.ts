/**
 * The 52 items of the source document by their own words: the check that verifies each
 * and the hold points it stands before. Directives in a checklist say the same and come first.
 */
import type {Hold} from '../journal/shapes/item.ts';
import {slug} from './slug.ts';

export interface Binding {
	/** Id of a check: `area.name`, the name of its file in source/checks/. */
	check: string;
	holds: readonly Hold[];
}

const upgrade = ['upgrade'] as const;
const rollback = ['upgrade', 'downgrade'] as const;
const close = ['close'] as const;
const never = [] as const;

const wordings: readonly [text: string, check: string, holds: readonly Hold[]][] = [
	['Migration file has descriptive docstring with purpose', 'code.docstring', upgrade],
	['revision and down_revision are correct', 'code.revisions', upgrade],
	['upgrade() contains all necessary changes', 'code.upgrade-complete', upgrade],
	['downgrade() properly reverses all changes (tested!)', 'code.downgrade-reverses', upgrade],
	['No hardcoded environment-specific values', 'code.no-hardcoded-values', upgrade],
	['Large table operations use CONCURRENTLY where applicable', 'code.concurrently', upgrade],

	['Run alembic check - no pending model changes', 'alembic.check', upgrade],
	['Generate SQL: alembic upgrade head --sql > migration.sql', 'alembic.sql', upgrade],
	['Review generated SQL for unexpected operations', 'review.sql', upgrade],
	['Verify column types match SQLAlchemy model definitions', 'schema.column-types', upgrade],
	['Check constraint names follow naming conventions', 'schema.constraint-names', upgrade],

	['New columns are nullable=True or have server_default', 'compat.new-columns', upgrade],
	['No column/table renames (use expand-contract pattern)', 'compat.renames', upgrade],
	['No NOT NULL constraints added to existing columns with data', 'compat.not-null', upgrade],
	['Application code works with both old and new schema', 'compat.application', upgrade],
	['API responses unchanged (or versioned)', 'compat.api', upgrade],

	['alembic downgrade -1 succeeds without errors', 'rollback.downgrade', rollback],
	['Data is preserved after rollback (if applicable)', 'rollback.data', rollback],
	['Indexes and constraints are properly removed', 'rollback.indexes', rollback],
	['Triggers and functions are cleaned up', 'rollback.triggers', rollback],
	['Application functions correctly after rollback', 'rollback.application', rollback],

	['Full database backup completed', 'backup.completed', upgrade],
	['Backup verified (can restore to test environment)', 'backup.verified', upgrade],
	['Point-in-time recovery configured (if using RDS/Cloud SQL)', 'backup.pitr', upgrade],
	['Backup retention policy confirmed (minimum 7 days)', 'backup.retention', upgrade],
	['Document backup timestamp and location', 'backup.documented', upgrade],

	['Notify team of upcoming migration window', 'preflight.notified', upgrade],
	['Verify backup completed successfully', 'preflight.backup', upgrade],
	['Check current migration version: alembic current', 'alembic.current', upgrade],
	['Review migration history: alembic history -v', 'alembic.history', upgrade],
	['Confirm rollback plan documented', 'preflight.rollback-plan', upgrade],

	['Check alembic current shows expected revision', 'post.current', close],
	['Verify schema changes with \\d tablename', 'post.schema', close],
	['Run smoke tests against API endpoints', 'post.smoke', close],
	['Check application logs for database errors', 'post.logs', close],
	['Monitor database metrics (connections, query latency)', 'post.metrics', close],
	['Verify no increase in error rates', 'post.errors', close],

	['Estimated migration duration calculated', 'large.estimate', upgrade],
	['CONCURRENTLY used for index operations', 'large.concurrently', upgrade],
	['Batch processing implemented for data migrations', 'large.batches', upgrade],
	['Lock wait timeout configured: SET lock_timeout = \'5s\'', 'large.lock-timeout', upgrade],
	['Statement timeout configured: SET statement_timeout = \'30m\'', 'large.statement-timeout', upgrade],
	['Maintenance window scheduled (if blocking operations)', 'large.window', upgrade],

	['Active queries: SELECT * FROM pg_stat_activity WHERE state = \'active\'', 'monitor.active', never],
	['Lock monitoring: SELECT * FROM pg_locks WHERE NOT granted', 'monitor.locks', never],
	['Table bloat after migration', 'monitor.bloat', never],
	['Replication lag (if applicable)', 'monitor.replication', never],

	['Update documentation if schema changed significantly', 'tasks.documentation', close],
	['Close related tickets/issues', 'tasks.tickets', close],
	['Schedule VACUUM ANALYZE if large changes', 'tasks.vacuum', close],
	['Archive migration SQL for audit trail', 'tasks.archive', close],
	['Confirm monitoring alerts are not firing', 'tasks.alerts', close],
];

const bySlug: ReadonlyMap<string, Binding> = new Map(wordings.map(([text, check, holds]) => [slug(text), {check, holds}]));

/** Ids of every check that the source document's items are bound to, in its order. */
export const checkIds: readonly string[] = wordings.map(([, check]) => check);

/** What an item of these words is bound to, wherever it stands; punctuation, case and code marks don't matter. */
export function findBinding(text: string): Binding | undefined {
	return bySlug.get(slug(text));
}
