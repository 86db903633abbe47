/** A migration without a way back that does not say so. */
import type {MigrationRule} from '../migration-rule.ts';

export const emptyDowngrade: MigrationRule = {
	id: 'empty-downgrade',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'has no way back, and does not say so',
	triggers: 'A downgrade() that is missing, or does nothing, while upgrade() does something.',
	spares: ['a downgrade() that raises: that is a decision', 'a migration that does nothing, such as a merge of two heads'],
	why: 'Alembic runs it without an error and sets the version back, while the schema stays: everything after that is built on sand.',
	fix: {sql: '-- the opposite of each statement', alembic: 'def downgrade() -> None:\n    op.drop_…  # or: raise NotImplementedError("restore the backup instead")'},
	check({upgrade, downgrade}) {
		const does = !upgrade.empty && (upgrade.operations.length > 0 || upgrade.binds.length > 0);
		if (!does || downgrade.raises || !downgrade.empty) return [];
		return [{line: downgrade.line ?? upgrade.line ?? 1, message: downgrade.defined ? 'downgrade() does nothing, so going back leaves the schema as it is.' : 'There is no downgrade().'}];
	},
};
