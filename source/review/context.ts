/** What is true when a statement runs: the transaction, its locks and timeouts, and what came before it. */
import type {Column, Constraint, Type} from './columns.ts';
import {findTable} from './knowledge.ts';
import type {Knowledge, KnownTable} from './knowledge.ts';
import {locksOf} from './locks.ts';
import type {LockMode} from './locks.ts';
import type {TableName} from './names.ts';
import {definitionProvesNotNull, provesNotNull} from './proof.ts';
import type {Operation, OperationOf} from './operations.ts';
import type {Statement} from './rule.ts';
import {Timeouts} from './timeouts.ts';
import {parseType} from './type-change.ts';

interface AddedConstraint {
	constraint: Constraint;
	/** The transaction it was added in. */
	transaction: number;
	validated: boolean;
}

export class Context {
	readonly knowledge: Knowledge | undefined;
	/** Major version of the target; 14, the oldest one in support, when nobody said. */
	readonly version: number;
	readonly timeouts: Timeouts;
	revision: string | undefined;
	direction: 'up' | 'down' = 'up';
	/** The schema that bare names are in. */
	searchPath = 'public';
	inTransaction: boolean;
	/** Counts transactions; a statement outside of one has a number of its own. */
	transaction = 1;
	/** The statement that began the open transaction; undefined when the caller said that there is one. */
	begunBy: number | undefined;
	/** Locks that the open transaction holds on tables that were there before it. */
	readonly held = new Map<string, {table: TableName; mode: LockMode; statement: number}>();
	/** Labels added to enums in the open transaction: type → labels. */
	readonly newLabels = new Map<string, Set<string>>();

	readonly #created = new Map<string, {table: TableName; filled: boolean; transaction: number}>();
	readonly #createdColumns = new Set<string>();
	readonly #createdObjects = new Set<string>();
	readonly #types = new Map<string, Type>();
	/** By table, then by name. */
	readonly #constraints = new Map<string, Map<string, AddedConstraint>>();
	readonly #notNull = new Set<string>();
	readonly #validated = new Set<string>();
	readonly #truncated = new Map<string, number>();
	readonly #indexes = new Map<string, string[]>();
	readonly #unfinished = new Map<number, {table: TableName; name: string; revision?: string}[]>();
	readonly #said = new Set<string>();

	constructor(knowledge: Knowledge | undefined, options: {pgVersion?: number; inTransaction: boolean}) {
		this.knowledge = knowledge;
		this.version = options.pgVersion ?? knowledge?.pgVersion ?? 14;
		this.inTransaction = options.inTransaction;
		this.timeouts = new Timeouts(knowledge);
	}

	/** Another migration begins: what earlier ones created is there now, and may be large. */
	enterRevision(revision: string, direction: 'up' | 'down'): void {
		this.revision = revision;
		this.direction = direction;
		this.#created.clear();
		this.#createdColumns.clear();
		this.#createdObjects.clear();
		this.#truncated.clear();
		this.#said.clear();
	}

