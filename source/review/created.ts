/** What the migration at hand has created itself: nobody uses it yet, so it may be locked, scanned and dropped. */
import type {TableName} from './names.ts';
import type {Operation} from './operations.ts';

export class Created {
	readonly #tables = new Map<string, {table: TableName; filled: boolean; transaction: number}>();
	readonly #columns = new Set<string>();
	readonly #objects = new Set<string>();
	/** Emptied tables, by the transaction that did it. */
	readonly #truncated = new Map<string, number>();

	/** The next migration finds all of it there, and perhaps large. */
	forget(): void {
		this.#tables.clear();
		this.#columns.clear();
		this.#objects.clear();
		this.#truncated.clear();
	}

	/** And still empty, or unseen by others. */
	hasTable(table: TableName, transaction: number): boolean {
		const created = this.#tables.get(table.key);
		return created !== undefined && !(created.filled && created.transaction !== transaction);
	}

	hasColumn(table: TableName, column: string): boolean {
		return this.#columns.has(`${table.key}.${column}`);
	}

	hasObject(kind: string, name: string): boolean {
		return this.#objects.has(`${kind} ${name}`);
	}

	isEmptied(table: TableName, transaction: number): boolean {
		return this.#truncated.get(table.key) === transaction;
	}

	apply(operation: Operation, transaction: number): void {
		switch (operation.do) {
			case 'create-table': {
				// IF NOT EXISTS may find an old table there; the migration means to create it.
				this.#tables.set(operation.table.key, {table: operation.table, filled: operation.fromQuery, transaction});
				break;
			}
			case 'create-view': {
				if (operation.materialized) this.#tables.set(operation.table.key, {table: operation.table, filled: false, transaction});
				this.#objects.add(`view ${operation.table.key}`);
				break;
			}
			case 'add-column': {
				this.#columns.add(`${operation.table.key}.${operation.column.name}`);
				break;
			}
			case 'create-index': {
				if (operation.name !== undefined) this.#objects.add(`index ${operation.table.schema}.${operation.name}`);
				break;
			}
			case 'create-schema': {
				this.#objects.add(`schema ${operation.name}`);
				break;
			}
			case 'create-function': {
				this.#objects.add(`function ${operation.name.key}`);
				break;
			}
			// Nobody knows it by its new name yet: what replaces it took the old one.
			case 'rename': {
				const [name = '', schema = 'public'] = operation.name.split('.').reverse();
				if (name !== '') this.#objects.add(`${operation.object === 'domain' ? 'type' : operation.object === 'procedure' ? 'function' : operation.object} ${schema}.${operation.to}`);
				break;
			}
			case 'create-enum':
			case 'create-domain': {
				this.#objects.add(`type ${operation.name.key}`);
				break;
			}
			case 'rename-relation': {
				const created = this.#tables.get(operation.table.key);
				if (created) this.#tables.set(`${operation.table.schema}.${operation.to}`, created);
				break;
			}
			case 'truncate': {
				for (const table of operation.tables) this.#truncated.set(table.key, transaction);
				break;
			}
			case 'insert':
			case 'copy': {
				const created = this.#tables.get(operation.table.key);
				// A few rows of constants don't make a table slow to scan.
				if (created && (operation.do === 'copy' || operation.source === 'query' || operation.rows > 1000)) Object.assign(created, {filled: true, transaction});
				this.#truncated.delete(operation.table.key);
				break;
			}
		}
	}
}
