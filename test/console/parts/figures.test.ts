/** Figures with their units: how long something lasts stands still in lists once it is long. */
import {expect, test} from 'vitest';
import {lasting} from '../../../source/console/parts/figures.ts';

test.each<[number | null, string]>([
	[null, 'unknown'], [0.42, '0.4 s'], [12.4, '12 s'], [59.4, '59 s'], [59.6, '1 min'], [119, '1 min'], [185, '3 min'], [5939, '98 min'], [7600, '2.1 h'], [172_799, '48.0 h'], [300_000, '3.5 d'],
])('%s seconds are %s', (seconds, words) => {
	expect(lasting(seconds)).toBe(words);
});
