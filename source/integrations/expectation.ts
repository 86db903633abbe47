/** What a user expects to be found in an output: a text, or `/a pattern/flags`. */

/** Why `text` does not meet the expectation, or null when it does. */
export function missesExpectation(text: string, expected: string): string | null {
	const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/s.exec(expected) ?? [];
	if (pattern === undefined) return text.includes(expected) ? null : `${JSON.stringify(expected)} is not in it`;
	try {
		return new RegExp(pattern, flags).test(text) ? null : `${expected} matches nothing in it`;
	} catch {
		return `${expected} is no regular expression`;
	}
}
