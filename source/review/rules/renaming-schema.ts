/** RENAME of a schema under a running application. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const renamingSchema: Rule = {
	id: 'renaming-schema',
	level: 'error',
	category: 'backward-compatibility',
	says: 'renames a schema under the running application',
	triggers: 'ALTER SCHEMA … RENAME TO.',
	spares: ['a schema that the same migration creates'],
	why: 'Each query, search_path and function body that names the schema fails from the commit on.',
	fix: {sql: 'CREATE SCHEMA {to};\n-- move the tables one by one, each with a view left behind', alembic: 'op.execute("CREATE SCHEMA {to}") and one revision for each table'},
	on: ['rename'],
	check({operations}, context) {
		return only(operations, 'rename')
			.filter(({object, name}) => object === 'schema' && !context.isNewObject('schema', name))
			.map(({name, to}) => ({message: `Renaming schema ${name} to ${to} breaks everything that names it.`, names: {name, to}}));
	},
};
