/** Text from outside (database, files, people) made harmless for a terminal, measured and cut to a width. */
import stringWidth from 'string-width';

const plainAscii = /^[\x20-\x7E]*$/;
/** ASCII and our own glyphs, one column each: most of what is drawn, and measuring was the costliest part of a frame. */
const single = /^[\x20-\x7E\u00BB\u2026\u203A\u2192\u2500-\u259F\u25B8\u25BE\u2713\u2717]*$/;
/** C0, C1 and DEL; marks that turn the direction of text; invisible joiners and spaces; separators; lone surrogates. */
const unsafe = /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF\uFFF9-\uFFFB]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|[\u{E0000}-\u{E0FFF}]/gu;
/** What our own sentences use, for terminals that can't show it. */
const spelled: Record<string, string> = {'→': '->', '…': '...', '–': '-', '—': '-', '’': '\'', '“': '"', '”': '"', '×': 'x', '≥': '>=', '≤': '<='};
const segmenter = new Intl.Segmenter('en', {granularity: 'grapheme'});

/**
 * The text on one line, with nothing in it that a terminal would obey: control characters and marks that turn the
 * reading direction are written as escapes, a newline as a mark, a tab as a space.
 * With `ascii` everything a non-UTF-8 terminal can't show becomes `?`.
 */
export function printable(text: string, ascii = false): string {
	if (ascii ? plainAscii.test(text) : single.test(text)) return text;
	const safe = text.replace(unsafe, character => escape(character, ascii));
	return ascii ? [...segmenter.segment(safe)].map(({segment}) => (plainAscii.test(segment) ? segment : spelled[segment] ?? '?'.repeat(stringWidth(segment)))).join('') : safe;
}

/** Columns that a printable text takes on a terminal. */
export function widthOf(text: string): number {
	return single.test(text) ? text.length : stringWidth(text);
}

/** A printable text cut to so many columns; what was cut is marked at its end. */
export function cut(text: string, width: number, mark = '…'): string {
	if (width <= 0) return '';
	if (widthOf(text) <= width) return text;
	const room = width - widthOf(mark);
	if (room < 0) return mark.slice(0, width);
	if (single.test(text)) return text.slice(0, room) + mark;
	let taken = '';
	let used = 0;
	for (const {segment} of segmenter.segment(text)) {
		const columns = stringWidth(segment);
		if (used + columns > room) break;
		taken += segment;
		used += columns;
	}

	return taken + mark;
}

/** The text with spaces up to the width; never longer. */
export function pad(text: string, width: number): string {
	const fitting = cut(text, width);
	return fitting + ' '.repeat(Math.max(0, width - widthOf(fitting)));
}

/** As `pad`, for figures: spaces before. */
export function padStart(text: string, width: number): string {
	const fitting = cut(text, width);
	return ' '.repeat(Math.max(0, width - widthOf(fitting))) + fitting;
}

/** Breaks text into lines of at most so many columns, at spaces where it can; its own newlines are kept. */
export function wrap(text: string, width: number): string[] {
	if (width <= 0) return [];
	return text.replaceAll('\r\n', '\n').replaceAll('\t', '    ').split('\n').flatMap(line => wrapLine(printable(line), width));
}

function wrapLine(line: string, width: number): string[] {
	const lines: string[] = [];
	const indent = /^ */.exec(line)![0].slice(0, Math.floor(width / 2));
	let current = '';
	for (const word of line.split(/(?<= )(?=[^ ])/)) {
		if (widthOf(current + word.trimEnd()) <= width) {
			current += word;
			continue;
		}

		if (current.trim() !== '') lines.push(current.trimEnd());
		current = current.trim() === '' ? word.trimStart() : indent + word;
		while (widthOf(current.trimEnd()) > width) {
			const head = cut(current, width, '');
			lines.push(head);
			current = current.slice(head.length);
		}
	}

	lines.push(current.trimEnd());
	return lines;
}

function escape(character: string, ascii: boolean): string {
	if (character === '\n') return ascii ? '\\n' : '↵';
	if (character === '\t') return ' ';
	const code = character.codePointAt(0)!;
	if (code >= 0xFE00 && code <= 0xFE0F) return '';
	return code <= 0xFF ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
