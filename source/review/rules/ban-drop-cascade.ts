/** CASCADE, which drops what nobody listed. */
import type {Rule} from '../rule.ts';

export const banDropCascade: Rule = {
	id: 'ban-drop-cascade',
	level: 'error',
	category: 'data-loss',
	says: 'drops more than it names',
	triggers: 'DROP … CASCADE and ALTER TABLE … DROP … CASCADE.',
	spares: ['what the same migration created', 'DROP SCHEMA … CASCADE: it has a finding of its own'],
	why: 'Views, foreign keys, functions and policies that depend on it go along, and the review can\'t see which.',
	fix: {sql: '-- drop the dependents by name first, then this without CASCADE', alembic: 'op.drop_constraint(…), op.execute("DROP VIEW …") for each dependent'},
	on: ['drop', 'drop-column', 'drop-constraint'],
	check({operations}, context) {
		return operations.flatMap(operation => {
			if (operation.do === 'drop' && operation.cascade && operation.object !== 'schema') {
				const names = operation.names.filter(name => !context.isNew(name) && !context.isNewObject(operation.object === 'domain' ? 'type' : operation.object, name.key));
				return names.length > 0 ? [{message: `DROP ${operation.object.toUpperCase()} ${names.map(name => name.text).join(', ')} CASCADE drops everything that depends on it, unlisted.`}] : [];
			}
			if (operation.do === 'drop-column' && operation.cascade && !context.isNewColumn(operation.table, operation.column)) return [{message: `DROP COLUMN ${operation.column} CASCADE drops everything that depends on it, unlisted.`, at: operation.at, table: operation.table}];
			if (operation.do === 'drop-constraint' && operation.cascade && !context.isNew(operation.table)) return [{message: `DROP CONSTRAINT ${operation.name} CASCADE drops the foreign keys that rest on it, unlisted.`, at: operation.at, table: operation.table}];
			return [];
		});
	},
};
