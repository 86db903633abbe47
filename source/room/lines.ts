/** JSON lines over a stream, bounded: what server and client share. */
import type {Socket} from 'node:net';
import {StringDecoder} from 'node:string_decoder';
import {maxLineBytes} from './protocol.ts';

/** Calls for each line, until one is over the limit: `onTooLong` ends the connection. */
export function readLines(socket: Socket, onLine: (line: string) => void, onTooLong: () => void): void {
	const decoder = new StringDecoder('utf8');
	let rest = '';
	const take = (chunk: Buffer) => {
		const lines = (rest + decoder.write(chunk)).split('\n');
		rest = lines.pop() ?? '';
		if (rest.length > maxLineBytes || lines.some(line => line.length > maxLineBytes)) {
			// Nothing more is kept of it, and nothing after it is understood.
			socket.off('data', take);
			rest = '';
			onTooLong();
			return;
		}
		for (const line of lines) if (line.trim() !== '') onLine(line);
	};
	socket.on('data', take);
}
