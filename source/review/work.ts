/** How much an operation has to do on a table that was there before: nothing worth naming, a scan, an index, a rewrite. */
import type {Context} from './context.ts';
import type {Operation, OperationOf} from './operations.ts';
import {decideTypeChange} from './type-change.ts';
import {volatilityOf} from './volatility.ts';

export type Work = 'scan' | 'build' | 'rewrite';

/** Whether this goes through all rows of its table in a pass that other subcommands of the same ALTER TABLE can share. */
export function sharesPass(operation: Operation, context: Context): operation is OperationOf<'add-constraint' | 'set-not-null' | 'set-type' | 'add-column'> {
	const joinable = operation.do === 'set-not-null' || operation.do === 'set-type' || operation.do === 'add-column' || (operation.do === 'add-constraint' && operation.constraint.kind !== 'foreign-key');
	const work = joinable ? decideWork(operation, context) : undefined;
	return work === 'scan' || work === 'rewrite';
}

/** Undefined for what changes the catalog only, and for tables that are new. Measured on PostgreSQL 15, PostgreSQL's manual beyond. */
export function decideWork(operation: Operation, context: Context): Work | undefined {
	if (!('table' in operation) || !operation.table || context.isNew(operation.table)) return undefined;
	switch (operation.do) {
		case 'add-constraint': {
			const {kind, notValid, enforced, usingIndex} = operation.constraint;
			if (kind === 'unique' || kind === 'primary-key' || kind === 'exclude') return usingIndex === undefined ? 'build' : undefined;
			return notValid || !enforced ? undefined : 'scan';
		}
		case 'validate-constraint': return 'scan';
		case 'set-not-null': return context.isNotNull(operation.table, operation.column) || context.isProvenNotNull(operation.table, operation.column) ? undefined : 'scan';
		case 'set-type': {
			const {table, column, type: to, using} = operation;
			return decideTypeChange({from: context.columnType(table, column), to, column, using, timeZone: context.knowledge?.timeZone}) === 'free' ? undefined : 'rewrite';
		}
		case 'add-column': {
			const {column} = operation;
			if (column.serial || column.identity || column.generated === 'stored') return 'rewrite';
			if (column.default && volatilityOf(column.default, context.knowledge?.functions).kind === 'volatile') return 'rewrite';
			if (column.constraints.some(({kind}) => kind === 'unique' || kind === 'primary-key')) return 'build';
			return column.constraints.some(({kind, notValid, enforced}) => kind === 'check' && !notValid && enforced) ? 'scan' : undefined;
		}
		case 'create-index': return operation.only ? undefined : 'build';
		case 'refresh': return operation.noData ? undefined : 'scan';
		case 'reindex': return 'build';
		default: return undefined;
	}
}
