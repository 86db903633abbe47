/** Whether an operation can run a second time after a failure further down. */
import type {Operation} from './operations.ts';
import type {Seen} from './seen.ts';

/** `tree`: of its statement, for what operations don't say. */
export function isRepeatable(operation: Operation, {seen, tree}: {seen: Seen; tree: unknown}): boolean {
	switch (operation.do) {
		case 'create-table': return operation.ifNotExists || operation.table.temporary === true;
		case 'add-column': return operation.ifNotExists;
		case 'create-index': return operation.ifNotExists || (operation.name !== undefined && seen.wasDropped(`index ${operation.table.schema}.${operation.name}`));
		case 'create-view': return operation.replace || flag(tree, 'if_not_exists');
		case 'drop':
		case 'drop-constraint':
		case 'drop-column': return operation.ifExists;
		case 'add-constraint': return operation.constraint.name !== undefined && seen.wasDropped(`constraint ${operation.table.key}.${operation.constraint.name}`);
		case 'add-enum-value': return flag(tree, 'skipIfNewValExists');
		case 'create-schema': return flag(tree, 'if_not_exists');
		case 'create-trigger': return flag(tree, 'replace');
		case 'insert': return flag(tree, 'onConflictClause');
		case 'create-function': return flag(tree, 'replace');
		case 'other': return !/^Create|^Define/.test(operation.kind) || flag(tree, 'if_not_exists') || flag(tree, 'replace');
		case 'rename-column':
		case 'rename-constraint':
		case 'rename-relation':
		case 'rename':
		case 'rename-enum-value':
		case 'set-schema':
		case 'attach-partition':
		case 'detach-partition':
		case 'alter-domain-add-constraint':
		case 'create-enum':
		case 'create-domain':
		case 'copy': return false;
		default: return true;
	}
}

/** Whether the statement itself has this property: `{CreateSchemaStmt: {if_not_exists: true}}`. */
function flag(tree: unknown, name: string): boolean {
	const [statement] = Object.values(tree as Record<string, Record<string, unknown>>);
	return Boolean(statement?.[name]);
}
