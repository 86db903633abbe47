/** The document becomes items, blocks and contacts; its directives and its original wording say the same. */
import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {checkIds} from '../../source/checklist/binding.ts';
import {parseChecklist, requireItems} from '../../source/checklist/parse.ts';

const shipped = readFileSync(new URL('../../checklists/migration-deployment.md', import.meta.url), 'utf8');
/** The document as it was before directives were put into it. */
const original = shipped.replace(/ <!-- check: [\w.-]+ -->/g, '').replace(/\n\n<!-- hold: [^\n]* -->/g, '');

const ids = (markdown: string) => parseChecklist(markdown).items.map(item => item.id);

describe('the shipped checklist', () => {
	const checklist = parseChecklist(shipped);

	test('has 52 items, each bound to its own check, its blocks and contacts, and no problem', () => {
		expect(checklist.title).toBe('Migration Deployment Checklist');
		expect(checklist.items).toHaveLength(52);
		expect(checklist.items.map(item => item.check)).toEqual(checkIds);
		expect(new Set(checkIds).size).toBe(52);
		expect(new Set(checklist.items.map(item => item.id)).size).toBe(52);
		expect(checklist.items.every(item => item.required && !item.tickedInSource)).toBe(true);
		expect(checklist.problems).toEqual([]);
	});

	test('gives the ids that CONTRACT.md names', () => {
		expect(checklist.items.map(item => item.id)).toEqual(expect.arrayContaining([
			'schema-validation/run-alembic-check-no-pending-model-changes',
			'backward-compatibility/no-column-table-renames-use-expand-contract-pattern',
			'pre-flight-t-30-minutes/notify-team-of-upcoming-migration-window',
		]));
	});

	test('stands before the actions that DESIGN.md says', () => {
		const holds = new Map<string, number>();
		for (const item of checklist.items) {
			const key = `${item.section.at(-1)}: ${item.holds.join('+') || 'never'}`;
			holds.set(key, (holds.get(key) ?? 0) + 1);
		}
		expect(Object.fromEntries(holds)).toEqual({
			'Code Review: upgrade': 6,
			'Schema Validation: upgrade': 5,
			'Backward Compatibility: upgrade': 5,
			'Rollback Checklist: upgrade+downgrade': 5,
			'Before Production Migration: upgrade': 5,
			'1. Pre-Flight (T-30 minutes): upgrade': 5,
			'3. Post-Migration Verification: close': 6,
			'Additional Checks for Tables > 1M Rows: upgrade': 6,
			'Monitoring During Migration: never': 4,
			'Post-Deployment Tasks: close': 5,
		});
	});

	test('binds and holds the same without its comments, by wording alone', () => {
		expect(original).not.toContain('<!--');
		const facts = (markdown: string) => parseChecklist(markdown).items.map(({id, section, text, check, holds, required}) => ({id, section, text, check, holds, required}));
		expect(facts(original)).toEqual(facts(shipped));
		expect(parseChecklist(original).problems).toEqual([]);
	});

	test('has a runnable block in each of four sections, its comments as titles', () => {
		expect(checklist.blocks.map(block => [block.id, block.steps.length])).toEqual([
			['local-rollback-verification/block', 5],
			['backup-commands/block', 4],
			['deployment-execution/block', 4],
			['rollback-procedure-if-needed/block', 4],
		]);
		expect(checklist.blocks[3]!.steps).toEqual([
			{title: 'Immediate rollback', command: 'alembic downgrade -1'},
			{title: 'Verify rollback', command: 'alembic current'},
			{title: 'Notify team of rollback', command: null},
			{title: 'Investigate and fix before retry', command: null},
		]);
	});

	test('names whom to call', () => {
		expect(checklist.contacts).toEqual([
			{role: 'DBA On-Call', contact: '[Slack/Phone]', escalation: 'Database issues'},
			{role: 'Backend Lead', contact: '[Slack/Phone]', escalation: 'Application issues'},
			{role: 'Infrastructure', contact: '[Slack/Phone]', escalation: 'Connection/network'},
		]);
	});
});

