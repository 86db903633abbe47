/** The constraints that the script has added, and what they prove. */
import type {Constraint} from './columns.ts';
import type {TableName} from './names.ts';
import type {OperationOf} from './operations.ts';
import {provesNotNull} from './proof.ts';
import {columnsIn} from './read-index.ts';

export interface AddedConstraint {
	constraint: Constraint;
	/** The transaction it was added in. */
	transaction: number;
	validated: boolean;
}

export class SeenConstraints {
	/** By table, then by name. */
	readonly #added = new Map<string, Map<string, AddedConstraint>>();
	readonly #notNull = new Set<string>();
	/** Tables with a VALIDATE of a constraint that an older migration added. */
	readonly #validated = new Set<string>();
	readonly #unfinished = new Map<number, {table: TableName; name: string; revision?: string}[]>();

	get(table: TableName, name: string): AddedConstraint | undefined {
		return this.#added.get(table.key)?.get(name);
	}

	isNotNull(table: TableName, column: string): boolean {
		return this.#notNull.has(`${table.key}.${column}`);
	}

	setNotNull(table: TableName, column: string, notNull: boolean): void {
		if (notNull) this.#notNull.add(`${table.key}.${column}`);
		else this.#notNull.delete(`${table.key}.${column}`);
	}

	/** A VALIDATE of a constraint that an older migration added gets the benefit of the doubt. */
	provesNotNull(table: TableName, column: string): boolean {
		if (this.#validated.has(table.key)) return true;
		for (const {constraint, validated} of this.#of(table)) if (validated && provesNotNull(constraint.expression, column)) return true;
		return false;
	}

	hasValidCheck(table: TableName): boolean {
		if (this.#validated.has(table.key)) return true;
		for (const {constraint, validated} of this.#of(table)) if (constraint.kind === 'check' && validated) return true;
		return false;
	}

	/** The name of a CHECK whose condition names this column. */
	checkOn(table: TableName, column: string): string | undefined {
		for (const {constraint} of this.#of(table)) {
			if (constraint.kind === 'check' && constraint.enforced && columnsIn(constraint.expression).includes(column)) return constraint.name ?? 'a CHECK';
		}
		return undefined;
	}

	add(table: TableName, constraint: Constraint, transaction: number): void {
		if (constraint.kind === 'primary-key' || (constraint.kind === 'not-null' && !constraint.notValid)) for (const column of constraint.columns) this.setNotNull(table, column, true);
		const ofTable = this.#added.get(table.key) ?? new Map<string, AddedConstraint>();
		ofTable.set(constraint.name ?? `(${ofTable.size})`, {constraint, transaction, validated: !constraint.notValid});
		this.#added.set(table.key, ofTable);
	}

	validate(table: TableName, name: string): void {
		const added = this.get(table, name);
		if (!added) {
			this.#validated.add(table.key);
			return;
		}
		added.validated = true;
		if (added.constraint.kind === 'not-null') for (const column of added.constraint.columns) this.setNotNull(table, column, true);
	}

	drop(table: TableName, name: string): void {
		this.#added.get(table.key)?.delete(name);
	}

	/** Remembers a constraint that waits for its VALIDATE. */
	expect({table, constraint}: OperationOf<'add-constraint'>, statement: number, revision: string | undefined): void {
		if (!constraint.notValid || constraint.name === undefined) return;
		this.#unfinished.set(statement, [...this.#unfinished.get(statement) ?? [], {table, name: constraint.name, revision}]);
	}

	expects(statement: number): boolean {
		return this.#unfinished.has(statement);
	}

	/** Constraints added NOT VALID that nothing has validated, with the statement that added them. */
	unfinished(): {table: TableName; name: string; statement: number; revision?: string}[] {
		return [...this.#unfinished].flatMap(([statement, list]) => list.filter(({table, name}) => this.get(table, name)?.validated === false).map(each => ({...each, statement})));
	}

	#of(table: TableName): Iterable<AddedConstraint> {
		return this.#added.get(table.key)?.values() ?? [];
	}
}
