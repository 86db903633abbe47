/** What is true when a statement runs: the transaction, its locks and timeouts, and what came before it. */
import type {Column, Type} from './columns.ts';
import {Created} from './created.ts';
import {findTable} from './knowledge.ts';
import type {Knowledge, KnownTable} from './knowledge.ts';
import type {LockMode} from './locks.ts';
import type {TableName} from './names.ts';
import {definitionProvesNotNull} from './proof.ts';
import type {Operation, OperationOf} from './operations.ts';
import {isRepeatable} from './repeatable.ts';
import type {Statement} from './rule.ts';
import {SeenConstraints} from './seen-constraints.ts';
import type {AddedConstraint} from './seen-constraints.ts';
import {Seen} from './seen.ts';
import {Timeouts} from './timeouts.ts';
import {parseType} from './type-change.ts';
import {sharesPass} from './work.ts';

export class Context {
	readonly knowledge: Knowledge | undefined;
	/** Major version of the target; 14, the oldest one in support, when nobody said. */
	readonly version: number;
	/** Whether somebody said it. */
	readonly versionKnown: boolean;
	/** What single rules are told, such as the naming convention. */
	readonly naming: Readonly<Record<string, string>>;
	readonly timeouts: Timeouts;
	revision: string | undefined;
	direction: 'up' | 'down' = 'up';
	/** The schema that bare names are in. */
	searchPath: string;
	inTransaction: boolean;
	/** Counts transactions; a statement outside of one has a number of its own. */
	transaction = 1;
	/** The statement that began the open transaction; undefined when the caller said that there is one. */
	begunBy: number | undefined;
	/** Locks that the open transaction holds on tables that were there before it. */
	readonly held = new Map<string, {table: TableName; mode: LockMode; statement: number}>();
	/** Labels added to enums in the open transaction: type → labels. */
	readonly newLabels = new Map<string, Set<string>>();
	readonly seen = new Seen();
	/** Statements of this revision in the open transaction that can't be run twice, as long as the version table does not know of them. */
	unbooked: number[] = [];
	/** The last statement of the transaction that read or wrote a whole table by ALTER TABLE. */
	worked: {table: string; statement: number} | undefined;
	/** Columns that SET NOT NULL was run on in this migration, by table. */
	readonly proven = new Set<string>();

	readonly #created = new Created();
	readonly #types = new Map<string, Type>();
	readonly #constraints = new SeenConstraints();
	readonly #said = new Set<string>();

	constructor(knowledge: Knowledge | undefined, options: {pgVersion?: number; inTransaction: boolean; naming?: Record<string, string>}) {
		this.knowledge = knowledge;
		const version = options.pgVersion ?? knowledge?.pgVersion;
		this.version = version ?? 14;
		this.versionKnown = version !== undefined;
		this.naming = options.naming ?? {};
		this.inTransaction = options.inTransaction;
		this.searchPath = knowledge?.searchPath?.[0] ?? 'public';
		this.timeouts = new Timeouts(knowledge);
	}

	/** Another migration begins: what earlier ones created is there now, and may be large. */
	enterRevision(revision: string, direction: 'up' | 'down'): void {
		this.revision = revision;
		this.direction = direction;
		this.#created.forget();
		this.#said.clear();
		this.proven.clear();
		this.unbooked = [];
	}

