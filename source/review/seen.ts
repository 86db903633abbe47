/** What the script itself has built so far and is still there: indexes, foreign keys, views, domains. */
import type {Constraint} from './columns.ts';
import type {TableName} from './names.ts';
import type {Operation, OperationOf} from './operations.ts';

export interface SeenIndex {
	name?: string;
	columns: string[];
	keys: string[];
	reads: string[];
	unique: boolean;
	method: string;
	/** Its predicate, for comparing. */
	where?: string;
}

export interface SeenForeignKey {
	table: TableName;
	columns: string[];
	statement: number;
	at?: number;
}

interface SeenView {
	text: string;
	sources: Set<string>;
	columns: Set<string>;
	star: boolean;
}

export class Seen {
	readonly foreignKeys: SeenForeignKey[] = [];
	readonly #tables = new Set<string>();
	/** By table, then by name. */
	readonly #indexes = new Map<string, Map<string, SeenIndex>>();
	/** The columns of keys, which have an index by themselves; by table, then by themselves. */
	readonly #keys = new Map<string, Map<string, string[]>>();
	readonly #referring = new Set<string>();
	readonly #views = new Map<string, SeenView>();
	readonly #gone = new Set<string>();
	readonly #domains = new Map<string, boolean>();
	/** Dropped with IF EXISTS, so that creating it anew can be repeated. */
	readonly #dropped = new Set<string>();

	/** Whether the script made this table, in whichever of its revisions: then all of its indexes are known. */
	creates(table: TableName): boolean {
		return this.#tables.has(table.key);
	}

	indexes(table: TableName): SeenIndex[] {
		return [...this.#indexes.get(table.key)?.values() ?? []];
	}

	keys(table: TableName): string[][] {
		return [...this.#keys.get(table.key)?.values() ?? []];
	}

	/** A view of the script that reads this column. */
	viewOn(table: TableName, column: string): string | undefined {
		for (const {text, sources, columns, star} of this.#views.values()) if (sources.has(table.key) && (star || columns.has(column))) return text;
		return undefined;
	}

	/** A view, or what hangs on a table, of the database that the script has dropped. */
	isGone(kind: string, name: string, table: TableName): boolean {
		if (kind !== 'view' && kind !== 'materialized view') return this.#gone.has(`${kind} ${name} of ${table.key}`);
		return this.#gone.has(name.includes('.') ? name : `public.${name}`);
	}

	/** Undefined: not a domain of this script. */
	domain(key: string): boolean | undefined {
		return this.#domains.get(key);
	}

	/** Dropped before with IF EXISTS: `index public.ix`, `constraint public.t.c`. */
	wasDropped(what: string): boolean {
		return this.#dropped.has(what);
	}

	apply(operation: Operation, {statement, up}: {statement: number; up: boolean}): void {
		switch (operation.do) {
			case 'create-table': {
				this.#tables.add(operation.table.key);
				for (const constraint of [...operation.constraints, ...operation.columns.flatMap(column => column.constraints)]) this.#constrain(operation.table, constraint, {statement, up});
				break;
			}
			case 'add-column': {
				for (const constraint of operation.column.constraints) this.#constrain(operation.table, constraint, {statement, up});
				break;
			}
			case 'add-constraint': {
				this.#constrain(operation.table, operation.constraint, {statement, up});
				break;
			}
			case 'create-index': {
				const {name, columns, keys, reads, unique, method, where} = operation;
				const list = this.#indexes.get(operation.table.key) ?? new Map<string, SeenIndex>();
				list.set(name ?? `(${list.size})`, {name, columns, keys, reads, unique, method, where: where && JSON.stringify(where, (key, value: unknown) => key === 'location' ? undefined : value)});
				this.#indexes.set(operation.table.key, list);
				break;
			}
			case 'create-view': {
				this.#views.set(operation.table.key, {text: operation.table.text, sources: new Set(operation.sources.map(({key}) => key)), columns: new Set(operation.columns), star: operation.star});
				break;
			}
			case 'create-domain': {
				this.#domains.set(operation.name.key, operation.constraints.length > 0);
				break;
			}
			case 'alter-domain-add-constraint': {
				this.#domains.set(operation.domain.key, true);
				break;
			}
			case 'drop-constraint': {
				if (operation.ifExists) this.#dropped.add(`constraint ${operation.table.key}.${operation.name}`);
				break;
			}
			case 'drop': {
				this.#drop(operation);
				if (operation.of) for (const {name} of operation.names) this.#gone.add(`${operation.object} ${name} of ${operation.of.key}`);
				break;
			}
			case 'drop-column': {
				this.#gone.add(`generated column ${operation.column} of ${operation.table.key}`);
				break;
			}
		}
	}

	#constrain(table: TableName, {kind, columns, at}: Constraint, {statement, up}: {statement: number; up: boolean}): void {
		if (kind === 'primary-key' || kind === 'unique') this.#keys.set(table.key, (this.#keys.get(table.key) ?? new Map<string, string[]>()).set(columns.join(), columns));
		const referring = `${table.key} ${columns.join()}`;
		if (kind !== 'foreign-key' || !up || table.temporary || this.#referring.has(referring)) return;
		this.#referring.add(referring);
		this.foreignKeys.push({table, columns, statement, at});
	}

	#drop({object, names, ifExists}: OperationOf<'drop'>): void {
		for (const {key, schema, name} of names) {
			if (ifExists) this.#dropped.add(`${object} ${key}`);
			if (object === 'view' || object === 'materialized view') {
				this.#views.delete(key);
				this.#gone.add(key);
			}
			if (object === 'table') this.#indexes.delete(key);
			if (object !== 'index') continue;
			for (const [table, list] of this.#indexes) {
				if (table.startsWith(`${schema}.`)) list.delete(name);
			}
		}
	}
}
