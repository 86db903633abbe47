/** What going back to a backup, or to a named restore point, would lose: in time and in bytes of WAL; pure. */
import {byteWords} from './byte-words.ts';
import type {Backup} from './shapes/backup.ts';

/** The moment that it is asked for. */
export interface Moment {
	/** Milliseconds since 1970. */
	atMs: number;
	/** Where the target's WAL is then, in bytes from 0/0; null: not known. */
	walPosition: number | null;
}

export interface Loss {
	seconds: number;
	/** WAL written since, of the whole server: at most so much. Null: not known. */
	bytes: number | null;
}

export function lossOf({startedAt, lsn}: Pick<Backup, 'startedAt' | 'lsn'>, {atMs, walPosition}: Moment): Loss {
	return {
		seconds: Math.max(0, (atMs - Date.parse(startedAt)) / 1000),
		bytes: lsn === null || walPosition === null ? null : Math.max(0, walPosition - positionOf(lsn)),
	};
}

/** `12 min, 3.2 MB of WAL` */
export function lossWords({seconds, bytes}: Loss): string {
	return `${timeWords(seconds)}, ${bytes === null ? 'unknown' : byteWords(bytes)} of WAL`;
}

/** An LSN as bytes from 0/0: exact up to 2^53, nine petabytes of WAL. */
export function positionOf(lsn: string): number {
	const [high = '', low = ''] = lsn.split('/');
	return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16);
}

function timeWords(seconds: number): string {
	if (seconds < 100) return `${Math.round(seconds)} s`;
	if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
	return seconds < 48 * 3600 ? `${(seconds / 3600).toFixed(1)} h` : `${Math.round(seconds / 86_400)} days`;
}
