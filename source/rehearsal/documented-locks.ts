/** The locks that PostgreSQL's documentation gives a statement, for one that was over before anybody could look. */
import {locksOf} from '../review/locks.ts';
import {loadParser, parseStatement} from '../review/parser.ts';
import {readOperations} from '../review/read-operations.ts';
import {notMet, type TracedStatement} from './trace.ts';

/** Fills in what no look met, and says so. Names without a schema are taken for those of `public`. */
export async function addDocumentedLocks(statements: readonly TracedStatement[]): Promise<TracedStatement[]> {
	if (!statements.some(each => each.unmeasured?.includes(notMet))) return [...statements];
	const library = await loadParser();
	return statements.map(statement => {
		const parsed = statement.unmeasured?.includes(notMet) ? parseStatement(library, statement.sql) : null;
		if (!parsed?.ok) return statement;
		const locks = readOperations(parsed.node, 'public').flatMap(locksOf).map(({table, mode}) => ({table: `${table.schema}.${table.name}`, mode}));
		return locks.length === 0 ? statement : {...statement, locks, unmeasured: statement.unmeasured!.replace(notMet, 'its locks as documented, since it was over before another session looked')};
	});
}
