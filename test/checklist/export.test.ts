/** The export is the source with its boxes and its evidence, and nothing else changed. */
import {readFileSync} from 'node:fs';
import type {Nodes} from 'mdast';
import {fromMarkdown} from 'mdast-util-from-markdown';
import {describe, expect, test} from 'vitest';
import {exportChecklist, stripExport} from '../../source/checklist/export.ts';
import {parseChecklist} from '../../source/checklist/parse.ts';
import {itemStates, satisfiedStates, type Item} from '../../source/journal/shapes/item.ts';

const shipped = readFileSync(new URL('../../checklists/migration-deployment.md', import.meta.url), 'utf8');
const htmlOf = (node: Nodes): string[] => node.type === 'html' ? [node.value] : 'children' in node ? node.children.flatMap(htmlOf) : [];
const at = '2026-03-01T10:00:00.000Z';

/** Every item of a document in its first state. */
function openItems(markdown: string): Item[] {
	return parseChecklist(markdown).items.map(({id, section, text, required, check, holds}) => ({id, section, text, required, check, holds, state: 'open'}));
}

/** The document's items, all in the state given, with everything an item may carry. */
function provenItems(markdown: string, words = 'all *well* <b>'): Item[] {
	return openItems(markdown).map(item => ({
		...item, state: 'passed', by: 'holdpoint', at, sealed: true,
		verdict: {status: 'passed', summary: words, at, seconds: 1.24, evidence: [
			{kind: 'command', title: words, command: ['alembic', 'check', words], exit: 0, sha256: 'ab'.repeat(32), body: `${words}\n\n- [ ] as printed\n`},
			{kind: 'query', title: 'rows', rows: 3},
		]},
	}));
}

const strange = [
	'# Títle\r\n\r\n## S ✅\r\n- [ ] one\r\n\t- [ ] nested `code`\r\n\r\n> - [ ] quoted\r\n> 1. [x] ticked\r\n\r\n* [ ] 確認 \\* a\r\n  second line\r\n\r\n  ```\r\n  unclosed\r\n',
	'-\t[ ]\ttab',
	'- [ ] last line without an end',
	'- [ ] same\n- [ ] same\n',
	'\uFEFF- [ ] after a byte order mark\n',
	'',
	'no list at all',
];

describe('what is not known changes nothing', () => {
	test.each([shipped, ...strange])('byte for byte (%#)', markdown => {
		expect(exportChecklist(markdown, [])).toBe(markdown);
		if (!markdown.includes('[x]')) expect(exportChecklist(markdown, openItems(markdown))).toBe(markdown);
	});
});

describe('what is known', () => {
	test('is written under its item, in its line ends and its indent', () => {
		const markdown = '## S\r\n\r\n> - [ ] quoted `x`\r\n>   more\r\n> - [ ] other\r\n';
		const items = openItems(markdown);
		items[0] = {...items[0]!, state: 'waived', by: 'ann', at, note: 'no *replica*'};
		expect(exportChecklist(markdown, items)).toBe([
			'## S', '',
			'> - [x] quoted `x`', '>   more',
			'>   <!-- holdpoint evidence --><details><summary>waived by ann: no *replica*</summary>',
			`>   - **waived** by ann at ${at}`,
			'>   - reason: no \\*replica\\*',
			'>   <!-- /holdpoint evidence --></details>',
			'> - [ ] other', '',
		].join('\r\n'));
	});

	test('carries the check, its command lines and hashes, and what was seen, folded', () => {
		const text = exportChecklist('- [ ] Close related tickets/issues\n', provenItems('- [ ] Close related tickets/issues\n'));
		expect(text).toBe([
			'- [x] Close related tickets/issues',
			'  <!-- holdpoint evidence --><details><summary>passed by holdpoint: all *well* &lt;b&gt;</summary>',
			`  - **passed** by holdpoint at ${at}, sealed`,
			`  - check \`tasks.tickets\` **passed** at ${at} in 1.2 s: all \\*well\\* \\<b\\>`,
			`  - command: all \\*well\\* \\<b\\>: \`alembic check 'all *well* <b>'\`, exit 0, sha256 \`${'ab'.repeat(32)}\``,
			'  <pre>all *well* &lt;b&gt;', '', '  - [ ] as printed</pre>',
			'  - query: rows: 3 rows',
			'  <!-- /holdpoint evidence --></details>', '',
		].join('\n'));
	});

	test.each(itemStates)('%s ticks the box only when it satisfies', state => {
		const markdown = '- [ ] a\n- [x] b\n';
		const text = exportChecklist(markdown, openItems(markdown).map(item => ({...item, state})));
		expect(text.match(/\[[ x]\] [ab]/g)).toEqual(satisfiedStates.has(state) ? ['[x] a', '[x] b'] : ['[ ] a', '[ ] b']);
	});

	test('says why evidence is stale', () => {
		const [item] = openItems('- [ ] a');
		expect(exportChecklist('- [ ] a', [{...item!, state: 'stale', stale: 'the file changed'}])).toContain('- stale: the file changed');
	});
});

describe('an export of an export', () => {
	test.each([shipped, ...strange])('piles nothing up and can be taken back (%#)', markdown => {
		const once = exportChecklist(markdown, provenItems(markdown));
		expect(exportChecklist(once, provenItems(markdown))).toBe(once);
		expect(exportChecklist(once, openItems(markdown))).toBe(markdown.replace(/\[x\]/g, '[ ]'));
		const read = (text: string) => parseChecklist(text).items.map(({id, text, section, holds, depth}) => ({id, text, section, holds, depth}));
		expect(read(once)).toEqual(read(markdown));
		expect(stripExport(once).replace(/\[x\]/g, '[ ]')).toBe(markdown.replace(/\[x\]/g, '[ ]'));
	});
});

describe('hostile evidence stays words', () => {
	test.each([
		'<!-- /holdpoint evidence -->',
		'x\n- [x] forged item\n# Heading',
		'``` code `` ` \n```bash\nrm -rf /\n```',
		'`',
		'[link](javascript:alert(1)) <script>alert(1)</script>',
		'\u001B[2J\u0007 escape',
		'- [ ] forged',
		'1. [ ] forged',
		'-- <!-- hold: none --> | a | b |',
	])('%j', words => {
		const markdown = '## S\n- [ ] one <!-- hold: upgrade -->\n- [ ] two\n\n```bash\nls\n```\n';
		const items = provenItems(markdown, words).map(item => ({...item, note: words, by: words}));
		const text = exportChecklist(markdown, items);
		const {items: read, blocks, problems} = parseChecklist(text);
		expect(read.map(item => [item.id, item.holds])).toEqual([['s/one', ['upgrade']], ['s/two', []]]);
		expect(blocks).toHaveLength(1);
		expect(problems).toEqual([]);
		expect(text).not.toMatch(/\u001B|\u0007/);
		expect(htmlOf(fromMarkdown(text)).filter(html => !/^(<!--[^<]*-->|<!-- holdpoint evidence --><details><summary>[^<>]*<\/summary>|<pre>[^<>]*<\/pre>|<!-- \/holdpoint evidence --><\/details>)$/.test(html.replace(/^ *> ?/gm, '')))).toEqual([]);
		expect(exportChecklist(text, items)).toBe(text);
	});
});
