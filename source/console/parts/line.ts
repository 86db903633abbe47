/** A line of the screen as data: spans of text with a meaning each, drawn by `lines.tsx` alone. */
import {cut, printable, widthOf} from './printable.ts';

/** What a piece of text means; `theme.ts` knows how each looks. */
export type Tone = 'plain' | 'dim' | 'strong' | 'good' | 'warn' | 'bad' | 'info' | 'title' | 'selected' | 'key' | 'production' | 'staging' | 'development' | 'production-frame' | 'staging-frame' | 'development-frame';

export interface Span {
	text: string;
	tone: Tone;
}

export type Line = readonly Span[];

/** A span; text from outside may be given as it is, drawing makes it printable. */
export function span(text: string, tone: Tone = 'plain'): Span {
	return {text, tone};
}

/** A line of one tone. */
export function line(text: string, tone: Tone = 'plain'): Line {
	return [span(text, tone)];
}

/** The text of a line, for copying, searching and tests. */
export function textOf(spans: Line): string {
	return spans.map(({text}) => text).join('');
}

/** Columns of a line. */
export function widthOfLine(spans: Line): number {
	return spans.reduce((width, {text}) => width + widthOf(printable(text)), 0);
}

/** The line printable and exactly so many columns wide; what does not fit is cut with a mark. */
export function fit(spans: Line, options: {width: number; ascii: boolean}): Span[] {
	const fitted: Span[] = [];
	let left = options.width;
	for (const [index, {text, tone}] of spans.entries()) {
		const safe = printable(text, options.ascii);
		const columns = widthOf(safe);
		const more = spans.slice(index + 1).some(next => next.text !== '');
		if (columns > left || (columns === left && more)) {
			const mark = options.ascii ? '~' : '…';
			const shown = columns > left ? cut(safe, left, mark) : cut(safe + ' ', left, mark);
			fitted.push({text: shown, tone});
			left -= widthOf(shown);
			break;
		}

		if (safe !== '') fitted.push({text: safe, tone});
		left -= columns;
	}

	if (left > 0) fitted.push({text: ' '.repeat(left), tone: 'plain'});
	return fitted;
}

/** Two lines on one row: the second at the right edge, and cut away first when there is too little room. */
export function spread(left: Line, right: Line, width: number): Line {
	const gap = width - widthOfLine(left) - widthOfLine(right);
	return gap >= 1 ? [...left, span(' '.repeat(gap)), ...right] : left;
}

/** The rows of a list that are seen, so that the cursor is among them and the list stays still as long as it can. */
export function windowTop(options: {top: number; cursor: number; count: number; height: number}): number {
	const {top, cursor, count, height} = options;
	const wanted = cursor < top ? cursor : cursor >= top + height ? cursor - height + 1 : top;
	return Math.max(0, Math.min(wanted, count - height));
}
