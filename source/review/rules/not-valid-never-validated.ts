/** NOT VALID that nobody came back to. */
import type {Rule} from '../rule.ts';

export const notValidNeverValidated: Rule = {
	id: 'not-valid-never-validated',
	level: 'info',
	category: 'robustness',
	says: 'adds a constraint that nothing validates',
	triggers: 'A constraint added NOT VALID, and no VALIDATE CONSTRAINT of it in the rest of a script of several revisions.',
	spares: ['a script without revisions, and the last revision of one: the VALIDATE may still follow', 'a constraint that was dropped again'],
	why: 'Old rows may break it, and the planner can\'t rely on it.',
	fix: {sql: 'ALTER TABLE {table} VALIDATE CONSTRAINT {name};', alembic: 'op.execute("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")  # in a later revision'},
	on: ['add-constraint'],
	check: () => [],
	end(context) {
		return context.notValidated()
			.filter(({revision}) => revision !== undefined && revision !== context.revision)
			.map(({table, name, statement}) => ({statement, message: `${name} of ${table.text} is NOT VALID, and nothing in the later revisions validates it.`, table, names: {name}}));
	},
};