	/** Whether a rule that speaks once for a migration has not spoken yet. */
	sayOnce(rule: string): boolean {
		if (this.#said.has(rule)) return false;
		this.#said.add(rule);
		return true;
	}

	/** Created by this migration and still empty or unseen by others, or temporary. */
	isNew(table: TableName): boolean {
		return table.temporary === true || table.schema === 'pg_temp' || this.#created.hasTable(table, this.transaction);
	}

	isNewColumn(table: TableName, column: string): boolean {
		return this.isNew(table) || this.#created.hasColumn(table, column);
	}

	/** An index, a type, a schema… created by this migration. */
	isNewObject(kind: string, name: string): boolean {
		return this.#created.hasObject(sameKinds[kind] ?? kind, name);
	}

	/** Emptied by TRUNCATE in this transaction. */
	isEmptied(table: TableName): boolean {
		return this.#created.isEmptied(table, this.transaction);
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
		return this.#constraints.isNotNull(table, column) || this.known(table)?.columns?.find(known => known.name === column)?.notNull === true;
	}

	/** Whether a validated CHECK lets SET NOT NULL skip its scan (PostgreSQL 12 and later). */
	isProvenNotNull(table: TableName, column: string): boolean {
		if (this.version < 12) return false;
		return this.#constraints.provesNotNull(table, column)
			|| this.known(table)?.constraints?.some(known => known.kind === 'check' && known.validated && known.columns.includes(column) && definitionProvesNotNull(known.definition, column)) === true;
	}

	hasValidCheck(table: TableName): boolean {
		return this.#constraints.hasValidCheck(table) || this.known(table)?.constraints?.some(({kind, validated}) => kind === 'check' && validated) === true;
	}

	/** The name of a CHECK on this column, of the script or of the database. */
	checkOn(table: TableName, column: string): string | undefined {
		return this.#constraints.checkOn(table, column) ?? this.known(table)?.constraints?.find(({kind, columns}) => kind === 'check' && columns.includes(column))?.name;
	}

	/** Whether a type is a domain with a CHECK or NOT NULL; undefined when it is no domain that is known. */
	isConstrainedDomain(type: Type): boolean | undefined {
		if (type.builtIn) return undefined;
		const key = type.name.includes('.') ? type.name : `${this.searchPath}.${type.name}`;
		return this.seen.domain(key) ?? this.knowledge?.domains?.find(({schema, name}) => `${schema}.${name}` === key)?.constrained;
	}

	/** The columns of an index that the script built or the database has. */
	indexColumns(table: TableName, name: string): string[] | undefined {
		return this.seen.indexes(table).find(index => index.name === name)?.columns ?? this.known(table)?.indexes?.find(index => index.name === name)?.columns;
	}

	addedConstraint(table: TableName, name: string): AddedConstraint | undefined {
		return this.#constraints.get(table, name);
	}

	/** Whether a rule may come back to this statement at the end of the script. */
	remembers(statement: number): boolean {
		return this.begunBy === statement || this.#constraints.expects(statement) || this.seen.foreignKeys.at(-1)?.statement === statement;
	}

	/** Constraints added NOT VALID that nothing has validated, with the statement that added them. */
	notValidated(): {table: TableName; name: string; statement: number; revision?: string}[] {
		return this.#constraints.unfinished();
	}

	/** The version table has caught up: what was done in this transaction is atomic with it. */
	book(): void {
		this.unbooked = [];
	}

	/** A block of PL/pgSQL is a transaction of its own, unless it runs in one. */
	enterBlock(): () => void {
		const outside = !this.inTransaction;
		this.inTransaction = true;
		return () => {
			if (!outside) return;
			this.inTransaction = false;
			this.endTransaction();
		};
	}

	/** Takes in what a statement did, after the rules have judged it. */
	apply(statement: Statement): void {
		if (this.inTransaction) this.#hold(statement);
		for (const operation of statement.operations) {
			if (operation.do === 'transaction') {
				this.#transact(operation, statement);
				continue;
			}
			if (sharesPass(operation, this)) this.worked = {table: operation.table.key, statement: statement.number};
			if (this.inTransaction && !isRepeatable(operation, {seen: this.seen, tree: statement.tree}) && this.unbooked.at(-1) !== statement.number) this.unbooked.push(statement.number);
			this.#created.apply(operation, this.transaction);
			this.#apply(operation);
			this.seen.apply(operation, {statement: statement.number, up: this.direction === 'up'});
			if (operation.do === 'add-constraint') this.#constraints.expect(operation, statement.number, this.revision);
		}
		if (!this.inTransaction) this.endTransaction();
	}

	#transact(operation: OperationOf<'transaction'>, statement: Statement): void {
		if (operation.what === 'begin') {
			if (this.inTransaction) return;
			this.endTransaction();
			this.inTransaction = true;
			this.begunBy = statement.number;
		} else if (operation.what === 'commit' || operation.what === 'rollback' || operation.what === 'prepare') {
			this.inTransaction = operation.chain === true;
			this.begunBy = operation.chain ? statement.number : undefined;
			this.endTransaction();
		}
	}

	/** Locks go, labels become usable, SET LOCAL ends. */
	endTransaction(): void {
		this.worked = undefined;
		this.unbooked = [];
		this.transaction++;
		this.held.clear();
		this.newLabels.clear();
		this.timeouts.endTransaction();
	}

	#hold(statement: Statement): void {
		for (const {table, mode} of statement.locks) {
			if (mode !== 'ACCESS EXCLUSIVE' || this.isNew(table)) continue;
			if (!this.held.has(table.key)) this.held.set(table.key, {table, mode, statement: statement.number});
		}
	}

	#apply(operation: Operation): void {
		switch (operation.do) {
			case 'create-table': {
				for (const column of operation.columns) this.#learn(operation.table, column);
				for (const constraint of operation.constraints) this.#constraints.add(operation.table, constraint, this.transaction);
				break;
			}
			case 'add-column': {
				this.#learn(operation.table, operation.column);
				break;
			}
			case 'set-type': {
				this.#types.set(`${operation.table.key}.${operation.column}`, operation.type);
				break;
			}
			case 'set-not-null':
			case 'drop-not-null': {
				this.#constraints.setNotNull(operation.table, operation.column, operation.do === 'set-not-null');
				if (operation.do === 'set-not-null') this.proven.add(operation.table.key);
				break;
			}
			case 'add-constraint': {
				this.#constraints.add(operation.table, operation.constraint, this.transaction);
				break;
			}
			case 'validate-constraint': {
				this.#constraints.validate(operation.table, operation.name);
				break;
			}
			case 'drop-constraint': {
				this.#constraints.drop(operation.table, operation.name);
				break;
			}
			case 'add-enum-value': {
				const labels = this.newLabels.get(operation.type.key) ?? new Set();
				this.newLabels.set(operation.type.key, labels.add(operation.value));
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
		if (column.notNull) this.#constraints.setNotNull(table, column.name, true);
		for (const constraint of column.constraints) this.#constraints.add(table, constraint, this.transaction);
	}
}

/** What shares its names with another kind. */
const sameKinds: Partial<Record<string, string>> = {domain: 'type', procedure: 'function', routine: 'function', aggregate: 'function'};
