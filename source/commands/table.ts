/** Text in columns and wrapped lines, for people on a terminal; pure. */
import stringWidth from 'string-width';

/** Aligned columns, two spaces between them. The last column is wrapped at `width` and goes on below itself. */
export function formatTable(rows: readonly (readonly string[])[], {width = Infinity, indent = ''}: {width?: number; indent?: string} = {}): string {
	const columns = Math.max(0, ...rows.map(row => row.length));
	const widths = Array.from({length: columns}, (_, column) => Math.max(0, ...rows.filter(row => column < row.length - 1).map(row => stringWidth(row[column] ?? ''))));
	return rows.map(row => {
		const head = indent + row.slice(0, -1).map((cell, column) => `${pad(cell, widths[column] as number)}  `).join('');
		return wrapLine(row.at(-1) ?? '', {width, head, indent: ' '.repeat(stringWidth(head))});
	}).join('\n');
}

/** One paragraph, broken at spaces; `head` stands before its first line, `indent` before the others. */
export function wrapLine(text: string, {width, head = '', indent = ''}: {width: number; head?: string; indent?: string}): string {
	const lines: string[] = [];
	let line = head;
	let empty = true;
	for (const word of text.split(' ')) {
		if (!empty && stringWidth(line) + 1 + stringWidth(word) > width) {
			lines.push(line);
			line = indent;
			empty = true;
		}
		line += empty ? word : ` ${word}`;
		empty = false;
	}
	return [...lines, line].map(each => each.trimEnd()).join('\n');
}

function pad(text: string, width: number): string {
	return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}
