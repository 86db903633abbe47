/** What a statement does, as plain data: the language that the rules are written in. */
import type {Node} from 'libpg-query';
import type {Column, Constraint, Type} from './columns.ts';
import type {TableName} from './names.ts';

export type RelationKind = 'table' | 'index' | 'view' | 'materialized-view' | 'sequence' | 'foreign-table';

export type Operation = {
	/** Byte offset in the statement of what a finding should point at. */
	at?: number;
} & (
	| {do: 'create-table'; table: TableName; columns: Column[]; constraints: Constraint[]; ifNotExists: boolean; partitionOf?: TableName; partitioned: boolean; fromQuery: boolean; onCommitDrop: boolean}
	| {do: 'create-view'; table: TableName; materialized: boolean; replace: boolean; sources: TableName[]; aliases: string[]; columns: string[]; star: boolean}
	| {do: 'add-column'; table: TableName; column: Column; ifNotExists: boolean}
	| {do: 'drop-column'; table: TableName; column: string; cascade: boolean; ifExists: boolean}
	| {do: 'set-type'; table: TableName; column: string; type: Type; using?: Node; collation: boolean}
	| {do: 'set-not-null'; table: TableName; column: string}
	| {do: 'drop-not-null'; table: TableName; column: string}
	| {do: 'set-default'; table: TableName; column: string; value?: Node}
	| {do: 'add-constraint'; table: TableName; constraint: Constraint}
	| {do: 'validate-constraint'; table: TableName; name: string}
	| {do: 'drop-constraint'; table: TableName; name: string; ifExists: boolean; cascade: boolean}
	| {do: 'attach-partition' | 'detach-partition'; table: TableName; partition: TableName; concurrently: boolean; finalize: boolean}
	/** Any other subcommand of ALTER TABLE, by PostgreSQL's own name for it. */
	| {do: 'alter-table'; table: TableName; what: string; name?: string}
	| {do: 'rename-column'; table: TableName; column: string; to: string; relation: RelationKind}
	| {do: 'rename-constraint'; table: TableName; name: string; to: string}
	| {do: 'rename-relation'; table: TableName; to: string; relation: RelationKind}
	/** Renaming or moving anything else. */
	| {do: 'rename'; object: string; name: string; to: string}
	| {do: 'set-schema'; object: string; table?: TableName; name: string; to: string}
	| {do: 'create-index'; table: TableName; name?: string; columns: string[]; unique: boolean; concurrently: boolean; ifNotExists: boolean; only: boolean; method: string; where?: Node; /** Each with its order, collation and operator class, for comparing. */ keys: string[]; /** Columns that its expressions and its predicate name. */ reads: string[]}
	/** DROP of anything; `object` as `table`, `index`, `materialized view`, `schema`. */
	| {do: 'drop'; object: string; names: TableName[]; concurrently: boolean; cascade: boolean; ifExists: boolean; /** Of a trigger, a rule or a policy: the table it is on. */ of?: TableName}
	| {do: 'reindex'; what: 'index' | 'table' | 'schema' | 'database' | 'system'; table?: TableName; concurrently: boolean}
	| {do: 'truncate'; tables: TableName[]; cascade: boolean}
	| {do: 'update'; table: TableName; where?: Node; joins: boolean; columns: string[]}
	| {do: 'delete'; table: TableName; where?: Node; joins: boolean}
	| {do: 'insert'; table: TableName; source: 'values' | 'query'; rows: number; columns: string[]}
	| {do: 'copy'; table: TableName}
	| {do: 'refresh'; table: TableName; concurrently: boolean; noData: boolean}
	| {do: 'vacuum'; tables: TableName[]; full: boolean; analyzeOnly: boolean}
	| {do: 'cluster'; table?: TableName}
	| {do: 'lock'; tables: TableName[]; mode: number; nowait: boolean}
	| {do: 'create-trigger' | 'comment-table'; table: TableName}
	/** DO; `body` as it is between the quotes. */
	| {do: 'do-block'; language: string; body: string}
	| {do: 'transaction'; what: 'begin' | 'commit' | 'rollback' | 'savepoint' | 'rollback-to' | 'prepare' | 'other'; /** AND CHAIN: the next one begins at once. */ chain?: boolean}
	/** SET, RESET (without a value) and set_config(). */
	| {do: 'set'; name: string; value?: string; local: boolean}
	| {do: 'create-enum' | 'create-domain'; name: TableName; constraints: Constraint[]}
	| {do: 'create-schema'; name: string}
	/** Or a procedure. */
	| {do: 'create-function'; name: TableName}
	| {do: 'add-enum-value'; type: TableName; value: string; ordered: boolean}
	| {do: 'rename-enum-value'; type: TableName; from: string; to: string}
	| {do: 'alter-domain-add-constraint'; domain: TableName; constraint: Constraint}
	/** A statement that no rule asks about, by its kind in the parse tree. */
	| {do: 'other'; kind: string}
);

export type OperationOf<Do extends Operation['do']> = Operation & {do: Do};

/** The operations of one kind. */
export function only<Do extends Operation['do']>(operations: readonly Operation[], kind: Do): OperationOf<Do>[] {
	return operations.filter((operation): operation is OperationOf<Do> => operation.do === kind);
}
