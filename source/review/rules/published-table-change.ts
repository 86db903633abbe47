/** A change of a table that logical replication carries elsewhere. */
import type {Operation} from '../operations.ts';
import type {Rule} from '../rule.ts';

export const publishedTableChange: Rule = {
	id: 'published-table-change',
	level: 'warning',
	category: 'backward-compatibility',
	says: 'changes a table that is replicated elsewhere',
	triggers: 'ADD COLUMN, DROP COLUMN, RENAME, a change of type, TRUNCATE or DROP of a table that the database is known to have in a publication.',
	spares: ['tables in no publication, and databases that nobody asked', 'changes that a subscriber does not see: indexes, constraints, defaults'],
	why: 'Logical replication carries rows and not the schema: at the first row that does not fit, the subscriber stops, and the WAL that it has not taken fills this server\'s disk.',
	fix: {sql: '-- first on the subscriber what adds, first here what removes\nALTER TABLE {table} …;', alembic: '# run the same change on the subscriber: before this for a new column, after it for one that goes'},
	on: ['add-column', 'drop-column', 'set-type', 'rename-column', 'rename-relation', 'truncate', 'drop', 'set-schema'],
	check({operations}, context) {
		return operations.flatMap(operation => tablesOf(operation).flatMap(table => {
			const publications = context.isNew(table) ? undefined : context.known(table)?.publications;
			return publications?.length ? [{message: `${table.text} is replicated by ${publications.join(', ')}: its subscribers need this change too, in the right order.`, at: operation.at ?? table.at, table}] : [];
		}));
	},
};

function tablesOf(operation: Operation) {
	if (operation.do === 'truncate') return operation.tables;
	if (operation.do === 'drop') return operation.object === 'table' ? operation.names : [];
	if (operation.do === 'rename-relation' && operation.relation !== 'table') return [];
	return 'table' in operation && operation.table ? [operation.table] : [];
}
