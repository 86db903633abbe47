/** The shop's customers: a few connections that read and write at a modest rate, and carry on after whatever happens to them. */
import {setTimeout as wait} from 'node:timers/promises';
import pg from 'pg';
import {readSettings, tell} from './parent.ts';

/** What happened since the last report, a second ago. */
export interface TrafficCount {
	/** ISO time. */
	at: string;
	done: number;
	failed: number;
	/** The slowest request, in milliseconds; null when none ended. */
	slowestMs: number | null;
	/** Why the last one failed. */
	reason: string | null;
}

type Request = (client: pg.Client) => Promise<unknown>;

const {url, rows, shop} = await readSettings<{url: string; rows: number; /** Base URL of the shop's API. */ shop: string}>();

const visitors: {name: string; pauseMs: number; request: Request}[] = [
	{name: 'shop-web-1', pauseMs: 150, request: lookAtOrder},
	{name: 'shop-web-2', pauseMs: 200, request: lookAtProducts},
	{name: 'shop-web-3', pauseMs: 250, request: placeOrder},
	{name: 'shop-web-4', pauseMs: 300, request: payOrder},
	{name: 'shop-worker', pauseMs: 400, request: shipOrder},
	{name: 'shop-office', pauseMs: 1500, request: countToday},
];

const count = {done: 0, failed: 0, slowestMs: null as number | null, reason: null as string | null};
for (const visitor of visitors) {
	void visit(visitor);
}
void browse();
report();
setInterval(report, 1000);

/** One connection, used again and again; a broken one is replaced. */
async function visit({name, pauseMs, request}: {name: string; pauseMs: number; request: Request}): Promise<never> {
	let client: pg.Client | null = null;
	for (;;) {
		const started = performance.now();
		try {
			client ??= await connect(name);
			await request(client);
			count.done++;
		} catch (error) {
			count.failed++;
			count.reason = (error as Error).message;
			await client?.query('ROLLBACK').catch(() => undefined);
			if (isBroken(error)) {
				await client?.end().catch(() => undefined);
				client = null;
			}
		}
		count.slowestMs = Math.max(count.slowestMs ?? 0, Math.round(performance.now() - started));
		await wait(pauseMs * (0.5 + Math.random()));
	}
}

/** A browser: it asks the application and not the database. */
async function browse(): Promise<never> {
	for (;;) {
		const started = performance.now();
		try {
			const path = [`/orders/${anyOrder()}`, `/customers/${1 + any(20_000)}`, `/categories/${1 + any(20)}`][any(3)]!;
			const response = await fetch(`${shop}${path}`, {signal: AbortSignal.timeout(10_000)});
			await response.body?.cancel();
			if (response.status >= 500) throw new Error(`the shop answers ${response.status} to GET ${path}`);
			count.done++;
		} catch (error) {
			count.failed++;
			count.reason = (error as Error).message;
		}
		count.slowestMs = Math.max(count.slowestMs ?? 0, Math.round(performance.now() - started));
		await wait(200 * (0.5 + Math.random()));
	}
}

async function connect(name: string): Promise<pg.Client> {
	const client = new pg.Client({connectionString: url, application_name: name, connectionTimeoutMillis: 5000, statement_timeout: 60_000});
	client.on('error', () => undefined);
	await client.connect();
	return client;
}

/** Class 57P is the server ending a session; without an SQLSTATE the connection itself is gone. */
function isBroken(error: unknown): boolean {
	const code = (error as {code?: string}).code;
	return code === undefined || code.startsWith('57P') || code.startsWith('08') || !/^[0-9A-Z]{5}$/.test(code);
}

async function lookAtOrder(client: pg.Client): Promise<void> {
	await client.query('SELECT o.id, o.status, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1', [anyOrder()]);
}

async function lookAtProducts(client: pg.Client): Promise<void> {
	await client.query('SELECT p.id, p.name, p.price, s.quantity FROM products p JOIN stock s ON s.product_id = p.id WHERE p.category_id = $1 AND p.active LIMIT 20', [1 + any(20)]);
}

async function placeOrder(client: pg.Client): Promise<void> {
	const product = 1 + any(1000);
	await client.query('BEGIN');
	const {rows: [order]} = await client.query<{id: string}>('INSERT INTO orders (customer_id, total) VALUES ($1, $2) RETURNING id', [1 + any(20_000), (any(50_000) / 100).toFixed(2)]);
	await client.query('INSERT INTO order_items (order_id, product_id, quantity, price) VALUES ($1, $2, 1, 9.99)', [order!.id, product]);
	await client.query('UPDATE stock SET quantity = quantity - 1, updated_at = now() WHERE product_id = $1', [product]);
	await client.query('COMMIT');
}

async function payOrder(client: pg.Client): Promise<void> {
	const order = anyOrder();
	await client.query('BEGIN');
	await client.query("UPDATE orders SET status = 'paid' WHERE id = $1 AND status = 'placed'", [order]);
	await client.query("INSERT INTO payments (order_id, method, amount) VALUES ($1, 'card', 9.99)", [order]);
	await client.query('COMMIT');
}

async function shipOrder(client: pg.Client): Promise<void> {
	await client.query("UPDATE orders SET status = 'shipped' WHERE id = $1 AND status = 'paid'", [anyOrder()]);
}

async function countToday(client: pg.Client): Promise<void> {
	await client.query("SELECT count(*), sum(total) FROM orders WHERE placed_at > now() - interval '1 hour'");
}

function report(): void {
	tell({at: new Date().toISOString(), ...count} satisfies TrafficCount);
	Object.assign(count, {done: 0, failed: 0, slowestMs: null, reason: null});
}

function anyOrder(): number {
	return 1 + any(rows);
}

function any(below: number): number {
	return Math.floor(Math.random() * below);
}
