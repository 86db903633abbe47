/** A migration whose SQL nobody can see beforehand. */
import type {MigrationRule} from '../migration-rule.ts';

export const queryInOfflineMode: MigrationRule = {
	id: 'query-in-offline-mode',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'asks the database while it is written as SQL',
	triggers: 'op.get_bind(), a Session or another use of the connection in upgrade().',
	spares: ['downgrade(): it is seldom written as SQL', 'operations of op, op.execute() included'],
	why: 'Without a database Alembic answers every query with nothing: `--sql` then fails, or takes the wrong way in silence, and what really runs was never reviewed.',
	fix: {sql: '-- one statement that does the whole, such as UPDATE … FROM', alembic: 'op.execute("UPDATE … FROM …")  # or keep it, and rely on the rehearsal'},
	check({upgrade}) {
		const [line, ...more] = [...new Set(upgrade.binds)];
		if (line === undefined) return [];
		return [{line, message: `The connection is used here${more.length > 0 ? ` and in ${more.length === 1 ? 'line' : 'lines'} ${more.join(', ')}` : ''}: this part of the SQL can't be written, and was not reviewed.`}];
	},
};
