/** A network between a client and a server on this machine that can be cut as real ones are: nothing comes through, and nobody is told. */
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';

export interface Wire {
	/** Of 127.0.0.1. */
	port: number;
	/** From now on nothing comes through, in either direction; connections are taken, and get no answer. */
	freeze(): void;
	/** All that was held back comes through, and what follows. */
	thaw(): void;
	close(): Promise<void>;
}

/** @param to the server's port on 127.0.0.1 */
export async function openWire(to: number): Promise<Wire> {
	const sockets = new Set<Socket>();
	let frozen = false;
	const server = createServer(near => {
		const far = connect(to, '127.0.0.1');
		for (const [from, into] of [[near, far], [far, near]] as const) {
			sockets.add(from);
			if (frozen) from.pause();
			from.on('data', data => into.write(data));
			from.on('close', () => {
				sockets.delete(from);
				into.destroy();
			});
			from.on('error', () => into.destroy());
			if (frozen) from.pause();
		}
	});
	await new Promise<void>(resolve => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		port: (server.address() as AddressInfo).port,
		freeze() {
			frozen = true;
			for (const socket of sockets) socket.pause();
		},
		thaw() {
			frozen = false;
			for (const socket of sockets) socket.resume();
		},
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise(resolve => {
				server.close(resolve);
			});
		},
	};
}
