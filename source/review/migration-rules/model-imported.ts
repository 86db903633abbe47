/** A migration that leans on the application's models of today. */
import type {MigrationRule} from '../migration-rule.ts';

export const modelImported: MigrationRule = {
	id: 'model-imported',
	subject: 'migration',
	level: 'warning',
	category: 'robustness',
	says: 'imports the application\'s models',
	triggers: 'An import of a module that is called models, or of a model in one.',
	spares: ['other modules of the application, the standard library, SQLAlchemy\'s and Alembic\'s own'],
	why: 'The models change, and this migration with them: in a year it creates, reads or fills another table than the one it was tested on, or does not even load.',
	fix: {sql: '-- nothing in SQL', alembic: 'orders = sa.table("orders", sa.column("id"), sa.column("state"))  # what this migration needs, written into it'},
	check({imports}, {lineOf}) {
		const models = imports.filter(name => name.split('.').some(part => /^(?:models?|entities|orm_models)$/i.test(part)));
		// `from app.models import Order` is told as app.models and app.models.Order: once is enough.
		const roots = models.filter(name => !models.some(other => name.startsWith(`${other}.`)));
		return roots.map(name => {
			const [last = ''] = name.split('.').slice(-1);
			const module = name.replaceAll('.', '\\.');
			const parent = name.split('.').slice(0, -1).join('\\.');
			const line = lineOf(new RegExp(`^\\s*(?:import\\s+.*\\b${module}\\b|from\\s+${module}\\b|from\\s+${parent || '\\S+'}\\s+import\\b.*\\b${last}\\b)`, 'm'));
			return {line, message: `${name} is imported: this migration changes whenever the models do.`};
		});
	},
};
