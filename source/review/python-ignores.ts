/** Ignore comments of a migration's Python file. */
import {parseIgnore} from './suppress.ts';
import type {ReadableFacts} from '../alembic/facts.ts';
import type {Origins} from './origins.ts';
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

/** Narrows each ignore to the operation that it stands above or in, where statements are known to come from that one. */
export function placeIgnores(ignores: readonly Omit<Ignore, 'used'>[], {text, upgrade}: {text: string; upgrade: ReadableFacts['upgrade']}, origins: Origins): Omit<Ignore, 'used'>[] {
	const lines = text.split('\n');
	const traced = new Set([...origins.values()].map(({file, line}) => `${file}:${line}`));
	return ignores.map(ignore => {
		const below = lines.findIndex((line, index) => index >= ignore.line && !/^\s*(?:#.*)?$/.test(line)) + 1;
		const operation = upgrade.operations.find(({line, endLine}) => line <= ignore.line && endLine >= ignore.line) ?? upgrade.operations.find(({line}) => line === below);
		return operation && traced.has(`${ignore.file}:${operation.line}`) ? {...ignore, operation: operation.line} : ignore;
	});
}
