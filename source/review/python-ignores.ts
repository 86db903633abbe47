/** Ignore comments of a migration's Python file. */
import {parseIgnore} from './suppress.ts';
import type {Ignore} from './suppress.ts';

/** Strings, in every form, and comments: whichever begins first. */
const strings = /("""|''')(?:\\[\s\S]|(?!\1)[\s\S])*(?:\1|$)|(["'])(?:\\[\s\S]|(?!\2)[^\\\n])*(?:\2|$)|#[^\n]*/gm;

/**
 * The comments `# holdpoint: ignore RULE[, RULE…] -- reason`, as `ReviewInput.ignores` and `reviewMigrations` take them.
 * In the SQL they hold for all statements of the file's revision. Pure; a comment inside a string is none.
 */
export function parsePythonIgnores(text: string, file: string): Omit<Ignore, 'used'>[] {
	const revision = /^revision(?:\s*:\s*[^=\n]+)?\s*=\s*(?:u|r)?(["'])([^"'\n]*)\1/m.exec(text)?.[2];
	const ignores: Omit<Ignore, 'used'>[] = [];
	let line = 1;
	let done = 0;
	for (const {0: found, index} of text.matchAll(strings)) {
		if (!/^#\s*holdpoint:/.test(found)) continue;
		for (let at = text.indexOf('\n', done); at >= 0 && at < index; at = text.indexOf('\n', at + 1)) line++;
		done = index;
		const begin = text.lastIndexOf('\n', index) + 1;
		const {used: _, ...ignore} = parseIgnore({text: found.trimEnd(), line, column: [...text.slice(begin, index)].length + 1});
		ignores.push({...ignore, revision, file});
	}
	return ignores;
}
