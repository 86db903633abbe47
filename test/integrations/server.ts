/** A real HTTP server on a free port, for what integrations talk to; ended with the test. */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

export interface Asked {
	method: string;
	/** Path with its query. */
	url: string;
	headers: IncomingMessage['headers'];
	body: string;
}

/** Starts it; what was asked is in `asked`. A handler that never answers stands for a server that hangs. */
export async function startServer(answer: (asked: Asked, response: ServerResponse) => void): Promise<{base: string; asked: Asked[]}> {
	const asked: Asked[] = [];
	const server = createServer(async (incoming, response) => {
		let body = '';
		for await (const chunk of incoming.setEncoding('utf8')) body += chunk;
		const one = {method: incoming.method!, url: incoming.url!, headers: incoming.headers, body};
		asked.push(one);
		answer(one, response);
	});
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => new Promise<void>(resolve => {
		server.close(() => resolve());
		server.closeAllConnections();
	}));
	return {base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked};
}
