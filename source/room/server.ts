/** The room's socket: JSON lines in, answers and pushes out; events are never dropped, of samples only the latest waits. */
import {chmodSync, rmSync} from 'node:fs';
import {createServer, type Server, type Socket} from 'node:net';
import {z} from 'zod';
import {Refusal} from '../journal/refusal.ts';
import {takeOwnership} from '../monitor/ownership.ts';
import {roomAtWork} from './another-room.ts';
import {connectRoom} from './client.ts';
import {readLines} from './lines.ts';
import {maxLineBytes, type Answer, type Push, type Request} from './protocol.ts';

/** One console or script at the other end. */
export interface Peer {
	/** The person, as they said in their first request; unproven. */
	by: string;
	/** Look-only: its decisions are refused. */
	readOnly: boolean;
	attached: boolean;
	send(push: Push): void;
}

const requestSchema = z.object({
	id: z.number().int().default(0),
	command: z.string().max(64),
	seen: z.number().int().optional(),
	by: z.string().max(256).optional(),
	readOnly: z.boolean().optional(),
	params: z.record(z.string(), z.unknown()).optional(),
});

export interface ServeOptions {
	socketFile: string;
	handle: (request: Request, peer: Peer) => Promise<unknown>;
	onGone: (peer: Peer) => void;
}

/** Listens. @throws AnotherRoom when another one listens there already, or is about to. */
export async function serve({socketFile, handle, onGone}: ServeOptions): Promise<{close(): Promise<void>}> {
	// Of two that start at once each would find nobody there, and take the other's socket away.
	const ownership = takeOwnership(`${socketFile}.owner`);
	const other = ownership.won ? await connectRoom(socketFile, {by: 'holdpoint'}) : null;
	if (!ownership.won || other) {
		other?.close();
		if (ownership.won) ownership.release();
		throw roomAtWork(socketFile);
	}
	rmSync(socketFile, {force: true});
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		const peer = new SocketPeer(socket);
		readLines(socket, line => void peer.answer(line, handle), () => {
			peer.refuse(0, `A line of over ${maxLineBytes} bytes is not taken.`);
			socket.destroySoon();
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			sockets.delete(socket);
			onGone(peer);
		});
	});
	try {
		await listen(server, socketFile);
	} catch (error) {
		ownership.release();
		throw error;
	}
	return {
		close: () => new Promise(resolve => {
			for (const socket of sockets) socket.end();
			server.close(() => {
				rmSync(socketFile, {force: true});
				ownership.release();
				resolve();
			});
			setTimeout(() => {
				for (const socket of sockets) socket.destroy();
			}, 500).unref();
		}),
	};
}

function listen(server: Server, socketFile: string): Promise<void> {
	const umask = process.umask(0o077);
	return new Promise<void>((resolve, reject) => {
		server.once('error', error => reject(new Refusal(2, `The room can't listen at ${socketFile}: ${error.message}.`)));
		server.listen(socketFile, () => {
			chmodSync(socketFile, 0o600);
			resolve();
		});
	}).finally(() => process.umask(umask));
}

class SocketPeer implements Peer {
	by = 'somebody';
	readOnly = false;
	attached = false;
	readonly #socket: Socket;
	/** The newest sample while the socket is full. */
	#waiting: Push | null = null;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on('drain', () => {
			const push = this.#waiting;
			this.#waiting = null;
			if (push) this.send(push);
		});
	}

	send(push: Push): void {
		if ((push.push === 'sample' || push.push === 'beat') && this.#socket.writableNeedDrain) {
			if (push.push === 'sample') this.#waiting = push;
			return;
		}
		this.#write(push);
	}

	async answer(line: string, handle: ServeOptions['handle']): Promise<void> {
		const request = parseRequest(line);
		if (!request) {
			this.refuse(0, 'This line is not a request: {"id": 1, "command": "status"}; ask `help` for the commands.');
			return;
		}
		if (request.by) this.by = request.by;
		if (request.readOnly) this.readOnly = true;
		try {
			this.#write({id: request.id, ok: true, result: (await handle(request, this)) ?? null});
		} catch (error) {
			const exit = error instanceof Refusal ? error.exit : 5;
			this.#write({id: request.id, ok: false, exit, reason: error instanceof Error ? error.message : String(error)});
		}
	}

	refuse(id: number, reason: string): void {
		this.#write({id, ok: false, exit: 2, reason});
	}

	#write(message: Answer | Push): void {
		if (!this.#socket.destroyed) this.#socket.write(`${JSON.stringify(message)}\n`);
	}
}

/** A request is a JSON line; a bare word, as typed into `nc -U`, is a command without parameters. */
function parseRequest(line: string): Request | null {
	const word = line.trim();
	if (/^[a-z]+$/.test(word)) return {id: 0, command: word};
	try {
		return requestSchema.parse(JSON.parse(line));
	} catch {
		return null;
	}
}
