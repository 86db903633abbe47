/** What a plan's digest is made of, and which of it changed; pure. */
import {createHash} from 'node:crypto';

/** sha256 over the lines, in hexadecimal. */
export function digestOf(lines: readonly string[]): string {
	return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** The first difference between two lists of digest lines, in words; null when there is none. */
export function describeChange(before: readonly string[], after: readonly string[]): string | null {
	const were = new Map(before.map(keyed));
	const are = new Map(after.map(keyed));
	for (const [key, value] of are) {
		if (!were.has(key)) return `${key} is new`;
		if (were.get(key) !== value) return `${key} changed from ${shorten(were.get(key) ?? '')} to ${shorten(value)}`;
	}
	for (const key of were.keys()) if (!are.has(key)) return `${key} is gone`;
	return null;
}

/** A line is its subject, a tab, and what it is. */
function keyed(line: string): [string, string] {
	const tab = line.indexOf('\t');
	return tab < 0 ? [line, ''] : [line.slice(0, tab), line.slice(tab + 1)];
}

function shorten(value: string): string {
	return /^[0-9a-f]{64}$/.test(value) ? value.slice(0, 12) : value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
