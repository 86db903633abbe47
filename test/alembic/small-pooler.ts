/** A connection pooler in the manner of PgBouncer: it answers clients by itself and lends them a server connection, the one used last first. */
import net from 'node:net';

export interface SmallPooler {
	port: number;
	close(): Promise<void>;
}

interface Server {
	socket: net.Socket;
	client: net.Socket | null;
}

/** @param server Unix socket of a server that trusts it. */
export async function smallPooler({server, mode}: {server: string; mode: 'transaction' | 'session'}): Promise<SmallPooler> {
	const free: Server[] = [];
	const sockets = new Set<net.Socket>();
	const listener = net.createServer(client => {
		let startup: Buffer | null = null;
		let mine: Promise<Server> | null = null;
		keep(client);
		client.on('data', chunk => {
			if (!startup) {
				const code = chunk.readUInt32BE(4);
				// SSLRequest and GSSENCRequest: no.
				if (code !== 196608) return void client.write('N');
				startup = chunk;
				return void client.write(welcome);
			}
			if (chunk[0] === 0x58) return void client.end();
			mine ??= borrow(startup, client);
			void mine.then(lent => lent.socket.write(chunk));
		});
		client.on('close', () => void mine?.then(lent => (lent.client === client ? lent.socket.destroy() : undefined)));

		async function borrow(hello: Buffer, who: net.Socket): Promise<Server> {
			const lent = free.pop() ?? await dial(hello);
			lent.client = who;
			onReady(lent.socket, data => void lent.client?.write(data), () => {
				if (mode === 'session') return;
				mine = null;
				lent.client = null;
				free.push(lent);
			});
			return lent;
		}
	});
	function keep(socket: net.Socket): net.Socket {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket)).on('error', () => {});
		return socket;
	}
	async function dial(hello: Buffer): Promise<Server> {
		const socket = keep(net.connect(server));
		socket.write(hello);
		await new Promise<void>(resolve => {
			onReady(socket, () => {}, resolve);
		});
		return {socket, client: null};
	}
	await new Promise<void>(resolve => {
		listener.listen(0, '127.0.0.1', resolve);
	});
	return {
		port: (listener.address() as net.AddressInfo).port,
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise(resolve => {
				listener.close(resolve);
			});
		},
	};
}

/** Hands data on and calls when the server is ready and no transaction is open. */
function onReady(socket: net.Socket, onData: (data: Buffer) => void, ready: () => void): void {
	let rest = Buffer.alloc(0);
	socket.removeAllListeners('data');
	socket.on('data', data => {
		onData(data);
		rest = Buffer.concat([rest, data]);
		let idle = false;
		while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
			const size = 1 + rest.readUInt32BE(1);
			idle = rest[0] === 0x5a && rest[5] === 0x49;
			rest = rest.subarray(size);
		}
		if (idle) ready();
	});
}

function message(type: string, body: Buffer): Buffer {
	const head = Buffer.alloc(5);
	head.write(type);
	head.writeUInt32BE(body.length + 4, 1);
	return Buffer.concat([head, body]);
}

const settings = {server_version: '15.0', server_encoding: 'UTF8', client_encoding: 'UTF8', standard_conforming_strings: 'on', integer_datetimes: 'on', DateStyle: 'ISO, MDY', TimeZone: 'UTC'};
/** Authentication is done, the settings, a key with a made-up pid, ready. */
const welcome = Buffer.concat([
	message('R', Buffer.alloc(4)),
	...Object.entries(settings).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`))),
	message('K', Buffer.from([0x7f, 1, 2, 3, 0, 0, 0, 1])),
	message('Z', Buffer.from('I')),
]);
