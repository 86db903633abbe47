/** The samples of a run on disk: each one deflated against an earlier one that is much like it, oldest dropped beyond a size. */
import {deflateRawSync, inflateRawSync} from 'node:zlib';
import type {DatabaseSync, SQLOutputValue} from 'node:sqlite';
import type {Sample} from '../journal/shapes/sample.ts';
import {openDatabase, refusalOf} from './database.ts';

export interface Recording {
	/** Keeps a sample. Returns null, or one sentence when it could not be kept (a full disk): a recording never stops a run. */
	append(sample: Sample): string | null;
	/** Between two ISO times, both included, oldest first, read as they are asked for; default: all. */
	samples(range?: {from?: string; to?: string; limit?: number}): Iterable<Sample>;
	/** The newest `count`, oldest first. */
	last(count: number): Sample[];
	/** What is used of the file, in bytes. */
	bytes(): number;
	close(): void;
}

export interface RecordingOptions {
	/** Default 300 MB: a day of a busy server (see the test for the size of a day). */
	maxBytes?: number;
	/** To replay while a room records. */
	readOnly?: boolean;
}

/** After so many samples one is kept whole again; those between need only it to be read. */
const keyEvery = 64;

/** Opens the recording, or makes it. @throws Refusal 2 when it can't be opened */
export function openRecording(path: string, {maxBytes = 300_000_000, readOnly = false}: RecordingOptions = {}): Recording {
	const database = openDatabase(path, {readOnly});
	if (!readOnly) makeTables(path, database);
	const bytes = (): number => {
		const {used} = database.prepare('SELECT (p.page_count - f.freelist_count) * s.page_size AS used FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s').get() as {used: number};
		return used;
	};

	const has = database.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'samples'").get() as {n: number};
	if (has.n === 0) return emptyRecording(database);
	const insert = readOnly ? null : database.prepare('INSERT INTO samples (number, at, key, body) VALUES (?, ?, ?, ?)');
	const keyBody = database.prepare('SELECT body FROM samples WHERE number = ?');
	let number = (database.prepare('SELECT coalesce(max(number), 0) AS n FROM samples').get() as {n: number}).n;
	let key: {number: number; json: Buffer} | null = null;

	const write = (sample: Sample): void => {
		const json = Buffer.from(JSON.stringify(sample));
		number++;
		if (!key || number - key.number >= keyEvery) key = {number, json};
		const body = deflateRawSync(json, {level: 9, dictionary: key.number === number ? undefined : key.json});
		insert!.run(number, sample.at, key.number, body);
		if (number % keyEvery === 0 && bytes() > maxBytes) dropOldest();
	};

	/** A tenth of them, whole groups only: a sample without its key can't be read. */
	const dropOldest = (): void => {
		const {low, high} = database.prepare('SELECT min(key) AS low, max(key) AS high FROM samples').get() as {low: number; high: number};
		database.prepare('DELETE FROM samples WHERE key < ?').run(Math.min(high, low + Math.max(keyEvery, Math.ceil((high - low) / 10))));
	};

	const createReader = (): ((row: Record<string, SQLOutputValue>) => Sample) => {
		let known: {number: number; json: Buffer} | null = null;
		return row => {
			const its = Number(row['key']);
			if (known?.number !== its) known = {number: its, json: inflateRawSync((keyBody.get(its) as {body: Uint8Array}).body)};
			const json = row['number'] === its ? known.json : inflateRawSync(row['body'] as Uint8Array, {dictionary: known.json});
			return JSON.parse(json.toString()) as Sample;
		};
	};

	/** Reads and inflates; a damaged file is a Refusal, where `work` is to be done now and not as it is iterated. */
	const refusing = <T>(work: () => T): T => {
		try {
			return work();
		} catch (error) {
			throw refusalOf(path, error);
		}
	};

	return {
		append(sample) {
			try {
				write(sample);
				return null;
			} catch (error) {
				// The next one is kept whole: what this one was to be read with may be missing.
				key = null;
				return `The sample of ${sample.at} could not be recorded: ${(error as Error).message}.`;
			}
		},
		* samples({from = '', to = '9999', limit = -1} = {}) {
			const read = createReader();
			const rows = database.prepare('SELECT number, key, body FROM samples WHERE at >= ? AND at <= ? ORDER BY number LIMIT ?').iterate(from, to, limit);
			for (let next = refusing(() => rows.next()); !next.done; next = refusing(() => rows.next())) yield refusing(() => read(next.value!));
		},
		last: count => refusing(() => database.prepare('SELECT number, key, body FROM samples ORDER BY number DESC LIMIT ?').all(count).reverse().map(createReader())),
		bytes,
		close: () => database.close(),
	};
}

function makeTables(path: string, database: DatabaseSync): void {
	try {
		// `key`: the number of the sample whose JSON was the dictionary; its own for one that is kept whole.
		database.exec('CREATE TABLE IF NOT EXISTS samples (number INTEGER PRIMARY KEY, at TEXT NOT NULL, key INTEGER NOT NULL, body BLOB NOT NULL) STRICT; CREATE INDEX IF NOT EXISTS samples_at ON samples (at)');
	} catch (error) {
		database.close();
		throw refusalOf(path, error);
	}
}

/** Read before the room has recorded anything. */
function emptyRecording(database: {close(): void}): Recording {
	return {append: () => 'The recording was opened for reading only.', samples: () => [], last: () => [], bytes: () => 0, close: () => database.close()};
}
