/** Rows of the rehearsal's view: a heading, and words on as many rows as they need. */
import {line, type Line, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';

/** A heading of this view. */
export function heading(words: string): Line {
	return line(words, 'title');
}

/** Words on as many rows as they need; `indent` begins each, and from the second row on two columns more. */
export function text(words: string, width: number, tone: Tone, indent = ''): Line[] {
	return wrap(words, Math.max(20, width - indent.length - 2)).map((row, index) => line(`${indent}${index > 0 ? '  ' : ''}${row}`, tone));
}
