/** Tables named without their schema. */
import type {TableName} from '../names.ts';
import type {Operation} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const requireTableSchema: Rule = {
	id: 'require-table-schema',
	level: 'warning',
	category: 'naming',
	says: 'names a table without its schema',
	triggers: 'CREATE, ALTER and DROP TABLE, and CREATE INDEX, of a table without a schema.',
	spares: ['temporary tables', 'SELECT, INSERT, UPDATE and DELETE'],
	why: 'Which table is meant depends on the search_path of whoever runs it.',
	fix: {sql: '{schema}.{table}', alembic: 'op.…("{table}", …, schema="{schema}")'},
	optIn: true,
	check({operations}) {
		const bare = operations.map(tableOf).find(table => table && table.temporary !== true && isBare(table));
		return bare ? [{message: `${bare.text} is named without its schema.`, at: bare.at, table: bare, names: {schema: bare.schema}}] : [];
	},
};

function tableOf(operation: Operation): TableName | undefined {
	switch (operation.do) {
		case 'create-table':
		case 'add-column':
		case 'drop-column':
		case 'set-type':
		case 'set-not-null':
		case 'drop-not-null':
		case 'set-default':
		case 'add-constraint':
		case 'validate-constraint':
		case 'drop-constraint':
		case 'alter-table':
		case 'rename-column':
		case 'rename-constraint':
		case 'create-index': return operation.table;
		case 'rename-relation': return operation.relation === 'table' ? operation.table : undefined;
		case 'drop': return operation.object === 'table' ? operation.names.find(isBare) : undefined;
		default: return undefined;
	}
}

function isBare({text, name}: TableName): boolean {
	return text === name || text === `"${name.replaceAll('"', '""')}"`;
}
