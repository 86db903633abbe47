/** docs/rules/ says what the rules say, and nothing else. */
import {readFile, readdir} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {renderRulePages} from '../../source/review/pages.ts';
import {allRules} from '../../source/review/rules/index.ts';

const folder = path.join(import.meta.dirname, '../../docs/rules');

test('each page is what its rule says; after a change run `npx tsx source/review/write-pages.ts`', async () => {
	const pages = renderRulePages();
	expect((await readdir(folder)).sort()).toEqual([...pages.keys()].sort());
	for (const [file, text] of pages) expect(await readFile(path.join(folder, file), 'utf8'), file).toBe(text);
});

test('each page has all of its parts', () => {
	const pages = [...renderRulePages()].filter(([file]) => file !== 'index.md');
	for (const part of ['## Problem', '## What triggers it', '## What does not', '## Instead', 'With Alembic:']) expect(pages.filter(([, text]) => !text.includes(`${part}\n\n`)).map(([file]) => file), part).toEqual([]);
});

test('every rule has its line in the index, and its words are whole sentences', () => {
	const index = renderRulePages().get('index.md')!;
	expect(new Set(allRules.map(({id}) => id)).size).toBe(allRules.length);
	for (const {id, why, triggers, says} of allRules) {
		expect(index).toContain(`| [${id}](${id}.md) |`);
		expect([why, triggers].filter(text => !/[.)]$/.test(text)), id).toEqual([]);
		expect(says, id).not.toMatch(/[.]$|^[A-Z]/);
	}
});

test('what docs/review.md says of a rule is said of one that exists', async () => {
	const text = await readFile(path.join(folder, '../review.md'), 'utf8');
	const named = [...text.matchAll(/\]\(rules\/([a-z0-9-]+)\.md\)/g)].map(match => match[1]!);
	const known = new Set(['index', ...allRules.map(({id}) => id)]);
	expect(named.length).toBeGreaterThan(20);
	expect(named.filter(id => !known.has(id))).toEqual([]);
});
