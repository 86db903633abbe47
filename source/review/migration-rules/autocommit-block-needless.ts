/** An autocommit_block that only gives up the transaction. */
import {gainsByAutocommit} from '../autocommit.ts';
import type {MigrationRule} from '../migration-rule.ts';

export const autocommitBlockNeedless: MigrationRule = {
	id: 'autocommit-block-needless',
	subject: 'migration',
	level: 'warning',
	category: 'transaction',
	says: 'gives up its transaction for nothing',
	triggers: 'An autocommit_block() in which everything could run in a transaction: creating tables, adding columns, plain indexes.',
	spares: ['a block with CONCURRENTLY, VACUUM, ALTER TYPE … ADD VALUE, VALIDATE CONSTRAINT, a loop, or a change of data: those have a reason', 'SQL that can\'t be read'],
	why: 'It commits what came before, in this revision and by default in the earlier ones too; if the block then fails, the revision is half done and can\'t be run again.',
	fix: {sql: '-- inside the transaction', alembic: '# outside of the block'},
	check({upgrade, downgrade}) {
		return [upgrade, downgrade].flatMap(({autocommit, operations, binds}) => autocommit.flatMap(block => {
			const inside = operations.filter(operation => operation.autocommit && operation.line >= block.line && operation.endLine <= block.endLine);
			const asks = binds.some(line => line >= block.line && line <= block.endLine);
			if (inside.length === 0 || asks || inside.some(gainsByAutocommit)) return [];
			return [{line: block.line, endLine: block.endLine, message: 'Everything in this autocommit_block() could run in the transaction, and be taken back with it.'}];
		}));
	},
};
