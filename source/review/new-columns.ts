/** The columns that a statement brings, for the rules about types. */
import type {Column, Type} from './columns.ts';
import type {Context} from './context.ts';
import type {TableName} from './names.ts';
import {only} from './operations.ts';
import type {Operation} from './operations.ts';

export interface NewColumn {
	table: TableName;
	column: Column;
	/** With the keys that the table's own constraints make of it. */
	primaryKey: boolean;
	/** By a constraint of the table. */
	foreignKey: boolean;
	at?: number;
}

/** Columns that get another type; a change of length or precision brings none. */
export function changedTypes(operations: readonly Operation[], context: Context): {table: TableName; column: {name: string; type: Type}; at?: number}[] {
	return only(operations, 'set-type').filter(({table, column, type}) => context.columnType(table, column)?.name !== type.name).map(({table, column, type, at}) => ({table, column: {name: column, type}, at}));
}

/** Columns of CREATE TABLE and ADD COLUMN; those of temporary tables are nobody's concern. */
export function newColumns(operations: readonly Operation[]): readonly NewColumn[] {
	if (last.operations !== operations) last = {operations, columns: readNewColumns(operations)};
	return last.columns;
}

/** Eight rules ask about the columns of each statement, one statement after another. */
let last: {operations?: readonly Operation[]; columns: readonly NewColumn[]} = {columns: []};

function readNewColumns(operations: readonly Operation[]): NewColumn[] {
	return operations.flatMap((operation): NewColumn[] => {
		if (operation.do === 'add-column') return [describe(operation.table, operation.column, {keys: [], references: []})];
		if (operation.do !== 'create-table' || operation.table.temporary) return [];
		const keys = operation.constraints.filter(constraint => constraint.kind === 'primary-key').flatMap(constraint => constraint.columns);
		const references = operation.constraints.filter(constraint => constraint.kind === 'foreign-key').flatMap(constraint => constraint.columns);
		return operation.columns.map(column => describe(operation.table, column, {keys, references}));
	});
}

function describe(table: TableName, column: Column, {keys, references}: {keys: string[]; references: string[]}): NewColumn {
	const primaryKey = keys.includes(column.name) || column.constraints.some(constraint => constraint.kind === 'primary-key');
	return {table, column, primaryKey, foreignKey: references.includes(column.name), at: column.at};
}
