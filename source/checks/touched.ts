/** Which tables in use the plan touches, and which operations block or change many rows. */
import type {TableName} from '../review/names.ts';
import {blocksWriters, locksOf, type LockMode} from '../review/locks.ts';
import type {Operation} from '../review/operations.ts';
import {volatilityOf} from '../review/volatility.ts';
import type {Look} from './check.ts';
import {constraintFault} from './index-operations.ts';
import type {PlanStatement, PlanStatements} from './statements.ts';

export interface Touch {
	table: TableName;
	mode: LockMode;
	statement: PlanStatement;
}

/** Each lock on a table in use, in the order of the statements. */
export function touchesOf({statements, isNew}: PlanStatements): Touch[] {
	return statements.flatMap(statement => statement.operations.flatMap(locksOf).filter(lock => !isNew(lock.table)).map(lock => ({...lock, statement})));
}

/** The locks among them that keep writers, or readers too, out for as long as the table is large: scans, rewrites, index builds. */
export function blockingTouches(plan: PlanStatements): Touch[] {
	return plan.statements.flatMap(statement => statement.operations.filter(takesLong).flatMap(locksOf).filter(lock => blocksWriters(lock.mode) && !plan.isNew(lock.table)).map(lock => ({...lock, statement})));
}

/** Whether its time grows with the table. What only changes the catalogs needs its lock for a moment. */
function takesLong(operation: Operation): boolean {
	switch (operation.do) {
		case 'create-index':
		case 'reindex':
		case 'refresh': return !operation.concurrently;
		case 'add-constraint': return constraintFault(operation) !== null;
		case 'add-column': return operation.column.generated === 'stored' || operation.column.identity || operation.column.serial || (operation.column.default !== undefined && volatilityOf(operation.column.default).kind !== 'stable');
		case 'vacuum': return operation.full;
		case 'set-type':
		case 'set-not-null':
		case 'cluster':
		case 'lock': return true;
		default: return false;
	}
}

/** Tables whose rows the plan rewrites or changes in bulk; what the rehearsal saw rewritten counts too. */
export async function rewrittenTables(look: Look, {statements, isNew}: PlanStatements): Promise<string[]> {
	const names = new Set<string>();
	for (const {operations} of statements) {
		for (const operation of operations) {
			if (operation.do === 'set-type' || operation.do === 'update' || operation.do === 'delete' || (operation.do === 'insert' && operation.source === 'query')) {
				if (!isNew(operation.table)) names.add(operation.table.key);
			}
		}
	}
	const rehearsal = await look.rehearsal();
	for (const statement of rehearsal?.statements ?? []) for (const table of statement.rewrote) names.add(table.includes('.') ? table : `public.${table}`);
	return [...names];
}
