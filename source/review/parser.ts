/** PostgreSQL's own parser, loaded at its first use so that other commands don't pay for it. */
import type {Node} from 'libpg-query';

type Library = typeof import('libpg-query');

export type Parsed = {ok: true; node: Node} | {ok: false; message: string; at: number; tooDeep: boolean};

let library: Promise<Library> | undefined;

/** Loads the parser once for the process: about 10 ms. */
export async function loadParser(): Promise<Library> {
	library ??= import('libpg-query').then(async loaded => {
		await loaded.loadModule();
		return loaded;
	});
	return library;
}

/**
 * Parses one statement.
 * `at` of a failure counts characters (code points), unlike the byte offsets of the tree: measured with libpg-query 18.1.5.
 */
export function parseStatement(library: Library, text: string): Parsed {
	// The parser takes a C string: what follows a NUL would go unread.
	const nul = text.indexOf('\0');
	if (nul >= 0) return {ok: false, message: 'there is a NUL character in the statement', at: [...text.slice(0, nul)].length, tooDeep: false};
	try {
		const statement = library.parseSync(text).stmts?.[0]?.stmt;
		return statement
			? {ok: true, node: statement}
			: {ok: false, message: 'there is no statement here', at: 0, tooDeep: false};
	} catch (error) {
		if (library.hasSqlDetails(error)) {
			const message = error.message.startsWith('memory exhausted') ? 'it is nested too deeply for the parser' : error.message;
			return {ok: false, message, at: error.sqlDetails?.cursorPosition ?? 0, tooDeep: message !== error.message};
		}
		// A tree too deep for the stack: thousands of parentheses or UNIONs.
		return {ok: false, message: 'it is nested too deeply for the parser', at: 0, tooDeep: true};
	}
}
