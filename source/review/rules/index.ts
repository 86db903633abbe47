/** All rules of the review, in the order in which their findings of one place are told. */
import {migrationRules} from '../migration-rules/index.ts';
import {ownRules} from '../own-rules.ts';
import type {Rule, RuleWords} from '../rule.ts';
import {addIndexTooManyColumns} from './add-index-too-many-columns.ts';
import {addingColumnWithCheck} from './adding-column-with-check.ts';
import {addingConstrainedDomainColumn} from './adding-constrained-domain-column.ts';
import {addingExclusionConstraint} from './adding-exclusion-constraint.ts';
import {addingFieldWithDefault} from './adding-field-with-default.ts';
import {addingForeignKeyConstraint} from './adding-foreign-key-constraint.ts';
import {addingForeignKeyInCreateTable} from './adding-foreign-key-in-create-table.ts';
import {addingGeneratedStoredColumn} from './adding-generated-stored-column.ts';
import {addingNotNullableField} from './adding-not-nullable-field.ts';
import {addingPrimaryKeyConstraint} from './adding-primary-key-constraint.ts';
import {addingRequiredField} from './adding-required-field.ts';
import {addingSerialOrIdentityColumn} from './adding-serial-or-identity-column.ts';
import {alembicNonAtomicRevision} from './alembic-non-atomic-revision.ts';
import {attachPartitionNeedsCheck} from './attach-partition-needs-check.ts';
import {avoidEnum} from './avoid-enum.ts';
import {backfillInSchemaTransaction} from './backfill-in-schema-transaction.ts';
import {banAlterDomainWithAddConstraint} from './ban-alter-domain-with-add-constraint.ts';
import {banCharField} from './ban-char-field.ts';
import {banConcurrentIndexCreationInTransaction} from './ban-concurrent-index-creation-in-transaction.ts';
import {banCreateDomainWithConstraint} from './ban-create-domain-with-constraint.ts';
import {banDropCascade} from './ban-drop-cascade.ts';
import {banDropColumn} from './ban-drop-column.ts';
import {banDropDatabase} from './ban-drop-database.ts';
import {banDropNotNull} from './ban-drop-not-null.ts';
import {banDropSchema} from './ban-drop-schema.ts';
import {banDropTable} from './ban-drop-table.ts';
import {banDuplicateColumnAssignments} from './ban-duplicate-column-assignments.ts';
import {banTruncate} from './ban-truncate.ts';
import {banTruncateCascade} from './ban-truncate-cascade.ts';
import {banUncommittedTransaction} from './ban-uncommitted-transaction.ts';
import {banVacuumFullCluster} from './ban-vacuum-full-cluster.ts';
import {changingColumnDefault} from './changing-column-default.ts';
import {changingColumnType} from './changing-column-type.ts';
import {columnOrderPadding} from './column-order-padding.ts';
import {concurrentIndexCorruption14} from './concurrent-index-corruption-14.ts';
import {concurrentIndexLeavesInvalid} from './concurrent-index-leaves-invalid.ts';
import {constraintMissingNotValid} from './constraint-missing-not-valid.ts';
import {createPartitionOfLocksParent} from './create-partition-of-locks-parent.ts';
import {disablingProtection} from './disabling-protection.ts';
import {disallowedUniqueConstraint} from './disallowed-unique-constraint.ts';
import {dmlWithoutWhere} from './dml-without-where.ts';
import {dropConstraint} from './drop-constraint.ts';
import {droppingObject} from './dropping-object.ts';
import {duplicateIndex} from './duplicate-index.ts';
import {enumValueInTransaction} from './enum-value-in-transaction.ts';
import {explicitLockTable} from './explicit-lock-table.ts';
import {identifierTooLong} from './identifier-too-long.ts';
import {ifNotExistsHidesDrift} from './if-not-exists-hides-drift.ts';
import {largeChangeInOneTransaction} from './large-change-in-one-transaction.ts';
import {lockBehindLongTransaction} from './lock-behind-long-transaction.ts';
import {missingFkIndex} from './missing-fk-index.ts';
import {multipleAlterTable} from './multiple-alter-table.ts';
import {namingConvention} from './naming-convention.ts';
import {notValidNeverValidated} from './not-valid-never-validated.ts';
import {notValidValidateInSameTransaction} from './not-valid-validate-in-same-transaction.ts';
import {preferBigintOverInt} from './prefer-bigint-over-int.ts';
import {preferBigintOverSmallint} from './prefer-bigint-over-smallint.ts';
import {preferIdentity} from './prefer-identity.ts';
import {preferJsonb} from './prefer-jsonb.ts';
import {preferRepack} from './prefer-repack.ts';
import {preferRobustStmts} from './prefer-robust-stmts.ts';
import {preferTextField} from './prefer-text-field.ts';
import {preferTimestampTz} from './prefer-timestamp-tz.ts';
import {primaryKeyUsingIndexOnNullable} from './primary-key-using-index-on-nullable.ts';
import {publishedTableChange} from './published-table-change.ts';
import {quotedMixedCaseIdentifier} from './quoted-mixed-case-identifier.ts';
import {renamingColumn} from './renaming-column.ts';
import {renamingConstraint} from './renaming-constraint.ts';
import {renamingEnumValue} from './renaming-enum-value.ts';
import {renamingObject} from './renaming-object.ts';
import {renamingSchema} from './renaming-schema.ts';
import {renamingTable} from './renaming-table.ts';
import {requireConcurrentIndexCreation} from './require-concurrent-index-creation.ts';
import {requireConcurrentIndexDeletion} from './require-concurrent-index-deletion.ts';
import {requireConcurrentMatviewRefresh} from './require-concurrent-matview-refresh.ts';
import {requireConcurrentPartitionDetach} from './require-concurrent-partition-detach.ts';
import {requireConcurrentReindex} from './require-concurrent-reindex.ts';
import {requireEnumValueOrdering} from './require-enum-value-ordering.ts';
import {requireLockTimeout} from './require-lock-timeout.ts';
import {requireStatementTimeout} from './require-statement-timeout.ts';
import {requireTableSchema} from './require-table-schema.ts';
import {revokingPrivileges} from './revoking-privileges.ts';
import {rewritingStorageChange} from './rewriting-storage-change.ts';
import {setSchema} from './set-schema.ts';
import {statementAfterAccessExclusive} from './statement-after-access-exclusive.ts';
import {syntaxNewerThanServer} from './syntax-newer-than-server.ts';
import {transactionNesting} from './transaction-nesting.ts';
import {triggerLock} from './trigger-lock.ts';
import {typeChangeBlockedByView} from './type-change-blocked-by-view.ts';
import {typeChangeRebuildsIndex} from './type-change-rebuilds-index.ts';
import {typeChangeRechecksConstraints} from './type-change-rechecks-constraints.ts';
import {uniqueIndexMayFail} from './unique-index-may-fail.ts';
import {unnamedConstraint} from './unnamed-constraint.ts';
import {wideLockWindow} from './wide-lock-window.ts';

