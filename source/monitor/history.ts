/** The figures of a whole run beside its samples: ten seconds a row, small enough to draw hours without reading a sample. */
import type {DatabaseSync} from 'node:sqlite';
import type {Sample} from '../journal/shapes/sample.ts';
import {openDatabase, waitBriefly} from './database.ts';
import {joinPoints, pointOf, thinPoints, type Point} from './series.ts';

export interface History {
	/** Takes a sample's figures; a full disk loses them and stops nothing. */
	append(sample: Sample): void;
	/** At most `most` points between two times in milliseconds, oldest first; neighbours are put together, so that no peak is lost. */
	points(range: {from: number; to: number; most: number}): Promise<Point[]>;
	/** When it begins, in milliseconds; null while there is nothing. */
	begins(): number | null;
	close(): void;
}

const rowMs = 10_000;
/** A row is about 500 bytes: a month of them is 130 MB. */
const keptMs = 30 * 24 * 3600 * 1000;
/** So many rows are read in one go: 3 ms, so that the guard's looks are never late by them. */
const rowsAtOnce = 1000;

/** Opens it in the run's database, which holds the recording too. @throws Refusal 2 when it can't be opened */
export function openHistory(path: string, {readOnly = false}: {readOnly?: boolean} = {}): History {
	const database = openDatabase(path, {readOnly});
	if (!readOnly) {
		database.exec('CREATE TABLE IF NOT EXISTS points (at INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
		waitBriefly(database);
	} else if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'points'").get() === undefined) return noHistory(database);
	const insert = readOnly ? null : database.prepare('INSERT OR REPLACE INTO points (at, body) VALUES (?, ?)');
	let open: Point[] = [];

	const write = (): void => {
		if (open.length === 0) return;
		const {at, lasts, low, high} = joinPoints(open);
		open = [];
		try {
			insert?.run(at, JSON.stringify([lasts, low, high]));
			if (Math.floor(at / rowMs) % 360 === 0) database.prepare('DELETE FROM points WHERE at < ?').run(at - keptMs);
		} catch {
			// A disk that is full: the recording has said so already, and a chart has a gap there.
		}
	};

	return {
		append(sample) {
			const point = pointOf(sample);
			// Looked at less often than a row lasts, two samples are no time between them.
			if (open.length > 0 && Math.floor(open[0]!.at / rowMs) !== Math.floor(point.at / rowMs)) write();
			open.push(point);
		},
		async points({from, to, most}) {
			const read: Point[] = [];
			for (let next = from - rowMs; ;) {
				const rows = database.prepare('SELECT at, body FROM points WHERE at >= ? AND at <= ? ORDER BY at LIMIT ?').all(next, to, rowsAtOnce) as {at: number; body: string}[];
				read.push(...rows.map(parseRow));
				if (rows.length < rowsAtOnce) break;
				next = rows.at(-1)!.at + 1;
				await new Promise(resolve => setImmediate(resolve));
			}

			return thinPoints([...read, ...open.filter(({at}) => at >= from && at <= to)], {from, to, most});
		},
		begins: () => firstOf(database) ?? open[0]?.at ?? null,
		close() {
			write();
			database.close();
		},
	};
}

/** Read before the room has recorded anything. */
function noHistory(database: DatabaseSync): History {
	return {append: () => {}, points: async () => [], begins: () => null, close: () => database.close()};
}

function parseRow({at, body}: {at: number; body: string}): Point {
	const [lasts, low, high] = JSON.parse(body) as [number, Point['low'], Point['high']];
	return {at, lasts, low, high};
}

function firstOf(database: DatabaseSync): number | null {
	return (database.prepare('SELECT min(at) AS at FROM points').get() as {at: number | null}).at;
}
