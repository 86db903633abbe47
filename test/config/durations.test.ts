/** A duration is a number with a unit; without one it is no duration. */
import {expect, test} from 'vitest';
import {parseDuration} from '../../source/config/durations.ts';

test.each([
	['300ms', 300], ['5s', 5000], ['1.5 s', 1500], ['30min', 1_800_000], ['1h', 3_600_000], ['0s', 0],
	['5', null], ['30m', null], ['1d', null], ['-1s', null], ['', null], ['1 h 2 min', null],
])('%j is %s ms', (text, expected) => {
	expect(parseDuration(text)).toBe(expected);
});
