/** Row by row, in one transaction. */
import type {MigrationRule} from '../migration-rule.ts';

export const updatesInALoop: MigrationRule = {
	id: 'updates-in-a-loop',
	subject: 'migration',
	level: 'warning',
	category: 'lock',
	says: 'changes data in a loop of one transaction',
	triggers: 'An UPDATE, DELETE or INSERT inside of a loop of upgrade(), outside of autocommit_block().',
	spares: ['a loop in an autocommit_block(), where each round commits', 'a loop of schema changes'],
	why: 'Every row that it has changed stays locked until the last one is done, together with whatever the schema changes before it locked; and it takes a round trip for each.',
	fix: {sql: 'UPDATE … FROM (VALUES …) …;  -- one statement, or batches with a commit between', alembic: 'with op.get_context().autocommit_block():\n    while op.get_bind().execute(sa.text("… LIMIT 5000 …")).rowcount: pass'},
	check({upgrade}) {
		return upgrade.operations
			.filter(({loop, autocommit, op, sql}) => loop && !autocommit && (op === 'bulk_insert' || (sql !== null && /^\s*(?:with\b[\s\S]*?\)\s*)?(?:update|delete|insert|merge)\b/i.test(sql))))
			.map(({line, endLine, sql}) => ({line, endLine, message: `This ${/\b(update|delete|insert|merge)\b/i.exec(sql ?? 'insert')![1]!.toUpperCase()} runs again and again in one transaction.`}));
	},
};
