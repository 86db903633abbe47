/** The papers say what is so: keys, commands, links. */
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {keysTable} from '../../source/console/keymap.ts';
import {commands} from '../../source/commands/index.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(checkout, file), 'utf8');
const papers = ['README.md', 'ARCHITECTURE.md', 'source/readme.md'];

test('the table of keys in the readme is the keymap\'s; `npm run keys` writes it', () => {
	expect(read('README.md')).toContain(`\n${keysTable()}\n`);
});

test('the test command of the readme is the one of continuous integration, and both commands set up first', () => {
	const {scripts} = JSON.parse(read('package.json')) as {scripts: Record<string, string>};
	expect(read('README.md')).toMatch(/^npm test\b/m);
	expect(read('.ci/run')).toMatch(/^npm test$/m);
	expect([scripts['pretest'], scripts['predemo']]).toEqual(['node scripts/setup.mjs', 'node scripts/setup.mjs']);
});

test.each(papers)('every link of %s leads somewhere, and every folder that it names is there', paper => {
	const folder = path.dirname(path.join(checkout, paper));
	const links = [...read(paper).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!);
	expect(links.filter(link => !existsSync(path.join(folder, link)))).toEqual([]);
	const named = [...read(paper).matchAll(/`((?:source|demo|test|scripts|checklists)\/[\w/.-]*)`/g)].map(([, name]) => name!);
	expect(named.filter(name => !existsSync(path.join(checkout, name)))).toEqual([]);
});

test('every command that the readme shows is one', () => {
	const shown = [...read('README.md').matchAll(/(?:^|[`&] ?)holdpoint ([a-z]+)/gm)].map(([, name]) => name!);
	expect(shown.length).toBeGreaterThan(5);
	expect(shown.filter(name => !Object.hasOwn(commands, name))).toEqual([]);
});
