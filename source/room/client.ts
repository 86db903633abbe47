/** A conversation with a room in another process, over its socket. */
import {connect, type Socket} from 'node:net';
import {Refusal} from '../journal/refusal.ts';
import {readLines} from './lines.ts';
import type {Answer, Push, RoomClient} from './protocol.ts';

/** Longest wait for a room to accept; one that does not is not there. */
const connectTimeoutMs = 2000;

/** Connects to a room's socket; null when nobody listens there. */
export async function connectRoom(socketFile: string, {by, readOnly = false}: {by: string; readOnly?: boolean}): Promise<RoomClient | null> {
	const socket = connect(socketFile);
	const connected = await new Promise<boolean>(resolve => {
		const timer = setTimeout(() => resolve(false), connectTimeoutMs);
		socket.once('connect', () => {
			clearTimeout(timer);
			resolve(true);
		});
		socket.once('error', () => {
			clearTimeout(timer);
			resolve(false);
		});
	});
	if (!connected) {
		socket.destroy();
		return null;
	}
	return new SocketClient(socket, {by, readOnly});
}

class SocketClient implements RoomClient {
	readonly gone: Promise<string>;
	readonly #socket: Socket;
	readonly #who: {by: string; readOnly?: true};
	readonly #listeners = new Set<(push: Push) => void>();
	readonly #waiting = new Map<number, {resolve: (value: unknown) => void; reject: (error: Error) => void}>();
	#next = 1;
	#over: string | null = null;
	#ending: string | null = null;

	constructor(socket: Socket, {by, readOnly}: {by: string; readOnly: boolean}) {
		this.#socket = socket;
		this.#who = {by, ...(readOnly && {readOnly})};
		this.gone = new Promise(resolve => {
			const end = (reason: string) => {
				if (this.#over !== null) return;
				this.#over = reason;
				for (const {reject} of this.#waiting.values()) reject(new Refusal(5, `The room is gone (${reason}); what it was doing is settled at the next attach.`));
				this.#waiting.clear();
				resolve(reason);
			};
			socket.on('error', error => end(error.message));
			socket.on('close', () => end(this.#ending ?? 'it closed the connection'));
		});
		readLines(socket, line => this.#take(line), () => socket.destroy());
	}

	ask<T>(command: string, params: Record<string, unknown> = {}, {seen}: {seen?: number} = {}): Promise<T> {
		if (this.#over !== null) return Promise.reject(new Refusal(5, `The room is gone (${this.#over}); attach again.`));
		const id = this.#next++;
		return new Promise<T>((resolve, reject) => {
			this.#waiting.set(id, {resolve: resolve as (value: unknown) => void, reject});
			this.#socket.write(`${JSON.stringify({id, command, params, ...this.#who, ...(seen !== undefined && {seen})})}\n`);
		});
	}

	listen(listener: (push: Push) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	close(): void {
		this.#socket.end();
	}

	#take(line: string): void {
		let message: Answer | Push;
		try {
			message = JSON.parse(line) as Answer | Push;
		} catch {
			return;
		}
		if ('push' in message) {
			if (message.push === 'ending') this.#ending = message.reason;
			for (const listener of this.#listeners) listener(message);
			return;
		}
		const waiting = this.#waiting.get(message.id);
		this.#waiting.delete(message.id);
		if (message.ok) waiting?.resolve(message.result);
		else waiting?.reject(new Refusal(message.exit as Refusal['exit'], message.reason));
	}
}
