/**
 * The tests of the shop's application, against the database of DATABASE_URL: `released` and `next` try that version's pages and orders,
 * `api` prints what the released pages answer, so that two runs can be compared. Ends with 1 at the first thing that is wrong.
 */
import {strict as assert} from 'node:assert';
import pg from 'pg';
import {readPage, type Version} from './pages.ts';

const [what] = process.argv.slice(2);
const url = process.env['DATABASE_URL'];
if (url === undefined || !['released', 'next', 'api'].includes(what ?? '')) {
	process.stderr.write('usage: DATABASE_URL=… application-tests.ts released|next|api\n');
	process.exit(2);
}
const client = new pg.Client({connectionString: url, application_name: 'shop-tests', statement_timeout: 10_000});
await client.connect();
try {
	if (what === 'api') await printAnswers();
	else await tryVersion(what as Version);
} finally {
	await client.end();
}

async function printAnswers(): Promise<void> {
	for (const kind of ['orders', 'customers', 'categories']) {
		for (let id = 1; id <= 20; id++) {
			const path = `/${kind}/${id}`;
			console.log(`GET ${path} ${JSON.stringify(await readPage(client, path, 'released'))}`);
		}
	}
}

async function tryVersion(version: Version): Promise<void> {
	const fields = {
		'/orders/1': ['id', 'status', 'total', 'customer', ...(version === 'next' ? ['cancelled_reason'] : [])],
		'/customers/1': ['id', 'name', 'email', ...(version === 'next' ? ['preferred_language'] : [])],
		'/categories/1': ['id', 'name', 'products'],
	};
	for (const [path, names] of Object.entries(fields)) {
		assert.deepEqual(Object.keys(await readPage(client, path, version) ?? {}), names, `GET ${path}`);
		console.log(`GET ${path}: ${names.join(', ')}`);
	}
	assert.equal(await readPage(client, '/orders/999999999999', version), null, 'an order that is not there');
	const id = await buy();
	const order = await readPage(client, `/orders/${id}`, version);
	assert.equal(order?.['status'], 'paid', 'the order that was just paid');
	console.log(`order ${id}: placed, paid, and read back`);
}

/** What a customer does, in the words of the application. */
async function buy(): Promise<string> {
	await client.query('BEGIN');
	const {rows: [order]} = await client.query<{id: string}>('INSERT INTO orders (customer_id, total) VALUES (1, 19.90) RETURNING id');
	await client.query('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES ($1, 1, 2, 9.95)', [order!.id]);
	await client.query('UPDATE stock SET quantity = quantity - 2, updated_at = now() WHERE product_id = 1');
	await client.query("UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'placed'", [order!.id]);
	await client.query("INSERT INTO payments (order_id, method, amount) VALUES ($1, 'card', 19.90)", [order!.id]);
	await client.query('COMMIT');
	return order!.id;
}
