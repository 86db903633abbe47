/** Which lock an operation takes on which table, as measured on PostgreSQL 15. */
import type {TableName} from './names.ts';
import type {Operation} from './operations.ts';

/** From the weakest to the strongest. */
export const lockModes = ['ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'] as const;
export type LockMode = (typeof lockModes)[number];

export interface Lock {
	table: TableName;
	mode: LockMode;
}

/** Whether a lock is stronger than SHARE UPDATE EXCLUSIVE: it keeps writers, or readers too, out. */
export function blocksWriters(mode: LockMode): boolean {
	return lockModes.indexOf(mode) > lockModes.indexOf('SHARE UPDATE EXCLUSIVE');
}

/** The locks of one operation; none for what creates a table, or locks nothing by name. */
export function locksOf(operation: Operation): Lock[] {
	switch (operation.do) {
		case 'create-table': {
			const referenced = [...operation.constraints, ...operation.columns.flatMap(column => column.constraints)].flatMap(constraint => constraint.references ? [constraint.references] : []);
			const parents: Lock[] = referenced.map(table => ({table, mode: 'SHARE ROW EXCLUSIVE'}));
			return operation.partitionOf ? [...parents, {table: operation.partitionOf, mode: 'ACCESS EXCLUSIVE'}] : parents;
		}
		case 'add-column': return [{table: operation.table, mode: 'ACCESS EXCLUSIVE'}, ...operation.column.constraints.flatMap<Lock>(constraint => constraint.references ? [{table: constraint.references, mode: 'SHARE ROW EXCLUSIVE'}] : [])];
		case 'add-constraint': {
			if (operation.constraint.kind !== 'foreign-key') return [{table: operation.table, mode: 'ACCESS EXCLUSIVE'}];
			const both: Lock[] = [{table: operation.table, mode: 'SHARE ROW EXCLUSIVE'}];
			return operation.constraint.references ? [...both, {table: operation.constraint.references, mode: 'SHARE ROW EXCLUSIVE'}] : both;
		}
		case 'validate-constraint': return [{table: operation.table, mode: 'SHARE UPDATE EXCLUSIVE'}];
		case 'attach-partition': return [{table: operation.partition, mode: 'ACCESS EXCLUSIVE'}, {table: operation.table, mode: 'SHARE UPDATE EXCLUSIVE'}];
		case 'detach-partition': {
			const mode = operation.concurrently || operation.finalize ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE';
			return [{table: operation.table, mode}, {table: operation.partition, mode: 'ACCESS EXCLUSIVE'}];
		}
		case 'alter-table': return [{table: operation.table, mode: alterTableModes[operation.what] ?? 'ACCESS EXCLUSIVE'}];
		case 'drop-column':
		case 'set-type':
		case 'set-not-null':
		case 'drop-not-null':
		case 'set-default':
		case 'drop-constraint':
		case 'rename-constraint':
		case 'rename-column': return [{table: operation.table, mode: 'ACCESS EXCLUSIVE'}];
		case 'rename-relation': return [{table: operation.table, mode: operation.relation === 'index' ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'}];
		case 'set-schema': return operation.table ? [{table: operation.table, mode: 'ACCESS EXCLUSIVE'}] : [];
		case 'create-index': return [{table: operation.table, mode: operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'}];
		case 'drop': return ['table', 'materialized view', 'view'].includes(operation.object) ? operation.names.map(table => ({table, mode: 'ACCESS EXCLUSIVE'})) : [];
		case 'reindex': return operation.table && operation.what === 'table' ? [{table: operation.table, mode: operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'}] : [];
		case 'truncate': return operation.tables.map(table => ({table, mode: 'ACCESS EXCLUSIVE'}));
		case 'update':
		case 'delete':
		case 'insert':
		case 'copy': return [{table: operation.table, mode: 'ROW EXCLUSIVE'}];
		case 'refresh': return [{table: operation.table, mode: operation.concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE'}];
		case 'vacuum': return operation.tables.map(table => ({table, mode: operation.full ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE'}));
		case 'cluster': return operation.table ? [{table: operation.table, mode: 'ACCESS EXCLUSIVE'}] : [];
		case 'lock': return operation.tables.map(table => ({table, mode: lockModes[operation.mode - 1] ?? 'ACCESS EXCLUSIVE'}));
		case 'create-trigger': return [{table: operation.table, mode: 'SHARE ROW EXCLUSIVE'}];
		default: return [];
	}
}

/** Subcommands that need less than ACCESS EXCLUSIVE. */
const alterTableModes: Partial<Record<string, LockMode>> = {
	AT_SetStatistics: 'SHARE UPDATE EXCLUSIVE',
	AT_SetRelOptions: 'SHARE UPDATE EXCLUSIVE',
	AT_ResetRelOptions: 'SHARE UPDATE EXCLUSIVE',
	AT_SetOptions: 'SHARE UPDATE EXCLUSIVE',
	AT_ResetOptions: 'SHARE UPDATE EXCLUSIVE',
	AT_ClusterOn: 'SHARE UPDATE EXCLUSIVE',
	AT_DropCluster: 'SHARE UPDATE EXCLUSIVE',
	AT_EnableTrig: 'SHARE ROW EXCLUSIVE',
	AT_EnableAlwaysTrig: 'SHARE ROW EXCLUSIVE',
	AT_EnableReplicaTrig: 'SHARE ROW EXCLUSIVE',
	AT_DisableTrig: 'SHARE ROW EXCLUSIVE',
	AT_EnableTrigAll: 'SHARE ROW EXCLUSIVE',
	AT_DisableTrigAll: 'SHARE ROW EXCLUSIVE',
	AT_EnableTrigUser: 'SHARE ROW EXCLUSIVE',
	AT_DisableTrigUser: 'SHARE ROW EXCLUSIVE',
};
