/** The pages of the shop's API: what the released application answers, and what the next one will, each from whatever schema it finds. */
import type pg from 'pg';

/** `released` runs today; `next` shows what the pending migrations bring, and works without it too: both run while a deployment lasts. */
export type Version = 'released' | 'next';

export interface Page {
	/** Such as `/orders/7`. */
	path: RegExp;
	read(database: Database, id: number, version: Version): Promise<Record<string, unknown> | null>;
}

type Database = Pick<pg.Pool, 'query'>;

export const pages: readonly Page[] = [
	{
		path: /^\/orders\/(\d{1,12})$/,
		read: async (database, id, version) => one(database, `SELECT o.id, o.status, o.total, c.name AS customer${added(version, 'o', 'cancelled_reason')} FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1`, [id]),
	},
	{
		path: /^\/customers\/(\d{1,12})$/,
		read: async (database, id, version) => one(database, `SELECT c.id, c.name, c.email${added(version, 'c', 'preferred_language')} FROM customers c WHERE c.id = $1`, [id]),
	},
	{
		path: /^\/categories\/(\d{1,12})$/,
		read: async (database, id) => one(database, 'SELECT g.id, g.name, (SELECT count(*)::int FROM products p WHERE p.category_id = g.id AND p.active) AS products FROM categories g WHERE g.id = $1', [id]),
	},
];

/** The answer of a page. Null where there is none of that path, or nothing of that id. @throws what PostgreSQL says */
export async function readPage(database: Database, path: string, version: Version): Promise<Record<string, unknown> | null> {
	for (const page of pages) {
		const id = page.path.exec(path)?.[1];
		if (id !== undefined) return page.read(database, Number(id), version);
	}
	return null;
}

/** Read through jsonb, a column that is not there yet is null and no error. */
function added(version: Version, table: string, column: string): string {
	return version === 'next' ? `, to_jsonb(${table}) ->> '${column}' AS ${column}` : '';
}

async function one(database: Database, text: string, values: unknown[]): Promise<Record<string, unknown> | null> {
	return (await database.query<Record<string, unknown>>(text, values)).rows[0] ?? null;
}
