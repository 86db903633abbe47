/** Text from outside as Markdown or HTML that means only itself: it can neither open a block, tick a box, nor run. */

/** One line of text with every mark of Markdown and HTML escaped. */
export function escapeText(text: string): string {
	return oneLine(text)
		.replace(/[\\`*_{}[\]<>#|~&!$]/g, '\\$&')
		.replace(/^([-+=])/, '\\$1')
		.replace(/^(\d+)([.)])/, '$1\\$2');
}

/** An inline code span, fenced by one backtick more than the longest run inside (CommonMark 6.1). */
export function codeSpan(text: string): string {
	const inner = oneLine(text) || ' ';
	const longest = Math.max(0, ...(inner.match(/`+/g) ?? []).map(run => run.length));
	const fence = '`'.repeat(longest + 1);
	const room = /^`|`$|^ .* $/.test(inner) ? ' ' : '';
	return fence + room + inner + room + fence;
}

/** Text, also of several lines, as HTML shows it; what would steer a terminal or turn the reading direction is written out. */
export function escapeHtml(text: string): string {
	return text
		.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, character => `\\x${character.codePointAt(0)!.toString(16).padStart(2, '0')}`)
		.replace(/\r\n?|[\u2028\u2029]/g, '\n')
		.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
}

/** The beginning of a long text, by lines, and how much is left out. */
export function bounded(text: string, lines = 200, characters = 12_000): string {
	const all = text.trimEnd().split(/\r\n|\n|\r/);
	const shown = all.slice(0, lines).join('\n').slice(0, characters);
	return shown.length < all.join('\n').length ? `${shown}\n… the rest is left out here: ${all.length} lines in all` : shown;
}

/** argv as one would type it. */
export function commandLine(argv: readonly string[]): string {
	return argv.map(word => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', `'\\''`)}'`).join(' ');
}

/** Line breaks and control characters, which could end the line or steer a terminal, become spaces. */
export function oneLine(text: string): string {
	return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ').trim();
}
