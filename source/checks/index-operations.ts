/** Which statements of the plan build, drop or check something on a table while keeping writers out, though there is a way that does not. */
import type {OperationOf} from '../review/operations.ts';
import type {TableName} from '../review/names.ts';
import type {Session} from '../postgres/session.ts';
import {placeOf, type PlanStatement, type PlanStatements} from './statements.ts';

export interface IndexOperation {
	table: TableName;
	concurrently: boolean;
	/** What is wrong with it on a large table, or null. */
	fault: string | null;
	statement: PlanStatement;
}

/** Pure but for the tables of indexes, which DROP INDEX and REINDEX INDEX don't name. */
export async function readIndexOperations(session: Session, {statements, isNew}: PlanStatements): Promise<IndexOperation[]> {
	const found: IndexOperation[] = [];
	for (const statement of statements) {
		for (const operation of statement.operations) {
			const add = (table: TableName, concurrently: boolean, fault: string | null) => {
				if (!isNew(table)) found.push({table, concurrently, statement, fault: fault ?? (concurrently && statement.transaction ? 'runs CONCURRENTLY inside a transaction, which PostgreSQL refuses (25001)' : null)});
			};
			switch (operation.do) {
				case 'create-index': {
					add(operation.table, operation.concurrently, operation.concurrently ? null : 'builds an index without CONCURRENTLY: writers wait all the while');
					break;
				}
				case 'drop': {
					if (operation.object !== 'index') break;
					for (const name of operation.names) {
						const table = await queryTableOf(session, name);
						if (table) add(table, operation.concurrently, operation.concurrently ? null : 'drops an index without CONCURRENTLY: readers and writers wait behind it');
					}
					break;
				}
				case 'reindex': {
					const table = operation.what === 'index' && operation.table ? await queryTableOf(session, operation.table) : operation.table;
					if (table) add(table, operation.concurrently, operation.concurrently ? null : 'rebuilds indexes without CONCURRENTLY: writers wait all the while');
					break;
				}
				case 'add-constraint': {
					add(operation.table, false, constraintFault(operation));
					break;
				}
				case 'detach-partition': {
					add(operation.table, operation.concurrently, operation.concurrently || operation.finalize ? null : 'detaches a partition without CONCURRENTLY');
					break;
				}
				case 'refresh': {
					add(operation.table, operation.concurrently, operation.concurrently ? null : 'refreshes a materialised view without CONCURRENTLY: readers wait');
					break;
				}
				default:
			}
		}
	}
	return found;
}

/** Such as `items: builds an index without CONCURRENTLY … (b2, line 3: CREATE INDEX …)`. */
export function describeFault({table, fault, statement}: IndexOperation): string {
	return `${table.text}: ${fault} (${placeOf(statement)})`;
}

/** Why adding this constraint takes long on a large table; null when it does not. */
export function constraintFault({constraint}: OperationOf<'add-constraint'>): string | null {
	if (constraint.kind === 'unique' || constraint.kind === 'primary-key') return constraint.usingIndex === undefined ? 'adds a constraint that builds its index under a lock: build it CONCURRENTLY and add it USING INDEX' : null;
	if (constraint.kind === 'exclude') return 'adds an exclusion constraint, whose index can\'t be built CONCURRENTLY';
	if (constraint.kind === 'foreign-key' || constraint.kind === 'check') return constraint.notValid || !constraint.enforced ? null : 'adds a constraint that scans the table under a lock: add it NOT VALID and validate it after';
	return null;
}

async function queryTableOf(session: Session, index: TableName): Promise<TableName | null> {
	const [row] = await session.query<{schema: string; name: string}>(
		'SELECT n.nspname AS schema, t.relname AS name FROM pg_class c JOIN pg_namespace i ON i.oid = c.relnamespace JOIN pg_index x ON x.indexrelid = c.oid JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace WHERE i.nspname = $1 AND c.relname = $2',
		[index.schema, index.name],
	);
	return row ? {key: `${row.schema}.${row.name}`, text: row.schema === 'public' ? row.name : `${row.schema}.${row.name}`, schema: row.schema, name: row.name} : null;
}