	/** Whether a rule that speaks once for a migration has not spoken yet. */
	sayOnce(rule: string): boolean {
		if (this.#said.has(rule)) return false;
		this.#said.add(rule);
		return true;
	}

	/** Created by this migration and still empty or unseen by others, or temporary. */
	isNew(table: TableName): boolean {
		if (table.temporary || table.schema === 'pg_temp') return true;
		const created = this.#created.get(table.key);
		return created !== undefined && !(created.filled && created.transaction !== this.transaction);
	}

	isNewColumn(table: TableName, column: string): boolean {
		return this.isNew(table) || this.#createdColumns.has(`${table.key}.${column}`);
	}

	/** An index, a type, a schema… created by this migration. */
	isNewObject(kind: string, name: string): boolean {
		return this.#createdObjects.has(`${kind} ${name}`);
	}

	/** Emptied by TRUNCATE in this transaction. */
	isEmptied(table: TableName): boolean {
		return this.#truncated.get(table.key) === this.transaction;
	}

	known(table: TableName): KnownTable | undefined {
		return findTable(this.knowledge, table);
	}

	/** The type that a column has before this statement, where the script or the database tells it. */
	columnType(table: TableName, column: string): Type | undefined {
		const seen = this.#types.get(`${table.key}.${column}`);
		if (seen) return seen;
		const type = this.known(table)?.columns?.find(known => known.name === column)?.type;
		return type === undefined ? undefined : parseType(type);
	}

	isNotNull(table: TableName, column: string): boolean {
		return this.#notNull.has(`${table.key}.${column}`) || this.known(table)?.columns?.find(known => known.name === column)?.notNull === true;
	}

	/** Whether a validated CHECK lets SET NOT NULL skip its scan (PostgreSQL 12 and later). */
	isProvenNotNull(table: TableName, column: string): boolean {
		if (this.version < 12) return false;
		// A VALIDATE of a constraint that an older migration added: give it the benefit of the doubt.
		if (this.#validated.has(table.key)) return true;
		for (const added of this.#constraints.get(table.key)?.values() ?? []) {
			if (added.validated && provesNotNull(added.constraint.expression, column)) return true;
		}
		return this.known(table)?.constraints?.some(known => known.kind === 'check' && known.validated && known.columns.includes(column) && definitionProvesNotNull(known.definition, column)) === true;
	}

	hasValidCheck(table: TableName): boolean {
		if (this.#validated.has(table.key)) return true;
		for (const {constraint, validated} of this.#constraints.get(table.key)?.values() ?? []) if (constraint.kind === 'check' && validated) return true;
		return this.known(table)?.constraints?.some(({kind, validated}) => kind === 'check' && validated) === true;
	}

	/** The columns of an index that the script built or the database has. */
	indexColumns(table: TableName, name: string): string[] | undefined {
		return this.#indexes.get(`${table.key} ${name}`) ?? this.known(table)?.indexes?.find(index => index.name === name)?.columns;
	}

	addedConstraint(table: TableName, name: string): AddedConstraint | undefined {
		return this.#constraints.get(table.key)?.get(name);
	}

	/** Whether a rule may come back to this statement at the end of the script. */
	remembers(statement: number): boolean {
		return this.begunBy === statement || this.#unfinished.has(statement);
	}

	/** Constraints added NOT VALID that nothing has validated, with the statement that added them. */
	notValidated(): {table: TableName; name: string; statement: number; revision?: string}[] {
		return [...this.#unfinished].flatMap(([statement, list]) => list.filter(({table, name}) => this.addedConstraint(table, name)?.validated === false).map(each => ({...each, statement})));
	}

	/** Takes in what a statement did, after the rules have judged it. */
	apply(statement: Statement): void {
		for (const operation of statement.operations) {
			if (operation.do === 'transaction') {
				this.#transact(operation, statement);
				continue;
			}
			if (this.inTransaction) this.#hold(operation, statement);
			this.#apply(operation);
			if (operation.do === 'add-constraint' && operation.constraint.notValid && operation.constraint.name !== undefined) {
				const list = this.#unfinished.get(statement.number) ?? [];
				this.#unfinished.set(statement.number, [...list, {table: operation.table, name: operation.constraint.name, revision: this.revision}]);
			}
		}
		if (!this.inTransaction) this.#endTransaction();
	}

	#transact(operation: OperationOf<'transaction'>, statement: Statement): void {
		if (operation.what === 'begin') {
			if (this.inTransaction) return;
			this.#endTransaction();
			this.inTransaction = true;
			this.begunBy = statement.number;
		} else if (operation.what === 'commit' || operation.what === 'rollback' || operation.what === 'prepare') {
			this.inTransaction = false;
			this.begunBy = undefined;
			this.#endTransaction();
		}
	}

	#endTransaction(): void {
		this.transaction++;
		this.held.clear();
		this.newLabels.clear();
		this.timeouts.endTransaction();
	}

	#hold(operation: Operation, statement: Statement): void {
		for (const {table, mode} of locksOf(operation)) {
			if (this.isNew(table) || mode !== 'ACCESS EXCLUSIVE') continue;
			if (!this.held.has(table.key)) this.held.set(table.key, {table, mode, statement: statement.number});
		}
	}

	#apply(operation: Operation): void {
		switch (operation.do) {
			case 'create-table': {
				// IF NOT EXISTS may find an old table there; the migration means to create it.
				this.#created.set(operation.table.key, {table: operation.table, filled: operation.fromQuery, transaction: this.transaction});
				for (const column of operation.columns) this.#learn(operation.table, column);
				for (const constraint of operation.constraints) this.#addConstraint(operation.table, constraint);
				break;
			}
			case 'create-view': {
				if (operation.materialized) this.#created.set(operation.table.key, {table: operation.table, filled: false, transaction: this.transaction});
				this.#createdObjects.add(`view ${operation.table.key}`);
				break;
			}
			case 'add-column': {
				this.#createdColumns.add(`${operation.table.key}.${operation.column.name}`);
				this.#learn(operation.table, operation.column);
				break;
			}
			case 'set-type': {
				this.#types.set(`${operation.table.key}.${operation.column}`, operation.type);
				break;
			}
			case 'set-not-null': {
				this.#notNull.add(`${operation.table.key}.${operation.column}`);
				break;
			}
			case 'drop-not-null': {
				this.#notNull.delete(`${operation.table.key}.${operation.column}`);
				break;
			}
			case 'add-constraint': {
				this.#addConstraint(operation.table, operation.constraint);
				break;
			}
			case 'validate-constraint': {
				const added = this.addedConstraint(operation.table, operation.name);
				if (added) added.validated = true;
				else this.#validated.add(operation.table.key);
				break;
			}
			case 'drop-constraint': {
				this.#constraints.get(operation.table.key)?.delete(operation.name);
				break;
			}
			case 'create-index': {
				if (operation.name === undefined) break;
				this.#createdObjects.add(`index ${operation.table.schema}.${operation.name}`);
				this.#indexes.set(`${operation.table.key} ${operation.name}`, operation.columns);
				break;
			}
			case 'create-schema': {
				this.#createdObjects.add(`schema ${operation.name}`);
				break;
			}
			case 'create-enum':
			case 'create-domain': {
				this.#createdObjects.add(`type ${operation.name.key}`);
				break;
			}
			case 'add-enum-value': {
				const labels = this.newLabels.get(operation.type.key) ?? new Set();
				this.newLabels.set(operation.type.key, labels.add(operation.value));
				break;
			}
			case 'rename-relation': {
				const created = this.#created.get(operation.table.key);
				if (created) this.#created.set(`${operation.table.schema}.${operation.to}`, created);
				break;
			}
			case 'truncate': {
				for (const table of operation.tables) this.#truncated.set(table.key, this.transaction);
				break;
			}
			case 'insert':
			case 'copy': {
				const created = this.#created.get(operation.table.key);
				// A few rows of constants don't make a table slow to scan.
				if (created && (operation.do === 'copy' || operation.source === 'query' || operation.rows > 1000)) Object.assign(created, {filled: true, transaction: this.transaction});
				this.#truncated.delete(operation.table.key);
				break;
			}
			case 'set': {
				if (operation.name === 'search_path') this.searchPath = operation.value?.split(',').map(schema => schema.trim()).find(schema => schema !== '' && schema !== '$user') ?? 'public';
				this.timeouts.set(operation, this.inTransaction);
				break;
			}
		}
	}

	#learn(table: TableName, column: Column): void {
		this.#types.set(`${table.key}.${column.name}`, column.type);
		if (column.notNull) this.#notNull.add(`${table.key}.${column.name}`);
		for (const constraint of column.constraints) this.#addConstraint(table, constraint);
	}

	#addConstraint(table: TableName, constraint: Constraint): void {
		if (constraint.kind === 'primary-key') for (const column of constraint.columns) this.#notNull.add(`${table.key}.${column}`);
		const ofTable = this.#constraints.get(table.key) ?? new Map<string, AddedConstraint>();
		ofTable.set(constraint.name ?? `(${ofTable.size})`, {constraint, transaction: this.transaction, validated: !constraint.notValid});
		this.#constraints.set(table.key, ofTable);
	}
}
