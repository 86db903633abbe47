/** SQL cut into coloured pieces, for the screen. */
import {loadParser} from './parser.ts';

export type SqlKind = 'keyword' | 'string' | 'number' | 'comment' | 'identifier' | 'plain';

export interface SqlPiece {
	text: string;
	kind: SqlKind;
}

/** More than a person reads; the rest stays plain, so that a bulk insert costs nothing. */
const mostCharacters = 200_000;

/**
 * The lines of a script, each as pieces that put together give the line again.
 * Text that can't be scanned, such as psql's commands, is plain.
 */
export async function highlightSql(sql: string): Promise<SqlPiece[][]> {
	const library = await loadParser();
	const lines: SqlPiece[][] = [[]];
	const add = (text: string, kind: SqlKind) => {
		const parts = text.split('\n');
		for (const [index, part] of parts.entries()) {
			if (index > 0) lines.push([]);
			if (part !== '') lines.at(-1)!.push({text: part, kind});
		}
	};
	const cut = sql.length > mostCharacters ? sql.lastIndexOf('\n', mostCharacters) + 1 || mostCharacters : sql.length;
	const head = sql.slice(0, cut);
	const bytes = Buffer.from(head);
	let done = 0;
	for (const token of scan(library, head)) {
		if (token.start < done || token.end > bytes.length) continue;
		add(bytes.toString('utf8', done, token.start), 'plain');
		add(bytes.toString('utf8', token.start, token.end), kindOf(token));
		done = token.end;
	}
	add(bytes.toString('utf8', done), 'plain');
	add(sql.slice(cut), 'plain');
	return lines;
}

type Library = Awaited<ReturnType<typeof loadParser>>;
type Token = ReturnType<Library['scanSync']>['tokens'][number];

function scan(library: Library, text: string): Token[] {
	try {
		return library.scanSync(text).tokens ?? [];
	} catch {
		// An unterminated quote, a backslash command: no colours rather than wrong ones.
		return [];
	}
}

function kindOf({tokenName, keywordName}: Token): SqlKind {
	if (tokenName === 'SQL_COMMENT' || tokenName === 'C_COMMENT') return 'comment';
	if (['SCONST', 'USCONST', 'BCONST', 'XCONST'].includes(tokenName)) return 'string';
	if (tokenName === 'ICONST' || tokenName === 'FCONST' || tokenName === 'PARAM') return 'number';
	if (keywordName !== 'NO_KEYWORD') return 'keyword';
	return tokenName === 'IDENT' || tokenName === 'UIDENT' ? 'identifier' : 'plain';
}
