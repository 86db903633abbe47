/** Glyphs take one column each, and everything that a colour says is also said by a word or a mark. */
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {asciiGlyphs, lookOf, unicodeGlyphs} from '../../source/console/theme.ts';

test('each mark and frame glyph is one column wide', () => {
	const {marks, horizontal, vertical, heavy, pointer, folded, unfolded, full, empty, chart, arrow} = unicodeGlyphs;
	for (const glyph of [...Object.values(marks), horizontal, vertical, heavy.horizontal, heavy.vertical, ...heavy.corners, pointer, folded, unfolded, full, empty, arrow, ...chart]) expect([glyph, stringWidth(glyph)]).toEqual([glyph, 1]);
});

test('the ASCII set is ASCII, and each state has a mark of its own', () => {
	expect(JSON.stringify(asciiGlyphs)).toMatch(/^[\x20-\x7E]*$/);
	for (const {marks} of [unicodeGlyphs, asciiGlyphs]) expect(new Set(Object.values(marks)).size).toBe(Object.keys(marks).length);
});

test('without colours no tone asks for one', () => {
	for (const tone of ['good', 'bad', 'production', 'staging', 'development-frame'] as const) {
		expect(lookOf(tone, false).color).toBeUndefined();
		expect(lookOf(tone, false).backgroundColor).toBeUndefined();
	}
});
