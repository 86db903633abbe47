/** Nothing from outside moves the cursor, turns the text round, or makes a line longer than it is. */
import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {fit, span, textOf} from '../../../source/console/parts/line.ts';
import {cut, pad, printable, wrap} from '../../../source/console/parts/printable.ts';

describe('printable', () => {
	test.each([
		['plain text', 'plain text'],
		['\u001B[2J\u001B[31mred', '\\x1b[2J\\x1b[31mred'],
		['\u009B2J', '\\x9b2J'],
		['two\nlines\tand a tab', 'two↵lines and a tab'],
		['drop \u202Eelbat', 'drop \\u202eelbat'],
		['zero\u200Bwidth', 'zero\\u200bwidth'],
		['half \uD83D of a pair', 'half \\ud83d of a pair'],
		['bell\u0007 and delete\u007F', 'bell\\x07 and delete\\x7f'],
		['naïve 注文 ok', 'naïve 注文 ok'],
	])('%j becomes %j', (text, expected) => {
		expect(printable(text)).toBe(expected);
	});

	test('keeps the width where the terminal knows ASCII only', () => {
		expect(printable('a → 注文 é', true)).toBe('a -> ???? ?');
	});
});

describe('cut, pad and wrap', () => {
	test('cuts wide characters to columns, not to characters', () => {
		expect(cut('注文注文', 5)).toBe('注文…');
		expect(stringWidth(pad('注文注文', 6))).toBe(6);
		expect(cut('abcdef', 1)).toBe('…');
		expect(cut('abcdef', 0)).toBe('');
	});

	test('wraps at spaces, keeps newlines and indents, breaks what is too long', () => {
		expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
		expect(wrap('  in dented text\nnext', 10)).toEqual(['  in', '  dented', '  text', 'next']);
		expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
		expect(wrap('\u001B[31m', 10)).toEqual(['\\x1b[31m']);
	});
});

test('a fitted line is exactly as wide as asked, whatever is in it', () => {
	const nasty = [span('id '), span('注文\u001B[2J\n', 'bad'), span('👩‍👩‍👧 family'), span('')];
	for (let width = 1; width < 40; width++) expect(stringWidth(textOf(fit(nasty, {width, ascii: false})))).toBe(width);
});
