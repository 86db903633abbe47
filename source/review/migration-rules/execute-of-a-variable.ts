/** SQL that is put together in Python. */
import type {MigrationRule} from '../migration-rule.ts';

export const executeOfAVariable: MigrationRule = {
	id: 'execute-of-a-variable',
	subject: 'migration',
	level: 'info',
	category: 'robustness',
	says: 'runs SQL that its file does not show',
	triggers: 'An execute() of something other than text that stands in the file, or of a constant of the file.',
	spares: ['literal text, also with values filled in, and sa.text() of it'],
	why: 'Whoever reads the migration can\'t see what it does; Alembic\'s offline SQL or the rehearsal must show it.',
	fix: {sql: '-- the statement itself', alembic: 'op.execute("…")'},
	optIn: true,
	check: ({upgrade}) => upgrade.operations.filter(operation => operation.op === 'execute' && operation.sql === null).map(({line, endLine}) => ({line, endLine, message: 'The SQL of this execute() is put together elsewhere.'})),
};
