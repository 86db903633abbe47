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

/** Tables that need a VACUUM or an ANALYZE after the plan, each with why; what the rehearsal saw rewritten counts too. */
export async function worn(look: Look, {statements, isNew}: PlanStatements): Promise<Map<string, {reasons: string[]; deadRows: boolean}>> {
	const tables = new Map<string, {reasons: string[]; deadRows: boolean}>();
	const add = (key: string, reason: string, deadRows: boolean) => {
		const known = tables.get(key) ?? {reasons: [], deadRows: false};
		tables.set(key, {reasons: known.reasons.includes(reason) ? known.reasons : [...known.reasons, reason], deadRows: known.deadRows || deadRows});
	};
	for (const {operations} of statements) {
		for (const operation of operations) {
			const [reason, deadRows] = wearOf(operation) ?? [];
			if (reason === undefined || !('table' in operation) || !operation.table) continue;
			// Nothing is dead in a table that is new; what it was filled with has no statistics yet.
			if (!isNew(operation.table)) add(operation.table.key, reason, deadRows!);
			else if (operation.do === 'insert') add(operation.table.key, reason, false);
		}
	}
	const rehearsal = await look.rehearsal();
	for (const statement of rehearsal?.statements ?? []) for (const table of statement.rewrote) add(table.includes('.') ? table : `public.${table}`, 'it was rewritten', true);
	return tables;
}

/** Why an operation leaves work for VACUUM (ANALYZE), and whether it leaves dead rows. */
function wearOf(operation: Operation): [string, boolean] | null {
	switch (operation.do) {
		case 'set-type': return [`the statistics of ${operation.column} went with its old type`, true];
		case 'update': return ['rows were updated in bulk', true];
		case 'delete': return ['rows were deleted in bulk', true];
		case 'insert': return operation.source === 'query' ? ['rows were inserted in bulk', true] : null;
		case 'create-index': return operation.columns.includes('(expression)') ? ['an index on an expression has no statistics yet', false] : null;
		default: return null;
	}
}
