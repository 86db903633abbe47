/** The shop's application, as far as a smoke test sees it: GET /health does what the shop's front page does and says how it went. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import pg from 'pg';
import {readSettings, tell} from './parent.ts';

export interface ApplicationReady {
	/** Listens on 127.0.0.1. */
	port: number;
}

const {url} = await readSettings<{url: string}>();
const pool = new pg.Pool({connectionString: url, max: 2, application_name: 'shop-api', statement_timeout: 2000, connectionTimeoutMillis: 2000});
pool.on('error', () => undefined);

const server = createServer(async (request, response) => {
	if (request.method !== 'GET' || request.url !== '/health') {
		response.writeHead(404, {'content-type': 'application/json'}).end('{"error":"only GET /health is here"}\n');
		return;
	}
	const {status, body} = await checkHealth();
	response.writeHead(status, {'content-type': 'application/json'}).end(`${JSON.stringify(body)}\n`);
});
server.listen(0, '127.0.0.1', () => tell({port: (server.address() as AddressInfo).port} satisfies ApplicationReady));

async function checkHealth(): Promise<{status: 200 | 503; body: Record<string, unknown>}> {
	const started = performance.now();
	try {
		const {rows} = await pool.query<{id: string; placed_at: Date}>(`
			SELECT o.id, o.status, o.total, o.placed_at, c.name
			FROM orders o JOIN customers c ON c.id = o.customer_id
			ORDER BY o.placed_at DESC LIMIT 10
		`);
		return {status: 200, body: {status: 'ok', milliseconds: Math.round(performance.now() - started), newestOrder: rows[0] === undefined ? null : Number(rows[0].id)}};
	} catch (error) {
		return {status: 503, body: {status: 'failing', milliseconds: Math.round(performance.now() - started), error: (error as Error).message}};
	}
}