describe('a checklist of the user\'s own', () => {
	test('gives the same words twice as -2 and -3', () => {
		expect(ids('## A\n- [ ] Go\n- [ ] go!\n## 2. A\n- [ ] Go\n')).toEqual(['a/go', 'a/go-2', 'a/go-3']);
	});

	test.each([
		['no heading', '- [ ] Only words\n', ['only-words']],
		['Windows line ends', '# T\r\n\r\n## S\r\n\r\n- [ ] one\r\n- [ ] two\r\n', ['s/one', 's/two']],
		['tabs', '## S\n-\t[ ]\tone\n\t- [ ] two\n', ['s/one', 's/two']],
		['links and code', '## S\n- [ ] See [the *wiki*](https://x.test/a_b) and `psql -c "\\d"`\n', ['s/see-the-wiki-and-psql-c-d']],
		['numbered and starred lists', '## S\n1. [ ] one\n2) [ ] not of the same list\n\n* [ ] star\n+ [ ] plus\n', ['s/one', 's/not-of-the-same-list', 's/star', 's/plus']],
		['a quote', '## S\n> - [ ] quoted\n>   - [ ] deeper\n', ['s/quoted', 's/deeper']],
		['other alphabets', '## S\n- [ ] Проверить\n- [ ] 確認する\n- [ ] Größe 2 ✅\n', ['s/item', 's/item-2', 's/gr-e-2']],
		['no task', '## S\n- plain\n- [] none\n```\n- [ ] in a fence\n```\n', []],
	])('reads items with %s', (_, markdown, expected) => {
		expect(ids(markdown)).toEqual(expected);
	});

	test('takes a box that the source has ticked as nobody\'s proof', () => {
		const [item] = parseChecklist('## S\n- [x] done they say\n').items;
		expect(item).toMatchObject({tickedInSource: true, required: true});
		expect(item).not.toHaveProperty('state');
	});

	test('obeys check, optional and hold, the nearest one winning', () => {
		const {items, problems} = parseChecklist([
			'# Mine', '<!-- hold: upgrade, close -->',
			'- [ ] at the top <!-- check: my.own --> <!-- optional -->',
			'## Later', '<!-- hold: none -->',
			'- [ ] free', '  - [ ] nested <!-- hold: downgrade -->',
			'### Below', '- [ ] inherits', '## Again', '- [ ] from the title',
		].join('\n\n'));
		expect(items.map(({text, check, required, holds, depth}) => [text, check, required, holds.join('+'), depth])).toEqual([
			['at the top', 'my.own', false, 'upgrade+close', 0],
			['free', undefined, true, '', 0],
			['nested', undefined, true, 'downgrade', 1],
			['inherits', undefined, true, '', 0],
			['from the title', undefined, true, 'upgrade+close', 0],
		]);
		expect(problems).toEqual([]);
	});

	test('a directive wins over the wording', () => {
		expect(parseChecklist('- [ ] Close related tickets/issues <!-- check: my.tickets -->').items[0]!.check).toBe('my.tickets');
	});

	test.each([
		['<!-- hold: upgrad -->\n- [ ] a', 'line 1: `<!-- hold: upgrad -->` names no hold point; there are upgrade, downgrade, close and none'],
		['<!-- holds: upgrade -->\n- [ ] a', 'line 1: `<!-- holds: upgrade -->` is no directive'],
		['- [ ] a <!-- chek: alembic.sql -->', 'line 1: `<!-- chek: alembic.sql -->` is no directive'],
		['- [ ] a <!-- check: a, b -->', 'must name one check'],
		['## S\n\n<!-- optional -->\n\n- [ ] a', 'line 3: `<!-- optional -->` stands outside an item'],
		['## S\n- [ ] a', 'no item stands before an action'],
	])('says what it does not understand in %j', (markdown, problem) => {
		expect(parseChecklist(markdown).problems.join('\n')).toContain(problem);
	});

	test('leaves ordinary comments alone', () => {
		expect(parseChecklist('<!-- TODO: more -->\n<!-- see the wiki: page 3 -->\n<!-- hold: upgrade -->\n- [ ] a <!-- prettier-ignore -->').problems).toEqual([]);
	});

	test.each(['', '# Only words\n\nand a paragraph', '- a list without boxes'])('is refused when it has no items: %j', markdown => {
		expect(() => requireItems(parseChecklist(markdown), '/x/list.md')).toThrow('/x/list.md has no checklist items');
	});
});
