/** Spans on as many lines as they need. */
import type {Line, Span} from './line.ts';
import {printable, widthOf} from './printable.ts';

/** Each span stays whole where a line can hold it; spaces and commas before it are left out where a line begins. */
export function flow(spans: readonly Span[], {width, indent = 1}: {width: number; indent?: number}): Line[] {
	const lines: Span[][] = [[]];
	let used = 0;
	for (const piece of spans) {
		const columns = widthOf(printable(piece.text.trimEnd()));
		if (used > 0 && used + columns > width) {
			lines.push([]);
			used = 0;
		}

		const text = used === 0 ? ' '.repeat(indent) + piece.text.replace(/^[,;]? +/, '') : piece.text;
		lines.at(-1)!.push({...piece, text});
		used += widthOf(printable(text));
	}

	return lines;
}
