/** A parse tree becomes operations: the one place that knows how PostgreSQL's trees look. */
import type {CreateStmt, DefElem, DropStmt, FuncCall, Node, RangeVar, ReindexStmt, RenameStmt, SelectStmt, VacuumStmt, VariableSetStmt, WithClause} from 'libpg-query';
import {readColumn, readConstraint} from './columns.ts';
import type {Constraint} from './columns.ts';
import {objectName, strings, tableName} from './names.ts';
import type {TableName} from './names.ts';
import type {Operation, OperationOf, RelationKind} from './operations.ts';
import {readAlterTable} from './read-alter-table.ts';
import {readIndex} from './read-index.ts';
import {readQuery} from './read-query.ts';
import {nodes} from './tree.ts';

/** What a statement does, in its order. `searchPath`: the schema of bare names. */
export function readOperations(node: Node, searchPath: string): Operation[] {
	const table = (range: RangeVar | undefined) => tableName(range, searchPath);
	const tables = (list: Node[] | undefined) => (list ?? []).flatMap(item => 'RangeVar' in item ? [table(item.RangeVar)] : []);
	if ('AlterTableStmt' in node) return readAlterTable(node.AlterTableStmt, searchPath);
	if ('CreateStmt' in node) return [readCreateTable(node.CreateStmt, searchPath)];
	if ('IndexStmt' in node) return [readIndex(node.IndexStmt, searchPath)];
	if ('DropStmt' in node) return [readDrop(node.DropStmt, searchPath)];
	if ('RenameStmt' in node) return [readRename(node.RenameStmt, searchPath)];
	if ('ReindexStmt' in node) return [readReindex(node.ReindexStmt, searchPath)];
	if ('SelectStmt' in node) return readSelect(node.SelectStmt, searchPath);
	if ('VariableSetStmt' in node) return [readSet(node.VariableSetStmt)];
	if ('VacuumStmt' in node) return [readVacuum(node.VacuumStmt, searchPath)];
	if ('TransactionStmt' in node) return [{do: 'transaction', what: transactionWords[node.TransactionStmt.kind ?? ''] ?? 'other', ...(node.TransactionStmt.chain === true && {chain: true})}];
	if ('CreateTableAsStmt' in node) {
		const {into, objtype, if_not_exists: ifNotExists} = node.CreateTableAsStmt;
		const created = table(into?.rel);
		return objtype === 'OBJECT_MATVIEW'
			? [{do: 'create-view', table: created, materialized: true, replace: false, ...readQuery(node.CreateTableAsStmt.query, undefined, searchPath)}]
			: [{do: 'create-table', table: created, columns: [], constraints: [], ifNotExists: ifNotExists === true, partitioned: false, fromQuery: true, onCommitDrop: into?.onCommit === 'ONCOMMIT_DROP'}];
	}
	if ('ViewStmt' in node) return [{do: 'create-view', table: table(node.ViewStmt.view), materialized: false, replace: node.ViewStmt.replace === true, ...readQuery(node.ViewStmt.query, node.ViewStmt.aliases, searchPath)}];
	if ('TruncateStmt' in node) return [{do: 'truncate', tables: tables(node.TruncateStmt.relations), cascade: node.TruncateStmt.behavior === 'DROP_CASCADE'}];
	if ('UpdateStmt' in node) {
		const {relation, whereClause: where, fromClause, targetList} = node.UpdateStmt;
		return [{do: 'update', table: table(relation), where, joins: (fromClause ?? []).length > 0, columns: targets(targetList), at: relation?.location}, ...changesIn(node.UpdateStmt.withClause, searchPath)];
	}
	if ('DeleteStmt' in node) {
		const {relation, whereClause: where, usingClause} = node.DeleteStmt;
		return [{do: 'delete', table: table(relation), where, joins: (usingClause ?? []).length > 0, at: relation?.location}, ...changesIn(node.DeleteStmt.withClause, searchPath)];
	}
	if ('InsertStmt' in node) {
		const {relation, selectStmt, cols} = node.InsertStmt;
		const values = selectStmt && 'SelectStmt' in selectStmt ? selectStmt.SelectStmt.valuesLists : undefined;
		return [{do: 'insert', table: table(relation), source: values || !selectStmt ? 'values' : 'query', rows: values?.length ?? 1, columns: targets(cols), at: relation?.location}, ...changesIn(node.InsertStmt.withClause, searchPath)];
	}
	if ('MergeStmt' in node) {
		const {relation, joinCondition: where, withClause} = node.MergeStmt;
		return [{do: 'update', table: table(relation), where, joins: true, columns: [], at: relation?.location}, ...changesIn(withClause, searchPath)];
	}
	// What EXPLAIN ANALYZE explains it runs as well; what is prepared is meant to be run.
	if ('ExplainStmt' in node && node.ExplainStmt.query && isOn(option(node.ExplainStmt.options, 'analyze'))) return readOperations(node.ExplainStmt.query, searchPath);
	if ('PrepareStmt' in node && node.PrepareStmt.query) return readOperations(node.PrepareStmt.query, searchPath);
	if ('CopyStmt' in node) return node.CopyStmt.is_from ? [{do: 'copy', table: table(node.CopyStmt.relation)}] : [{do: 'other', kind: 'CopyStmt'}];
	if ('RefreshMatViewStmt' in node) {
		const {relation, concurrent, skipData} = node.RefreshMatViewStmt;
		return [{do: 'refresh', table: table(relation), concurrently: concurrent === true, noData: skipData === true}];
	}
	if ('ClusterStmt' in node) return [{do: 'cluster', table: node.ClusterStmt.relation && table(node.ClusterStmt.relation)}];
	if ('LockStmt' in node) return [{do: 'lock', tables: tables(node.LockStmt.relations), mode: node.LockStmt.mode ?? 0, nowait: node.LockStmt.nowait === true}];
	if ('DoStmt' in node) return [readDo(node.DoStmt.args)];
	if ('CreateTrigStmt' in node) return [{do: 'create-trigger', table: table(node.CreateTrigStmt.relation)}];
	if ('CreateFunctionStmt' in node) return [{do: 'create-function', name: objectName(strings(node.CreateFunctionStmt.funcname), searchPath)}];
	if ('CreateEnumStmt' in node) return [{do: 'create-enum', name: objectName(strings(node.CreateEnumStmt.typeName), searchPath), constraints: []}];
	if ('CreateDomainStmt' in node) return [{do: 'create-domain', name: objectName(strings(node.CreateDomainStmt.domainname), searchPath), constraints: constraints(node.CreateDomainStmt.constraints, searchPath)}];
	if ('CreateSchemaStmt' in node) {
		const {schemaname: name = '', schemaElts: elements} = node.CreateSchemaStmt;
		return [{do: 'create-schema', name}, ...(elements ?? []).flatMap(element => readOperations(element, name))];
	}
	if ('CreateForeignTableStmt' in node && node.CreateForeignTableStmt.base) return [readCreateTable(node.CreateForeignTableStmt.base, searchPath)];
	if ('AlterEnumStmt' in node) {
		const {typeName, oldVal, newVal = '', newValNeighbor} = node.AlterEnumStmt;
		const type = objectName(strings(typeName), searchPath);
		return [oldVal === undefined ? {do: 'add-enum-value', type, value: newVal, ordered: newValNeighbor !== undefined} : {do: 'rename-enum-value', type, from: oldVal, to: newVal}];
	}
	if ('AlterDomainStmt' in node && node.AlterDomainStmt.subtype === 'C') {
		const [constraint] = constraints(node.AlterDomainStmt.def && [node.AlterDomainStmt.def], searchPath);
		if (constraint) return [{do: 'alter-domain-add-constraint', domain: objectName(strings(node.AlterDomainStmt.typeName), searchPath), constraint}];
	}
	if ('AlterObjectSchemaStmt' in node) {
		const {relation, objectType, object, newschema = ''} = node.AlterObjectSchemaStmt;
		return [{do: 'set-schema', object: words(objectType), table: relation && table(relation), name: relation ? table(relation).text : strings(object && [object]).join('.'), to: newschema}];
	}
	if ('DropdbStmt' in node) return [{do: 'drop', object: 'database', names: [objectName([node.DropdbStmt.dbname ?? ''], searchPath)], concurrently: false, cascade: false, ifExists: node.DropdbStmt.missing_ok === true}];
	return [{do: 'other', kind: Object.keys(node)[0] ?? ''}];
}

