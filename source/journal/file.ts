/** The journal on disk: JSON lines, each with the sha256 of the line before, appended and synced before anyone is told. */
import {hash} from 'node:crypto';
import {closeSync, existsSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, readSync, writeSync} from 'node:fs';
import path from 'node:path';
import {parseEvent, type EventData, type EventKind, type JournalEvent} from './events.ts';
import {fold} from './fold.ts';
import type {RunState} from './shapes/run.ts';

/** `previous` of the first event. */
export const noHead = '0'.repeat(64);

export interface ReadJournal {
	events: JournalEvent[];
	/** sha256 of each event's line. */
	hashes: string[];
	head: string;
	state: RunState | null;
	/** Bytes of the intact prefix. */
	intactBytes: number;
	/** The last line had no newline: the writer died while writing it. */
	torn: boolean;
	/** Why reading stopped before the end of the file, with the line. */
	damage: string | null;
}

/** Reads a journal as far as it is intact; a torn last line is dropped and said. */
export function readJournal(file: string): ReadJournal {
	const result: ReadJournal = {events: [], hashes: [], head: noHead, state: null, intactBytes: 0, torn: false, damage: null};
	takeLines(result, existsSync(file) ? readFileSync(file) : Buffer.alloc(0));
	return result;
}

/** Takes what was written since into `known`, whose arrays grow. Returns whether that was anything. */
export function readMore(file: string, known: ReadJournal): boolean {
	const descriptor = openSync(file, 'r');
	try {
		const rest = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - known.intactBytes));
		const before = known.events.length;
		takeLines(known, rest.subarray(0, readSync(descriptor, rest, 0, rest.length, known.intactBytes)));
		return known.events.length > before;
	} finally {
		closeSync(descriptor);
	}
}

/** `bytes`: what follows the intact prefix. */
function takeLines(result: ReadJournal, bytes: Buffer): void {
	const before = result.intactBytes;
	result.torn = false;
	for (let start = 0; start < bytes.length && !result.damage;) {
		const end = bytes.indexOf(10, start);
		if (end < 0) {
			result.torn = true;
			break;
		}
		result.damage = takeLine(result, bytes.toString('utf8', start, end), result.events.length + 1);
		start = end + 1;
		if (!result.damage) result.intactBytes = before + start;
	}
}

function takeLine(result: ReadJournal, text: string, line: number): string | null {
	let event: JournalEvent;
	try {
		event = parseEvent(JSON.parse(text));
	} catch {
		return `line ${line} is not an event`;
	}
	if (event.seq !== line) return `line ${line} has the number ${event.seq}`;
	if (event.previous !== result.head) return `line ${line} does not follow the line before it: its hash of that line is another`;
	const head = hashLine(text);
	try {
		result.state = fold(result.state, event, head);
	} catch (error) {
		return `line ${line}: ${(error as Error).message}`;
	}
	result.events.push(event);
	result.hashes.push(head);
	result.head = head;
	return null;
}

/** sha256, in hexadecimal, of a line without its newline: what `sha256sum` says of `printf %s "$line"`. */
export function hashLine(text: string): string {
	return hash('sha256', text);
}

export interface Journal {
	readonly folder: string;
	readonly state: RunState | null;
	readonly seq: number;
	/** What was wrong with the file when it was opened. */
	readonly damage: string | null;
	readonly torn: boolean;
	/** Events so far, the same array growing. */
	readonly events: readonly JournalEvent[];
	/** Writes, syncs, folds, then tells; returns the event with the state after it. @throws when the disk refuses. */
	append<K extends EventKind>(kind: K, by: string, data: EventData<K>): JournalEvent;
	close(): void;
}

export interface OpenJournalOptions {
	/** The run's folder; the file is `events.jsonl` in it. */
	folder: string;
	/** The file as this process has just read it: only what was written since is read then. */
	read?: ReadJournal;
	/** Takes secrets out of whatever is written. */
	scrub: <T>(value: T) => T;
	onEvent?: (event: JournalEvent, state: RunState) => void;
	now?: () => Date;
}

/**
 * Opens a run's journal as its only writer (see the ownership in recording.db).
 * A damaged file keeps its intact prefix under its name; what followed is moved to `events.damaged-<n>`.
 */
export function openJournal({folder, read, scrub, onEvent, now = () => new Date()}: OpenJournalOptions): Journal {
	const file = path.join(folder, 'events.jsonl');
	// What was damaged or torn then may have been mended by another room since.
	const known = read && !read.damage && !read.torn ? read : readJournal(file);
	if (known === read) readMore(file, known);
	const descriptor = openSync(file, 'a', 0o600);
	if (known.torn || known.damage) {
		keepRest(folder, file, known.intactBytes);
		ftruncateSync(descriptor, known.intactBytes);
		fsyncSync(descriptor);
	}
	let {head, state} = known;
	const {events} = known;
	return {
		folder,
		get state() {
			return state;
		},
		get seq() {
			return events.length;
		},
		damage: known.damage,
		torn: known.torn,
		events,
		append(kind, by, data) {
			const frame = {seq: events.length + 1, at: now().toISOString(), kind, by};
			// Parsed before it is written, so that nothing can be written that can't be read.
			const event = parseEvent({...scrub({...frame, ...data}), previous: head});
			const text = JSON.stringify(event);
			writeAll(descriptor, `${text}\n`);
			fsyncSync(descriptor);
			head = hashLine(text);
			state = fold(state, event, head);
			events.push(event);
			onEvent?.(event, state);
			return event;
		},
		close: () => closeSync(descriptor),
	};
}

function keepRest(folder: string, file: string, from: number): void {
	const rest = readFileSync(file).subarray(from);
	let number = 1;
	while (existsSync(path.join(folder, `events.damaged-${number}`))) number++;
	const descriptor = openSync(path.join(folder, `events.damaged-${number}`), 'wx', 0o600);
	writeAll(descriptor, rest);
	fsyncSync(descriptor);
	closeSync(descriptor);
}

function writeAll(descriptor: number, data: string | Buffer): void {
	const bytes = Buffer.from(data as string);
	for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}
