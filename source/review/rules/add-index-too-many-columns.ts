/** An index so wide that it seldom pays. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const addIndexTooManyColumns: Rule = {
	id: 'add-index-too-many-columns',
	level: 'info',
	category: 'robustness',
	says: 'builds an index over many columns',
	triggers: 'An index over more than three columns or expressions.',
	spares: ['UNIQUE', 'columns behind INCLUDE', 'methods other than btree'],
	why: 'Each write pays for all of its columns, and a query seldom gains from more than the first ones.',
	fix: {sql: 'CREATE INDEX CONCURRENTLY {name} ON {table} (…the most selective ones…);', alembic: 'op.create_index("{name}", "{table}", […the most selective ones…], postgresql_concurrently=True)'},
	on: ['create-index'],
	check({operations}) {
		return only(operations, 'create-index')
			.filter(({columns, unique, method}) => columns.length > 3 && !unique && method === 'btree')
			.map(({table, name, columns}) => ({message: `${name ?? 'The index'} has ${columns.length} columns.`, table, names: {name}}));
	},
};