const transactionWords: Partial<Record<string, OperationOf<'transaction'>['what']>> = {
	TRANS_STMT_BEGIN: 'begin',
	TRANS_STMT_START: 'begin',
	TRANS_STMT_COMMIT: 'commit',
	TRANS_STMT_ROLLBACK: 'rollback',
	TRANS_STMT_SAVEPOINT: 'savepoint',
	TRANS_STMT_ROLLBACK_TO: 'rollback-to',
	TRANS_STMT_PREPARE: 'prepare',
};

function readCreateTable(statement: CreateStmt, searchPath: string): Operation {
	const elements = statement.tableElts ?? [];
	const parent = statement.partbound && statement.inhRelations?.[0];
	return {
		do: 'create-table',
		table: tableName(statement.relation, searchPath),
		columns: elements.flatMap(element => 'ColumnDef' in element ? [readColumn(element.ColumnDef, searchPath)] : []),
		constraints: constraints(elements, searchPath),
		ifNotExists: statement.if_not_exists === true,
		partitionOf: parent && 'RangeVar' in parent ? tableName(parent.RangeVar, searchPath) : undefined,
		partitioned: statement.partspec !== undefined,
		fromQuery: false,
		onCommitDrop: statement.oncommit === 'ONCOMMIT_DROP',
	};
}

