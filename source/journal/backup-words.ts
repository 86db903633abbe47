/** What a backup's own counting proved, in words for the command and the evidence. */
import type {Backup} from './shapes/backup.ts';

/** Such as `4,000,000 in 4 tables, counted in its snapshot in 0.4 s; not counted: 1 table (…)`. */
export function countedWords({tables, rows, seconds, uncounted, largest}: NonNullable<Backup['counted']>): string {
	const many = (count: number) => `${count.toLocaleString('en-US')} table${count === 1 ? '' : 's'}`;
	const left = uncounted === 0 ? '' : `; not counted: ${many(uncounted)}, larger than backup.count_rows or not readable${largest === null ? '' : ` (${uncounted === 1 ? '' : 'the largest: '}${largest})`}`;
	return `${rows.toLocaleString('en-US')} in ${many(tables)}, counted in its snapshot in ${seconds.toFixed(1)} s${left}`;
}