export const rules: readonly Rule[] = [
	requireConcurrentIndexCreation,
	requireConcurrentIndexDeletion,
	requireConcurrentReindex,
	banConcurrentIndexCreationInTransaction,
	concurrentIndexLeavesInvalid,
	concurrentIndexCorruption14,
	addIndexTooManyColumns,
	duplicateIndex,
	missingFkIndex,
	constraintMissingNotValid,
	addingColumnWithCheck,
	addingForeignKeyConstraint,
	addingForeignKeyInCreateTable,
	notValidValidateInSameTransaction,
	notValidNeverValidated,
	disallowedUniqueConstraint,
	uniqueIndexMayFail,
	addingPrimaryKeyConstraint,
	primaryKeyUsingIndexOnNullable,
	addingExclusionConstraint,
	dropConstraint,
	addingRequiredField,
	addingFieldWithDefault,
	addingSerialOrIdentityColumn,
	addingGeneratedStoredColumn,
	addingConstrainedDomainColumn,
	addingNotNullableField,
	banDropNotNull,
	changingColumnType,
	typeChangeRebuildsIndex,
	typeChangeRechecksConstraints,
	typeChangeBlockedByView,
	renamingColumn,
	renamingTable,
	renamingSchema,
	setSchema,
	renamingObject,
	droppingObject,
	revokingPrivileges,
	renamingEnumValue,
	renamingConstraint,
	changingColumnDefault,
	publishedTableChange,
	banDropColumn,
	banDropTable,
	banDropDatabase,
	banDropSchema,
	banDropCascade,
	banTruncateCascade,
	banTruncate,
	dmlWithoutWhere,
	largeChangeInOneTransaction,
	backfillInSchemaTransaction,
	banVacuumFullCluster,
	preferRepack,
	rewritingStorageChange,
	requireConcurrentPartitionDetach,
	attachPartitionNeedsCheck,
	createPartitionOfLocksParent,
	requireConcurrentMatviewRefresh,
	triggerLock,
	disablingProtection,
	explicitLockTable,
	banAlterDomainWithAddConstraint,
	wideLockWindow,
	statementAfterAccessExclusive,
	multipleAlterTable,
	preferBigintOverInt,
	preferBigintOverSmallint,
	preferIdentity,
	preferTextField,
	banCharField,
	preferTimestampTz,
	preferJsonb,
	avoidEnum,
	enumValueInTransaction,
	requireEnumValueOrdering,
	banCreateDomainWithConstraint,
	transactionNesting,
	banUncommittedTransaction,
	alembicNonAtomicRevision,
	preferRobustStmts,
	ifNotExistsHidesDrift,
	requireLockTimeout,
	requireStatementTimeout,
	lockBehindLongTransaction,
	identifierTooLong,
	requireTableSchema,
	namingConvention,
	unnamedConstraint,
	quotedMixedCaseIdentifier,
	banDuplicateColumnAssignments,
	syntaxNewerThanServer,
	columnOrderPadding,
];

const byId = new Map<string, RuleWords>([...rules, ...migrationRules, ...ownRules].map(rule => [rule.id, rule]));

/** Everything that can be named: rules about statements and migrations, and those of the engine itself. */
export const allRules: readonly RuleWords[] = [...rules, ...migrationRules, ...ownRules];

/** A rule by its id. */
export function findRule(id: string): RuleWords | undefined {
	return byId.get(id);
}