function readDrop(statement: DropStmt, searchPath: string): Operation {
	const object = words(statement.removeType);
	const names = (statement.objects ?? []).map(item => {
		if ('List' in item) return objectName(strings(item.List.items), searchPath);
		if ('TypeName' in item) return objectName(strings(item.TypeName.names), searchPath);
		if ('ObjectWithArgs' in item) return objectName(strings(item.ObjectWithArgs.objname), searchPath);
		return objectName(strings([item]), searchPath);
	});
	const parts = object === 'trigger' || object === 'rule' || object === 'policy' ? statement.objects?.[0] : undefined;
	const of = parts && 'List' in parts ? objectName(strings(parts.List.items).slice(0, -1), searchPath) : undefined;
	return {do: 'drop', of, object, names, concurrently: statement.concurrent === true, cascade: statement.behavior === 'DROP_CASCADE', ifExists: statement.missing_ok === true};
}

function readRename(statement: RenameStmt, searchPath: string): Operation {
	const {renameType, relation, subname = '', newname: to = ''} = statement;
	const table = tableName(relation, searchPath);
	if (renameType === 'OBJECT_COLUMN') return {do: 'rename-column', table, column: subname, to, relation: relationKinds[statement.relationType ?? ''] ?? 'table', at: table.at};
	if (renameType === 'OBJECT_TABCONSTRAINT') return {do: 'rename-constraint', table, name: subname, to, at: table.at};
	const kind = relationKinds[renameType ?? ''];
	if (kind) return {do: 'rename-relation', table, to, relation: kind, at: table.at};
	const object = statement.object && 'ObjectWithArgs' in statement.object ? statement.object.ObjectWithArgs.objname : statement.object && [statement.object];
	return {do: 'rename', object: words(renameType), name: subname || strings(object).join('.'), to};
}

const relationKinds: Partial<Record<string, RelationKind>> = {
	OBJECT_TABLE: 'table',
	OBJECT_INDEX: 'index',
	OBJECT_VIEW: 'view',
	OBJECT_MATVIEW: 'materialized-view',
	OBJECT_SEQUENCE: 'sequence',
	OBJECT_FOREIGN_TABLE: 'foreign-table',
};

function readReindex(statement: ReindexStmt, searchPath: string): Operation {
	const what = (statement.kind ?? '').replace('REINDEX_OBJECT_', '').toLowerCase() as OperationOf<'reindex'>['what'];
	return {do: 'reindex', what, table: statement.relation && tableName(statement.relation, searchPath), concurrently: isOn(option(statement.params, 'concurrently'))};
}

function readDo(args: Node[] | undefined): Operation {
	const text = (name: string) => {
		const arg = option(args, name)?.arg;
		return arg && 'String' in arg ? arg.String.sval ?? '' : undefined;
	};
	return {do: 'do-block', language: text('language') ?? 'plpgsql', body: text('as') ?? ''};
}

