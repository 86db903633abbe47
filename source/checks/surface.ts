/** What of the schema the applications see changes: the material for whoever judges whether they go on working. */
import type {Operation} from '../review/operations.ts';
import {placeOf, type PlanStatements} from './statements.ts';

export interface Surface {
	/** What an application may need that is taken away or made stricter. */
	taken: string[];
	/** What is only new. */
	added: string[];
}

/** One line each, with its place. */
export function surfaceOf({statements, isNew, isNewColumn}: PlanStatements): Surface {
	const surface: Surface = {taken: [], added: []};
	for (const statement of statements) {
		for (const operation of statement.operations) {
			const [side, text] = judge(operation, isNew, isNewColumn) ?? [];
			if (side !== undefined) surface[side].push(`${text} (${placeOf(statement)})`);
		}
	}
	return surface;
}

function judge(operation: Operation, isNew: PlanStatements['isNew'], isNewColumn: PlanStatements['isNewColumn']): [keyof Surface, string] | null {
	if (!('table' in operation && operation.table && isNew(operation.table)) || operation.do === 'create-table') {
		switch (operation.do) {
			case 'create-table': return ['added', `new table ${operation.table.text}`];
			case 'create-view': return [operation.replace ? 'taken' : 'added', `view ${operation.table.text}`];
			case 'add-column': return [operation.column.notNull && !operation.column.default ? 'taken' : 'added', `new column ${operation.table.text}.${operation.column.name}`];
			case 'drop-column': return isNewColumn(operation.table, operation.column) ? null : ['taken', `column ${operation.table.text}.${operation.column} is dropped`];
			case 'set-type': return ['taken', `type of ${operation.table.text}.${operation.column} becomes ${operation.type.name}`];
			case 'set-not-null': return isNewColumn(operation.table, operation.column) ? null : ['taken', `${operation.table.text}.${operation.column} becomes NOT NULL`];
			case 'set-default': return ['taken', `default of ${operation.table.text}.${operation.column}`];
			case 'add-constraint': return ['taken', `${operation.constraint.kind} constraint on ${operation.table.text}`];
			case 'rename-column': return ['taken', `column ${operation.table.text}.${operation.column} becomes ${operation.to}`];
			case 'rename-relation': return operation.relation === 'index' ? null : ['taken', `${operation.table.text} becomes ${operation.to}`];
			case 'set-schema': return ['taken', `${operation.name} moves to ${operation.to}`];
			case 'rename-enum-value': return ['taken', `label ${operation.from} of ${operation.type.text} becomes ${operation.to}`];
			case 'add-enum-value': return ['added', `label ${operation.value} of ${operation.type.text}`];
			case 'drop': return operation.object === 'index' || operation.names.every(isNew) ? null : ['taken', `${operation.object} ${operation.names.map(name => name.text).join(', ')} is dropped`];
			case 'update':
			case 'delete':
			case 'insert': return ['taken', `rows of ${operation.table.text} are changed by ${operation.do}`];
			case 'truncate': return ['taken', `${operation.tables.map(table => table.text).join(', ')} is emptied`];
			default: return null;
		}
	}
	return null;
}
