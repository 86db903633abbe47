/** Statements outside of a transaction that fail when the script is run again. */
import type {Operation} from '../operations.ts';
import {isRepeatable} from '../repeatable.ts';
import type {Rule} from '../rule.ts';

export const preferRobustStmts: Rule = {
	id: 'prefer-robust-stmts',
	level: 'info',
	category: 'robustness',
	says: 'fails when the script is run a second time',
	triggers: 'Outside a transaction: creating or dropping a table or an index, a column, a constraint, without IF [NOT] EXISTS. Said of the first such statement of a migration, and of each with CONCURRENTLY.',
	spares: ['inside a transaction: a failure takes it back', 'a script of a single statement', 'temporary tables', 'creating what was dropped with IF EXISTS just before'],
	why: 'A failure further down leaves it done; the next attempt stops here, and somebody has to clean up by hand.',
	fix: {sql: 'CREATE TABLE IF NOT EXISTS …;\nDROP INDEX CONCURRENTLY IF EXISTS …;  -- before CREATE INDEX CONCURRENTLY', alembic: '# if_not_exists=True, if_exists=True: create_index and drop_index since Alembic 1.12, tables since 1.13.3, columns and constraints since 1.16'},
	amongOthers: true,
	on: ['create-table', 'create-index', 'drop', 'add-column', 'drop-column', 'add-constraint', 'drop-constraint'],
	check({operations, tree}, context) {
		if (context.inTransaction) return [];
		const fragile = operations.find(operation => wanted.has(operation.do) && !isRepeatable(operation, {seen: context.seen, tree}));
		const concurrently = fragile && 'concurrently' in fragile && fragile.concurrently;
		if (!fragile || (!concurrently && !context.sayOnce('prefer-robust-stmts'))) return [];
		const table = 'table' in fragile ? fragile.table : undefined;
		return [{message: `${describe(fragile)} fails when the script is run again after a failure further down.`, at: fragile.at, table, fix: {sql: advise(fragile), alembic: preferRobustStmts.fix.alembic}}];
	},
};

const wanted = new Set<Operation['do']>(['create-table', 'create-index', 'drop', 'add-column', 'drop-column', 'add-constraint', 'drop-constraint']);

function describe(operation: Operation): string {
	if (operation.do === 'drop') return `DROP ${operation.object.toUpperCase()} ${operation.names.map(name => name.text).join(', ')}`;
	const words = operation.do.replace('-', ' ').toUpperCase();
	const name = operation.do === 'add-column' ? operation.column.name : operation.do === 'drop-column' ? operation.column : operation.do === 'create-table' ? operation.table.text : operation.do === 'add-constraint' ? operation.constraint.name : 'name' in operation ? operation.name : undefined;
	return typeof name === 'string' ? `${words} ${name}` : words;
}

function advise(operation: Operation): string {
	if (operation.do === 'add-constraint') return 'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS …, ADD CONSTRAINT …;';
	if (operation.do === 'create-index' && operation.concurrently) return `DROP INDEX CONCURRENTLY IF EXISTS ${operation.name ?? '…'};\nCREATE INDEX CONCURRENTLY ${operation.name ?? '…'} ON …;`;
	return `${operation.do.replace('-', ' ').toUpperCase()} ${operation.do.startsWith('drop') ? 'IF EXISTS' : 'IF NOT EXISTS'} …`;
}
