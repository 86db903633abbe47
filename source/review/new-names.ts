/** The names that a statement gives to something new, for the rules about naming. */
import type {Constraint} from './columns.ts';
import type {TableName} from './names.ts';
import type {Operation} from './operations.ts';

export interface NewName {
	kind: 'table' | 'column' | 'index' | 'schema' | 'type' | Constraint['kind'];
	name: string;
	at?: number;
	table?: TableName;
}

export function newNames(operations: readonly Operation[]): NewName[] {
	return operations.flatMap((operation): NewName[] => {
		switch (operation.do) {
			case 'create-table': {
				const {table, columns, constraints} = operation;
				if (table.temporary) return [];
				return [
					{kind: 'table', name: table.name, at: table.at, table},
					...columns.map(({name, at}) => ({kind: 'column' as const, name, at, table})),
					...[...constraints, ...columns.flatMap(column => column.constraints)].flatMap(constraint => named(constraint, table)),
				];
			}
			case 'add-column': return [{kind: 'column', name: operation.column.name, at: operation.at, table: operation.table}, ...operation.column.constraints.flatMap(constraint => named(constraint, operation.table))];
			case 'add-constraint': return named(operation.constraint, operation.table);
			case 'create-index': return operation.name === undefined ? [] : [{kind: 'index', name: operation.name, table: operation.table}];
			case 'create-schema': return [{kind: 'schema', name: operation.name}];
			case 'create-enum':
			case 'create-domain': return [{kind: 'type', name: operation.name.name}];
			case 'rename-column': return [{kind: 'column', name: operation.to, at: operation.at, table: operation.table}];
			case 'rename-relation': return operation.relation === 'table' || operation.relation === 'index' ? [{kind: operation.relation, name: operation.to, at: operation.at, table: operation.table}] : [];
			default: return [];
		}
	});
}

function named({kind, name, at}: Constraint, table: TableName): NewName[] {
	return name === undefined ? [] : [{kind, name, at, table}];
}
