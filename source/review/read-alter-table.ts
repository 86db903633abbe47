/** ALTER TABLE's subcommands as operations. */
import type {AlterTableCmd, AlterTableStmt} from 'libpg-query';
import {readColumn, readConstraint, readType, isNull} from './columns.ts';
import {tableName} from './names.ts';
import type {TableName} from './names.ts';
import type {Operation} from './operations.ts';

/** The operations of one ALTER TABLE, in its order; on a view, an index or a sequence it is something else, on a type only what it loses. */
export function readAlterTable(statement: AlterTableStmt, searchPath: string): Operation[] {
	const table = tableName(statement.relation, searchPath);
	if (statement.objtype !== 'OBJECT_TABLE') {
		// What a foreign table or a composite type loses is lost there too.
		const lost = statement.objtype === 'OBJECT_TYPE' || statement.objtype === 'OBJECT_FOREIGN_TABLE' ? (statement.cmds ?? []).filter(node => 'AlterTableCmd' in node && node.AlterTableCmd.subtype === 'AT_DropColumn') : [];
		return lost.length > 0 ? lost.flatMap(node => 'AlterTableCmd' in node ? [readCommand(node.AlterTableCmd, table, searchPath)] : []) : [{do: 'other', kind: `AlterTableStmt ${statement.objtype}`}];
	}
	return (statement.cmds ?? []).flatMap(node => 'AlterTableCmd' in node ? [readCommand(node.AlterTableCmd, table, searchPath)] : []);
}

function readCommand(command: AlterTableCmd, table: TableName, searchPath: string): Operation {
	const name = command.name ?? '';
	const definition = command.def;
	const at = table.at;
	const cascade = command.behavior === 'DROP_CASCADE';
	switch (command.subtype) {
		case 'AT_AddColumn': {
			if (!definition || !('ColumnDef' in definition)) break;
			const column = readColumn(definition.ColumnDef, searchPath);
			return {do: 'add-column', table, column, ifNotExists: command.missing_ok === true, at: column.at};
		}
		case 'AT_DropColumn': return {do: 'drop-column', table, column: name, cascade, ifExists: command.missing_ok === true, at};
		case 'AT_AlterColumnType': {
			if (!definition || !('ColumnDef' in definition)) break;
			const {typeName, raw_default: using, collClause, location} = definition.ColumnDef;
			return {do: 'set-type', table, column: name, type: readType(typeName), using, collation: collClause !== undefined, at: location};
		}
		case 'AT_SetNotNull': return {do: 'set-not-null', table, column: name, at};
		case 'AT_DropNotNull': return {do: 'drop-not-null', table, column: name, at};
		case 'AT_ColumnDefault': return {do: 'set-default', table, column: name, value: isNull(definition) ? undefined : definition, at};
		case 'AT_AddConstraint': {
			const constraint = definition && 'Constraint' in definition ? readConstraint(definition.Constraint, searchPath) : undefined;
			if (!constraint) break;
			return {do: 'add-constraint', table, constraint, at: constraint.at};
		}
		case 'AT_ValidateConstraint': return {do: 'validate-constraint', table, name, at};
		case 'AT_DropConstraint': return {do: 'drop-constraint', table, name, ifExists: command.missing_ok === true, cascade, at};
		case 'AT_AttachPartition':
		case 'AT_DetachPartition':
		case 'AT_DetachPartitionFinalize': {
			if (!definition || !('PartitionCmd' in definition)) break;
			const partition = tableName(definition.PartitionCmd.name, searchPath);
			const finalize = command.subtype === 'AT_DetachPartitionFinalize';
			return {do: command.subtype === 'AT_AttachPartition' ? 'attach-partition' : 'detach-partition', table, partition, concurrently: definition.PartitionCmd.concurrent === true, finalize, at: partition.at};
		}
	}
	return {do: 'alter-table', table, what: command.subtype ?? '', name: command.name, at};
}