function readVacuum(statement: VacuumStmt, searchPath: string): Operation {
	const tables: TableName[] = (statement.rels ?? []).flatMap(node => 'VacuumRelation' in node && node.VacuumRelation.relation ? [tableName(node.VacuumRelation.relation, searchPath)] : []);
	return {do: 'vacuum', tables, full: isOn(option(statement.options, 'full')), analyzeOnly: statement.is_vacuumcmd !== true};
}

/** set_config() is a SET in another coat; a data-changing WITH is what it contains. */
function readSelect(statement: SelectStmt, searchPath: string): Operation[] {
	if (statement.intoClause?.rel) return [{do: 'create-table', table: tableName(statement.intoClause.rel, searchPath), columns: [], constraints: [], ifNotExists: false, partitioned: false, fromQuery: true, onCommitDrop: false}];
	const settings: Operation[] = [];
	for (const call of nodes<FuncCall>(statement.targetList ?? [], 'FuncCall')) {
		if (strings(call.funcname).at(-1) !== 'set_config') continue;
		const [name, value, local] = (call.args ?? []).map(constant);
		if (name !== undefined) settings.push({do: 'set', name: name.toLowerCase(), value, local: local === 'true'});
	}
	return [...settings, ...changesIn(statement.withClause, searchPath), {do: 'other', kind: 'SelectStmt'}];
}

function changesIn(clause: WithClause | undefined, searchPath: string): Operation[] {
	const inner = (clause?.ctes ?? []).flatMap(node => 'CommonTableExpr' in node && node.CommonTableExpr.ctequery ? readOperations(node.CommonTableExpr.ctequery, searchPath) : []);
	return inner.filter(operation => operation.do === 'update' || operation.do === 'delete' || operation.do === 'insert');
}

function readSet(statement: VariableSetStmt): Operation {
	const name = (statement.name ?? '').toLowerCase();
	const value = statement.kind === 'VAR_SET_VALUE' ? (statement.args ?? []).map(constant).join(', ') : undefined;
	return {do: 'set', name, value, local: statement.is_local === true};
}

function constraints(list: Node[] | undefined, searchPath: string): Constraint[] {
	return (list ?? []).flatMap(node => {
		const constraint = 'Constraint' in node ? readConstraint(node.Constraint, searchPath) : undefined;
		return constraint ? [constraint] : [];
	});
}

function targets(list: Node[] | undefined): string[] {
	// With an indirection it is a field or an element of the column, not the column.
	return (list ?? []).flatMap(node => 'ResTarget' in node && !node.ResTarget.indirection?.length ? [node.ResTarget.name ?? ''] : []);
}

function option(options: Node[] | undefined, name: string): DefElem | undefined {
	for (const node of options ?? []) if ('DefElem' in node && node.DefElem.defname === name) return node.DefElem;
	return undefined;
}

/** `(CONCURRENTLY)` and `(CONCURRENTLY true)`, but not `(CONCURRENTLY false)`. */
function isOn(element: DefElem | undefined): boolean {
	if (!element) return false;
	const value = element.arg && ('String' in element.arg ? element.arg.String.sval : 'Integer' in element.arg ? String(element.arg.Integer.ival ?? 0) : 'Boolean' in element.arg ? String(element.arg.Boolean.boolval ?? false) : undefined);
	return value === undefined || !['false', 'off', '0', 'no'].includes(value.toLowerCase());
}

function constant(node: Node): string | undefined {
	if ('TypeCast' in node && node.TypeCast.arg) return constant(node.TypeCast.arg);
	if (!('A_Const' in node)) return undefined;
	const {ival, fval, sval, boolval} = node.A_Const;
	if (sval) return sval.sval ?? '';
	if (ival) return String(ival.ival ?? 0);
	if (fval) return fval.fval ?? '';
	return boolval ? String(boolval.boolval ?? false) : undefined;
}

/** `OBJECT_MATVIEW` → `materialized view`. */
function words(object: string | undefined): string {
	const text = (object ?? '').replace('OBJECT_', '').replaceAll('_', ' ').toLowerCase();
	return text === 'matview' ? 'materialized view' : text;
}
