/** All checks there are, in the order of the source document. */
import {alembicCheck} from './alembic-check.ts';
import {alembicCurrent} from './alembic-current.ts';
import {alembicHistory} from './alembic-history.ts';
import {alembicSql} from './alembic-sql.ts';
import {backupCompleted} from './backup-completed.ts';
import {backupDocumented} from './backup-documented.ts';
import {backupPitr} from './backup-pitr.ts';
import {backupRetention} from './backup-retention.ts';
import {backupVerified} from './backup-verified.ts';
import type {Check} from './check.ts';
import {codeConcurrently} from './code-concurrently.ts';
import {codeDocstring} from './code-docstring.ts';
import {codeDowngradeReverses} from './code-downgrade-reverses.ts';
import {codeNoHardcodedValues} from './code-no-hardcoded-values.ts';
import {codeRevisions} from './code-revisions.ts';
import {codeUpgradeComplete} from './code-upgrade-complete.ts';
import {compatApi} from './compat-api.ts';
import {compatApplication} from './compat-application.ts';
import {compatNewColumns} from './compat-new-columns.ts';
import {compatNotNull} from './compat-not-null.ts';
import {compatRenames} from './compat-renames.ts';
import {largeBatches} from './large-batches.ts';
import {largeConcurrently} from './large-concurrently.ts';
import {largeEstimate} from './large-estimate.ts';
import {largeLockTimeout} from './large-lock-timeout.ts';
import {largeStatementTimeout} from './large-statement-timeout.ts';
import {largeWindow} from './large-window.ts';
import {monitorActive} from './monitor-active.ts';
import {monitorBloat} from './monitor-bloat.ts';
import {monitorLocks} from './monitor-locks.ts';
import {monitorReplication} from './monitor-replication.ts';
import {postCurrent} from './post-current.ts';
import {postErrors} from './post-errors.ts';
import {postLogs} from './post-logs.ts';
import {postMetrics} from './post-metrics.ts';
import {postSchema} from './post-schema.ts';
import {postSmoke} from './post-smoke.ts';
import {preflightBackup} from './preflight-backup.ts';
import {preflightNotified} from './preflight-notified.ts';
import {preflightRollbackPlan} from './preflight-rollback-plan.ts';
import {reviewSql} from './review-sql.ts';
import {rollbackApplication} from './rollback-application.ts';
import {rollbackData} from './rollback-data.ts';
import {rollbackDowngrade} from './rollback-downgrade.ts';
import {rollbackIndexes} from './rollback-indexes.ts';
import {rollbackTriggers} from './rollback-triggers.ts';
import {schemaColumnTypes} from './schema-column-types.ts';
import {schemaConstraintNames} from './schema-constraint-names.ts';
import {tasksAlerts} from './tasks-alerts.ts';
import {tasksArchive} from './tasks-archive.ts';
import {tasksDocumentation} from './tasks-documentation.ts';
import {tasksTickets} from './tasks-tickets.ts';
import {tasksVacuum} from './tasks-vacuum.ts';

export const checks: readonly Check[] = [
	codeDocstring,
	codeRevisions,
	codeUpgradeComplete,
	codeDowngradeReverses,
	codeNoHardcodedValues,
	codeConcurrently,
	alembicCheck,
	alembicSql,
	reviewSql,
	schemaColumnTypes,
	schemaConstraintNames,
	compatNewColumns,
	compatRenames,
	compatNotNull,
	compatApplication,
	compatApi,
	rollbackDowngrade,
	rollbackData,
	rollbackIndexes,
	rollbackTriggers,
	rollbackApplication,
	backupCompleted,
	backupVerified,
	backupPitr,
	backupRetention,
	backupDocumented,
	preflightNotified,
	preflightBackup,
	alembicCurrent,
	alembicHistory,
	preflightRollbackPlan,
	postCurrent,
	postSchema,
	postSmoke,
	postLogs,
	postMetrics,
	postErrors,
	largeEstimate,
	largeConcurrently,
	largeBatches,
	largeLockTimeout,
	largeStatementTimeout,
	largeWindow,
	monitorActive,
	monitorLocks,
	monitorBloat,
	monitorReplication,
	tasksDocumentation,
	tasksTickets,
	tasksVacuum,
	tasksArchive,
	tasksAlerts,
];

const byId: ReadonlyMap<string, Check> = new Map(checks.map(check => [check.id, check]));

/** The check of an id such as `alembic.check`. */
export function findCheck(id: string): Check | undefined {
	return byId.get(id);
}
