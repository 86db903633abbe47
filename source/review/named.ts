/** The names that a text of SQL could mean, so that only these are looked up in a catalog of any size. */

/**
 * Every word outside of quotes, as written and folded, and everything between two double quotes of a line: more than its names, never less.
 * Without a parser, so that the text of DO blocks and of EXECUTE counts too.
 */
export function namesIn(sql: string): string[] {
	const names = new Set<string>();
	for (const [word] of sql.matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu)) {
		names.add(word);
		names.add(word.toLowerCase());
	}
	// Looked ahead, so that a lone quote in a string does not put all later pairs out of step.
	for (const [, quoted] of sql.matchAll(/"(?=((?:[^"\n]|""){1,126})")/g)) names.add(quoted!.replaceAll('""', '"'));
	return [...names].filter(name => Buffer.byteLength(name) <= 63);
}
