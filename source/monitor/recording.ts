/** The samples of a run on disk: each one compressed against the one before, which is much like it, oldest dropped beyond a size. */
import {constants, zstdCompressSync, zstdDecompressSync} from 'node:zlib';
import type {DatabaseSync, SQLOutputValue} from 'node:sqlite';
import type {Sample} from '../journal/shapes/sample.ts';
import {openDatabase, refusalOf, UnreadableRecording, waitBriefly} from './database.ts';
import {packSample, unpackSample} from './packed-sample.ts';

export interface Recording {
	/** Keeps a sample. Returns null, or one sentence when it could not be kept (a full disk): a recording never stops a run. */
	append(sample: Sample): string | null;
	/** Between two ISO times, both included, oldest first, read as they are asked for; default: all. */
	samples(range?: {from?: string; to?: string; limit?: number}): Iterable<Sample>;
	/** The newest `count`, oldest first. */
	last(count: number): Sample[];
	/** The newest that is not later than an ISO time; null: there is none. */
	newestAt(moment: string): Sample | null;
	/** The time of the first one after an ISO time; null: there is none. */
	nextAfter(moment: string): string | null;
	/** The times of the first and of the last one; null: there is none. */
	span(): {from: string; to: string} | null;
	/** What is used of the file, in bytes. */
	bytes(): number;
	close(): void;
}

export interface RecordingOptions {
	/** Default 280 MB, a day of a busy server (see the test for the size of a day): with SQLite's log beside it, it stays under 300. */
	maxBytes?: number;
	/** To replay while a room records. */
	readOnly?: boolean;
}

/** After so many samples one is kept whole again; to read one, those between are read too: 20 ms with 200 sessions. */
const wholeEvery = 64;
/** Of the rows' encoding; another one is not guessed at. */
const format = 1;
/** Deflate looks back 32 kB, and a sample of 200 sessions has 110: it would cost twice as much. */
const compression = {[constants.ZSTD_c_compressionLevel]: 9, [constants.ZSTD_c_windowLog]: 20};
/** Enough for most packed samples. Node keeps a buffer of this size for each one until the next full collection, by default one of 16 kB. */
const packedBytes = 4096;

/** Opens the recording, or makes it. @throws Refusal 2 when it can't be opened, or is of another version */
export function openRecording(path: string, {maxBytes = 280_000_000, readOnly = false}: RecordingOptions = {}): Recording {
	const database = openDatabase(path, {readOnly});
	let number: number;
	try {
		prepareTables(path, {database, readOnly});
		if (!hasSamples(database)) return emptyRecording(database);
		number = (database.prepare('SELECT coalesce(max(number), 0) AS n FROM samples').get() as {n: number}).n;
	} catch (error) {
		database.close();
		throw refusalOf(path, error);
	}

	const bytes = (): number => {
		const {used} = database.prepare('SELECT (p.page_count - f.freelist_count) * s.page_size AS used FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s').get() as {used: number};
		return used;
	};

	const insert = readOnly ? null : database.prepare('INSERT INTO samples (number, at, key, body) VALUES (?, ?, ?, ?)');
	const between = database.prepare('SELECT number, key, body FROM samples WHERE number >= ? AND number < ? ORDER BY number');
	let before: {key: number; json: Buffer} | null = null;

	const write = (sample: Sample): void => {
		const json = packSample(sample);
		number++;
		const dictionary = before && number - before.key < wholeEvery ? before : null;
		before = {key: dictionary?.key ?? number, json};
		insert!.run(number, sample.at, before.key, zstdCompressSync(json, {params: compression, chunkSize: packedBytes, ...(dictionary && {dictionary: dictionary.json})}));
		if (number % wholeEvery === 0 && bytes() > maxBytes) dropOldest();
	};

	/** A tenth of them, whole groups only: a sample without those before it can't be read. */
	const dropOldest = (): void => {
		const {low, high} = database.prepare('SELECT min(key) AS low, max(key) AS high FROM samples').get() as {low: number; high: number};
		database.prepare('DELETE FROM samples WHERE key < ?').run(Math.min(high, low + Math.max(wholeEvery, Math.ceil((high - low) / 10))));
	};

	const createReader = (): ((row: Record<string, SQLOutputValue>) => Sample) => {
		let known: {number: number; key: number; json: Buffer} | null = null;
		const take = (row: Record<string, SQLOutputValue>): Buffer => {
			const [its, key] = [Number(row['number']), Number(row['key'])];
			known = {number: its, key, json: zstdDecompressSync(row['body'] as Uint8Array, its === key ? {} : {dictionary: known!.json})};
			return known.json;
		};
		return row => {
			const [its, key] = [Number(row['number']), Number(row['key'])];
			const from = known?.key === key && known.number < its ? known.number + 1 : key;
			for (const earlier of from < its ? between.all(from, its) : []) take(earlier);
			return unpackSample(take(row));
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
				// The next one is kept whole: what it would be read with may be missing.
				before = null;
				return `The sample of ${sample.at} could not be recorded: ${(error as Error).message}.`;
			}
		},
		* samples({from = '', to = '9999', limit = -1} = {}) {
			const read = createReader();
			const rows = database.prepare('SELECT number, key, body FROM samples WHERE at >= ? AND at <= ? ORDER BY at LIMIT ?').iterate(from, to, limit);
			for (let next = refusing(() => rows.next()); !next.done; next = refusing(() => rows.next())) yield refusing(() => read(next.value!));
		},
		newestAt: moment => refusing(() => {
			const row = database.prepare('SELECT number, key, body FROM samples WHERE at <= ? ORDER BY at DESC LIMIT 1').get(moment);
			return row ? createReader()(row) : null;
		}),
		nextAfter: moment => refusing(() => (database.prepare('SELECT min(at) AS at FROM samples WHERE at > ?').get(moment) as {at: string | null}).at),
		span: () => refusing(() => {
			const {from, to} = database.prepare('SELECT (SELECT min(at) FROM samples) AS "from", (SELECT max(at) FROM samples) AS "to"').get() as {from: string | null; to: string | null};
			return from === null || to === null ? null : {from, to};
		}),
		last: count => refusing(() => database.prepare('SELECT number, key, body FROM samples ORDER BY number DESC LIMIT ?').all(count).reverse().map(createReader())),
		bytes,
		close: () => database.close(),
	};
}

/** @throws Refusal 2 */
function prepareTables(path: string, {database, readOnly}: {database: DatabaseSync; readOnly: boolean}): void {
	const {user_version: found} = database.prepare('PRAGMA user_version').get() as {user_version: number};
	if (hasSamples(database) && found !== format) throw new UnreadableRecording(`The recording ${path} was written by another version of holdpoint (its format is ${found}, this one's ${format})`, 'replay it with that version; moved away when no room is at work, it makes room for a new one.');
	if (readOnly) return;
	// `key`: the number of the last sample before it that is kept whole, or its own.
	database.exec(`CREATE TABLE IF NOT EXISTS samples (number INTEGER PRIMARY KEY, at TEXT NOT NULL, key INTEGER NOT NULL, body BLOB NOT NULL) STRICT; CREATE INDEX IF NOT EXISTS samples_at ON samples (at); PRAGMA user_version = ${format}`);
	waitBriefly(database);
}

function hasSamples(database: DatabaseSync): boolean {
	return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'samples'").get() !== undefined;
}

/** Read before the room has recorded anything. */
function emptyRecording(database: {close(): void}): Recording {
	return {append: () => 'The recording was opened for reading only.', samples: () => [], last: () => [], newestAt: () => null, nextAfter: () => null, span: () => null, bytes: () => 0, close: () => database.close()};
}
