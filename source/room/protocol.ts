/**
 * What goes over the socket, in JSON lines: requests up to the room, answers and pushes back down.
 * The console and the headless commands speak only this.
 */
import type {Settings} from '../config/settings.ts';
import type {JournalEvent} from '../journal/events.ts';
import type {Mark} from '../journal/marks.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import type {Point} from '../monitor/series.ts';

/** A line of more bytes than this is refused. */
export const maxLineBytes = 8 * 1024 * 1024;

export interface Request {
	id: number;
	command: string;
	/** Sequence number of the last event that the sender had seen; decisions are refused when the world has moved. */
	seen?: number;
	/** The person at the console. */
	by?: string;
	/** It only looks: none of its decisions is to be taken. */
	readOnly?: boolean;
	params?: Record<string, unknown>;
}

export type Answer =
	| {id: number; ok: true; result: unknown}
	/** `exit` as in CONTRACT.md: 2 wrong usage, 3 refused. */
	| {id: number; ok: false; exit: number; reason: string};

/** What a long piece of work says while it goes on; not in the journal. */
export interface Activity {
	/** Such as `backup`, `rehearse`, `check`. */
	work: string;
	text: string;
	/** 0 to 1, where known. */
	share?: number;
	done?: boolean;
}

export type Push =
	/** First after `attach`: the state as folded, the newest sample if there is one, the figures and moments of the last minutes, whether anyone may act. */
	| {push: 'attached'; state: RunState | null; samples: Sample[]; points?: Point[]; marks?: Mark[]; readOnly: boolean; room: RoomFacts}
	/** `head`: sha256 of the event's line, for the fold. */
	| {push: 'event'; event: JournalEvent; head: string}
	| {push: 'sample'; sample: Sample}
	/** A poll that failed: what is on screen is old from `since` on. */
	| {push: 'blind'; error: string; since: string}
	| {push: 'activity'; activity: Activity}
	/** Every second, so that a console knows that the room lives. */
	| {push: 'beat'; at: string}
	/** It ends in good order, and why; then the connection closes. */
	| {push: 'ending'; reason: string};

/** What a console shows of the room besides the run. */
export interface RoomFacts {
	pid: number;
	host: string;
	/** In the console's own process: quitting ends it. */
	inProcess: boolean;
	/** What the first screen warns of: logout would end the run, a network file system … */
	warnings: string[];
	/** Whether a password is missing and is waited for. */
	waitingForCredentials: boolean;
	/** The maintenance window as configured; null: none is. */
	window?: Settings['window'];
	/** Absolute path of the socket, where it listens on one. */
	socket?: string;
}

/** What `history` answers. */
export interface PastAnswer {
	/** The time that was asked for, in milliseconds. */
	from: number;
	to: number;
	points: Point[];
	marks: Mark[];
	/** Since when there are figures at all; null: none are recorded. */
	begins: number | null;
}

/** One end of a conversation with a room, in another process or in this one. */
export interface RoomClient {
	/** @throws Refusal when the room says no. */
	ask<T = unknown>(command: string, params?: Record<string, unknown>, options?: {seen?: number}): Promise<T>;
	/** Returns the function that ends the listening. */
	listen(listener: (push: Push) => void): () => void;
	/** Resolves with the reason when the room is gone. */
	readonly gone: Promise<string>;
	close(): void;
}
