/** Something in use that moves to another schema. */
import {only} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const setSchema: Rule = {
	id: 'set-schema',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'moves something to another schema under the running application',
	triggers: 'ALTER … SET SCHEMA of a table, a type, a function or anything else.',
	spares: ['what the same migration creates', 'when a view of the old name is created right after: then at info'],
	why: 'From the commit on each query of the application of yesterday that names it by its old schema, or finds it by search_path, fails.',
	fix: {sql: 'ALTER TABLE {table} SET SCHEMA {to};\nCREATE VIEW {table} AS SELECT * FROM {to}.{name};  -- in the same transaction', alembic: 'op.execute("ALTER TABLE {table} SET SCHEMA {to}")\nop.execute("CREATE VIEW {table} AS SELECT * FROM {to}.{name}")'},
	lock: 'ACCESS EXCLUSIVE, briefly',
	on: ['set-schema'],
	check({operations}, context) {
		return only(operations, 'set-schema')
			.filter(({table, name}) => table ? !context.isNew(table) : !context.isNewObject('type', name.includes('.') ? name : `${context.searchPath}.${name}`))
			.map(({table, object, name, to}) => ({
				message: `Moving ${object} ${name} to schema ${to} breaks every query that looks for it where it was.`,
				at: table?.at,
				table,
				names: {to, name: table?.name ?? name},
				settledBy: operation => table && operation.do === 'create-view' && operation.table.key === table.key ? 'info' : undefined,
			}));
	},
};
