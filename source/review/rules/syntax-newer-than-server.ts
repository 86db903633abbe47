/** SQL that PostgreSQL 18's parser takes and the target's does not. */
import type {Rule} from '../rule.ts';
import {entries} from '../tree.ts';

interface Novelty {
	since: number;
	what: string;
}

export const syntaxNewerThanServer: Rule = {
	id: 'syntax-newer-than-server',
	level: 'error',
	category: 'robustness',
	says: 'is written for a newer PostgreSQL',
	triggers: 'Syntax that came after the target\'s version: NOT ENFORCED, a named NOT NULL constraint of a table, VIRTUAL columns, WITHOUT OVERLAPS, RETURNING OLD and NEW (18); MERGE … RETURNING, NOT MATCHED BY SOURCE, JSON_TABLE and JSON_VALUE, SET EXPRESSION (17); STORAGE of a new column, IS JSON, JSON_OBJECT with a colon (16); NULLS NOT DISTINCT, MERGE, security_invoker, SET ACCESS METHOD, ON DELETE SET NULL (columns) (15); DETACH CONCURRENTLY, CREATE OR REPLACE TRIGGER, BEGIN ATOMIC, COMPRESSION (14); DROP EXPRESSION (13).',
	spares: ['a target whose version is not known'],
	why: 'The server refuses it, and the migration fails there.',
	fix: {sql: '-- the form that PostgreSQL {version} knows', alembic: '# without the newer keyword'},
	check({tree, operations}, {version, versionKnown}) {
		if (!versionKnown || version >= 18 || operations.every(operation => plain.has(operation.do))) return [];
		for (const [kind, node] of entries(tree)) {
			const found = novelties[kind]?.(node as Node);
			if (found && found.since > version) return [{message: `${found.what} came with PostgreSQL ${found.since}; the server is ${version}.`, at: (node as Node).location, names: {version: String(version)}}];
		}
		return [];
	},
};

/** What has had no new syntax since 12. */
const plain = new Set<string>(['transaction', 'set', 'set-not-null', 'drop-not-null', 'set-default', 'validate-constraint', 'truncate', 'rename-column', 'rename-relation', 'drop']);

type Node = Record<string, unknown> & {location?: number};

const subcommands: Record<string, Novelty> = {
	AT_SetExpression: {since: 17, what: 'SET EXPRESSION'},
	AT_SetAccessMethod: {since: 15, what: 'SET ACCESS METHOD'},
	AT_DropExpression: {since: 13, what: 'DROP EXPRESSION'},
	AT_DetachPartitionFinalize: {since: 14, what: 'DETACH PARTITION … FINALIZE'},
};

const novelties: Record<string, ((node: Node) => Novelty | undefined) | undefined> = {
	Constraint(node) {
		const {contype} = node;
		if ((contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') && node['skip_validation'] && !node['is_enforced']) return {since: 18, what: 'NOT ENFORCED'};
		// At a column it is as old as SQL; it has keys only as a constraint of the table.
		if (contype === 'CONSTR_NOTNULL' && node['keys']) return {since: 18, what: 'A NOT NULL constraint of the table'};
		if (contype === 'CONSTR_GENERATED' && node['generated_kind'] === 'v') return {since: 18, what: 'A virtual generated column (STORED is not written)'};
		if (node['without_overlaps'] || node['fk_with_period']) return {since: 18, what: node['fk_with_period'] ? 'PERIOD' : 'WITHOUT OVERLAPS'};
		if (node['nulls_not_distinct']) return {since: 15, what: 'NULLS NOT DISTINCT'};
		return node['fk_del_set_cols'] ? {since: 15, what: 'ON DELETE SET … (columns)'} : undefined;
	},
	ATAlterConstraint: node => node['alterEnforceability'] ? {since: 18, what: '[NOT] ENFORCED'} : undefined,
	IndexStmt: node => node['nulls_not_distinct'] ? {since: 15, what: 'NULLS NOT DISTINCT'} : undefined,
	ColumnDef(node) {
		if (node['storage_name']) return {since: 16, what: 'STORAGE of a new column'};
		return node['compression'] ? {since: 14, what: 'COMPRESSION'} : undefined;
	},
	AlterTableCmd: node => subcommands[node['subtype'] as string],
	PartitionCmd: node => node['concurrent'] ? {since: 14, what: 'DETACH PARTITION … CONCURRENTLY'} : undefined,
	MergeStmt: node => node['returningClause'] ? {since: 17, what: 'MERGE … RETURNING'} : {since: 15, what: 'MERGE'},
	MergeWhenClause: node => node['matchKind'] === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE' ? {since: 17, what: 'NOT MATCHED BY SOURCE'} : undefined,
	returningClause(node) {
		if (node['options']) return {since: 18, what: 'RETURNING WITH (OLD AS …)'};
		const names = JSON.stringify(node['exprs'] ?? []).matchAll(/"ColumnRef":\{"fields":\[\{"String":\{"sval":"(old|new)"\}\},/g);
		const [match] = names;
		return match ? {since: 18, what: `RETURNING ${match[1]}.…`} : undefined;
	},
	JsonTable: () => ({since: 17, what: 'JSON_TABLE'}),
	JsonFuncExpr: () => ({since: 17, what: 'JSON_VALUE, JSON_QUERY and JSON_EXISTS'}),
	JsonObjectConstructor: () => ({since: 16, what: 'SQL\'s JSON_OBJECT'}),
	JsonIsPredicate: () => ({since: 16, what: 'IS JSON'}),
	ViewStmt: node => JSON.stringify(node['options'] ?? []).includes('"security_invoker"') ? {since: 15, what: 'security_invoker'} : undefined,
	CreateTrigStmt: node => node['replace'] ? {since: 14, what: 'CREATE OR REPLACE TRIGGER'} : undefined,
	CreateFunctionStmt: node => node['sql_body'] ? {since: 14, what: 'BEGIN ATOMIC or RETURN as a function\'s body'} : undefined,
	CopyStmt: node => JSON.stringify(node['options'] ?? []).includes('"on_error"') ? {since: 17, what: 'COPY … ON_ERROR'} : undefined,
};
