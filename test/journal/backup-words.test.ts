import {expect, test} from 'vitest';
import {countedWords} from '../../source/journal/backup-words.ts';

test.each([
	[{tables: 4, rows: 4_000_000, seconds: 0.42, uncounted: 0, largest: null}, '4,000,000 in 4 tables, counted in its snapshot in 0.4 s'],
	[{tables: 1, rows: 1, seconds: 0, uncounted: 1, largest: 'public.events'}, '1 in 1 table, counted in its snapshot in 0.0 s; not counted: 1 table, larger than backup.count_rows or not readable (public.events)'],
	[{tables: 0, rows: 0, seconds: 0, uncounted: 1200, largest: 'public.a'}, '0 in 0 tables, counted in its snapshot in 0.0 s; not counted: 1,200 tables, larger than backup.count_rows or not readable (the largest: public.a)'],
])('what was counted: %o', (counted, words) => {
	expect(countedWords(counted)).toBe(words);
});
