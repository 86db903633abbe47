/** Text from outside as Markdown that means only itself: it can neither open a block nor tick a box. */

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

/** argv as one would type it. */
export function commandLine(argv: readonly string[]): string {
	return argv.map(word => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', `'\\''`)}'`).join(' ');
}

/** Line breaks and control characters, which could end the line or steer a terminal, become spaces. */
function oneLine(text: string): string {
	return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, ' ').trim();
}
