/** The shop's application: its API, GET /health as a smoke test asks it, GET /metrics as Prometheus does, and a log line for each request. */
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import pg from 'pg';
import {readPage} from './pages.ts';
import {readSettings, tell} from './parent.ts';
import {countRequests} from './request-metrics.ts';

export interface ApplicationReady {
	/** Listens on 127.0.0.1. */
	port: number;
}

interface Answer {
	status: 200 | 404 | 503;
	body: Record<string, unknown>;
	/** Why it is not 200, for the log. */
	reason?: string;
}

const {url} = await readSettings<{url: string}>();
const pool = new pg.Pool({connectionString: url, max: 2, application_name: 'shop-api', statement_timeout: 2000, connectionTimeoutMillis: 2000});
pool.on('error', () => undefined);
const metrics = countRequests();

const server = createServer(async (request, response) => {
	const path = request.url ?? '/';
	if (request.method === 'GET' && path === '/metrics') {
		response.writeHead(200, {'content-type': 'text/plain; version=0.0.4'}).end(metrics.text());
		return;
	}
	const started = performance.now();
	const {status, body, reason} = request.method === 'GET' ? await answer(path) : {status: 404 as const, body: {error: 'there is only GET here'}, reason: 'only GET is served'};
	const milliseconds = Math.round(performance.now() - started);
	metrics.count(status, milliseconds / 1000);
	log(status === 503 ? 'ERROR' : 'INFO', `${request.method} ${path} ${status} ${milliseconds} ms${reason === undefined ? '' : `: ${reason}`}`);
	response.writeHead(status, {'content-type': 'application/json'}).end(`${JSON.stringify(path === '/health' ? {...body, milliseconds} : body)}\n`);
});
server.listen(0, '127.0.0.1', () => tell({port: (server.address() as AddressInfo).port} satisfies ApplicationReady));

async function answer(path: string): Promise<Answer> {
	try {
		if (path === '/health') return {status: 200, body: await readFrontPage()};
		const page = await readPage(pool, path, 'released');
		return page === null ? {status: 404, body: {error: 'there is nothing here'}} : {status: 200, body: page};
	} catch (error) {
		const {message, code} = error as Error & {code?: string};
		return {status: 503, body: {status: 'failing', error: message}, reason: `${message}${code === undefined ? '' : ` (${code})`}`};
	}
}

/** Does what the shop's front page does. */
async function readFrontPage(): Promise<Record<string, unknown>> {
	const {rows} = await pool.query<{id: string}>(`
		SELECT o.id, o.status, o.total, o.placed_at, c.name
		FROM orders o JOIN customers c ON c.id = o.customer_id
		ORDER BY o.placed_at DESC LIMIT 10
	`);
	return {status: 'ok', newestOrder: rows[0] === undefined ? null : Number(rows[0].id)};
}

/** Standard error is the application's log. */
function log(level: 'INFO' | 'ERROR', text: string): void {
	process.stderr.write(`${new Date().toISOString()} ${level} ${text}\n`);
}
