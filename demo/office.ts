/** The shop's office: the team's channel, which takes webhooks, and the tracker of tickets. */
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {text} from 'node:stream/consumers';
import {readSettings, tell} from './parent.ts';

export interface OfficeReady {
	/** Listens on 127.0.0.1. */
	port: number;
}

/** What was said in the channel, as it was posted. */
const channel: unknown[] = [];
const {tickets: known} = await readSettings<{/** Id → title; all of them open. */ tickets: Record<string, string>}>();
const tickets = new Map(Object.entries(known).map(([id, title]) => [id, {id, title, state: 'open', note: ''}]));

/** `POST /channel`, `GET /channel`, `GET /tickets/ID`, `PUT /tickets/ID` with `{state, note}`. */
const server = createServer(async (request, response) => {
	const [, place, id] = /^\/(channel|tickets)(?:\/([\w-]+))?$/.exec(request.url ?? '') ?? [];
	if (place === 'channel' && request.method === 'POST') return take(request, response, said => {
		channel.push(said);
		return {taken: channel.length};
	});
	if (place === 'channel' && request.method === 'GET') return say(response, 200, channel);
	const ticket = place === 'tickets' && id !== undefined ? tickets.get(id) : undefined;
	if (ticket === undefined) return say(response, 404, {error: `there is no ${request.url}`});
	if (request.method === 'PUT') return take(request, response, change => Object.assign(ticket, change, {id: ticket.id}));
	return say(response, 200, ticket);
});
server.listen(0, '127.0.0.1', () => tell({port: (server.address() as AddressInfo).port} satisfies OfficeReady));

async function take(request: IncomingMessage, response: ServerResponse, use: (body: object) => unknown): Promise<void> {
	try {
		const body: unknown = JSON.parse(await text(request));
		if (typeof body !== 'object' || body === null) throw new Error('an object is wanted');
		say(response, 200, use(body));
	} catch (error) {
		say(response, 400, {error: (error as Error).message});
	}
}

function say(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, {'content-type': 'application/json'}).end(`${JSON.stringify(body)}\n`);
}
