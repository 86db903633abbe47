/** The page of a run: everything hostile stays words, nothing is loaded or run, and what counts is on it. */
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {writeMarkdown} from '../../source/checklist/html/markdown.ts';
import {html} from '../../source/checklist/html/html.ts';
import {parseChecklist} from '../../source/checklist/parse.ts';
import {renderHtmlReport} from '../../source/checklist/report-html.ts';
import {countItems, type Item} from '../../source/journal/shapes/item.ts';
import type {Block} from '../../source/journal/shapes/block.ts';
import type {RunState} from '../../source/journal/shapes/run.ts';
import {opening, plan} from '../journal/run.ts';
import {fold} from '../../source/journal/fold.ts';

const shipped = readFileSync(new URL('../../checklists/migration-deployment.md', import.meta.url), 'utf8');
/** A section and a block of it. */
const small = shipped.slice(0, shipped.indexOf('### Rollback Checklist'));
const at = '2026-03-01T10:00:00.000Z';

/** A run in which every text that can come from outside is this one. */
function runOf(markdown: string, words: string): RunState {
	const parsed = parseChecklist(markdown);
	const evidence = [{kind: 'command' as const, title: words, command: [words], exit: 0, body: `${words}\n${words}`, path: words, sha256: words}];
	const items: Item[] = parsed.items.map(({id, section, text, required, check, holds}, index) => ({
		id, section, text, required, check, holds, state: index === 0 ? 'waived' : index === 1 ? 'stale' : 'passed', by: words, note: words, stale: words, at, verdict: {status: 'passed', summary: words, at: words, seconds: 1, evidence},
	}));
	const blocks: Block[] = parsed.blocks.map(block => ({...block, sha256: 'a', run: {state: 'failed', by: words, startedAt: at, child: 'x', exit: 1, reason: words, evidence: evidence[0]!}}));
	const begun = fold(null, {seq: 1, at, kind: 'run-opened', by: words, previous: '', ...opening(items)});
	return {
		...begun, items, counts: countItems(items), blocks, run: words, state: 'closed', outcome: words, endedAt: at, project: words, checklist: {title: words, path: words, sha256: words},
		target: {...begun.target, host: words, database: words, role: words, source: words}, plan: plan({digest: words, warnings: [words], revisions: [{revision: words, doc: words, file: words, sha256: words, sql: true}], wayBack: [{kind: 'downgrade', loses: words}], commitPoints: [{after: words, why: words, then: words}]}),
		approvals: [{by: words, signed: false, at, digest: words}], guardActs: [{at: words, rule: words, reason: words, did: words}], artifacts: [{path: words, sha256: words, what: words}],
		log: [{seq: 1, at, by: words, text: words, level: 'error'}],
		actions: [{
			run: words, action: 'upgrade', status: 'failed', exit: 5, reason: words, from: [words], to: [words], seconds: 3, revisions: [], guard: [{at, rule: words, reason: words, did: words}], attempts: 1,
			statements: [{sql: words.repeat(9), seconds: 1, revision: words, sqlstate: words}, {sql: 'SELECT 1', seconds: 2}], database: {version: [words], verified: false, invalidIndexes: [words], left: [words]},
		}],
	};
}

/** The page's tags with their attributes, and what of it is text. */
function tagsOf(page: string): {tags: string[]; names: Set<string>} {
	const body = page.slice(page.indexOf('</style>'));
	const tags = body.match(/<[^>]*>/g) ?? [];
	return {tags, names: new Set(tags.map(tag => /^<\/?([a-z0-9!]*)/i.exec(tag)![1]!.toLowerCase()))};
}

const ours = new Set(['header', 'div', 'h1', 'h2', 'h3', 'h4', 'h5', 'span', 'p', 'strong', 'em', 'code', 'pre', 'dl', 'dt', 'dd', 'ul', 'ol', 'li', 'a', 'table', 'tr', 'th', 'td', 'i', 'details', 'summary', 'br', 'footer', 'style', 'head', 'body', 'html']);

test.each([
	'<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '\' onmouseover=alert(1) x=\'', '</style><script>alert(1)</script>', '</pre></details><iframe src=//evil>', '&lt;script&gt;', '<!-- --><svg onload=alert(1)>', 'javascript:alert(1)', '\u202Egnp.exe\u0000\u001B[2J',
])('%j stays words wherever it stands', words => {
	const page = renderHtmlReport(runOf(small, words), small);
	const {tags, names} = tagsOf(page);
	expect([...names].filter(name => !ours.has(name))).toEqual([]);
	expect(tags.filter(tag => /\son\w+\s*=/i.test(tag.replace(/"[^"]*"/g, '""')))).toEqual([]);
	expect(tags.filter(tag => /(?:src|href|action|url)\s*=\s*"(?!#)/i.test(tag))).toEqual([]);
	expect(/[\u0000\u001B\u202E]/.test(page)).toBe(false);
});

test('a hostile checklist is text too: its HTML, its links, its pictures', () => {
	const markdown = '# <b onclick=x>T</b>\n\n![pic](https://evil.example/p.png) [run](javascript:alert(1)) [go](https://ok.example/?a=1&b="2") <script>alert(1)</script>\n\n- [ ] a <img src=x onerror=alert(1)> <!-- hold: upgrade -->\n\n<iframe src="//evil"></iframe>\n\n| a | b |\n|---|--:|\n| <i> | **x** |\n';
	const {tags, names} = tagsOf(`</style>${writeMarkdown(markdown, {item: (_, words) => html`<li>${words}</li>`, block: () => null}).text}`);
	expect([...names].filter(name => !ours.has(name))).toEqual([]);
	expect(tags.filter(tag => tag.includes('='))).toEqual(['<ul class="items">', '<a href="https://ok.example/?a=1&amp;b=&quot;2&quot;" rel="noreferrer">', '<th style="text-align:right">', '<td style="text-align:right">'].sort((one, other) => markdownOrder(one) - markdownOrder(other)));
});
const markdownOrder = (tag: string) => ['<a', '<u', '<th', '<td'].findIndex(start => tag.startsWith(start));

test('what a reader looks for is on the page, in this order', () => {
	const page = renderHtmlReport({...runOf(shipped, 'calm'), run: 'shop-1', head: 'f'.repeat(64)}, shipped);
	const wanted = ['Migration of calm', 'closed: calm', '51 of 52 items satisfied', '1 item was waived, not proven', '1 item is not satisfied', 'Pre-Deployment Checks / Code Review', '<strong>upgrade failed</strong>', 'not read back', 'invalid indexes: calm', 'failed with calm', 'Plan and approvals', 'claimed, not signed', 'The way back', 'The checklist', '>Code Review<', 'holdpoint verify shop-1 --head ffff'];
	const places = wanted.map(words => page.indexOf(words));
	expect(places.every(place => place > 0)).toBe(true);
	expect(places).toEqual([...places].sort((one, other) => one - other));
	// The bars of the statements are where they were: the second after the first.
	expect([...page.matchAll(/margin-left:([\d.]+)%;width:([\d.]+)%/g)].map(([, left, width]) => [left, width])).toEqual([['0.00', '33.33'], ['33.33', '66.67']]);
	expect(page.match(/<li id="/g)).toHaveLength(52);
	expect(/<script|https?:/.test(page)).toBe(false);
});

test('the recording is drawn with its gaps, and the migration behind it', () => {
	const charts = {from: 0, to: 100_000, spans: [{from: 50_000, to: 60_000}], curves: [{title: '<lag>, s', values: [0, 2, null, 4, 1]}, {title: 'nothing known', values: [null]}]};
	const page = renderHtmlReport(runOf(small, 'calm'), small, charts);
	expect(page.match(/<svg /g)).toHaveLength(1);
	expect(page).toContain('aria-label="&lt;lag&gt;, s"');
	expect(/class="curve" d="([^"]*)"/.exec(page)![1]).toBe('M46.0 108.0L257.5 59.0M680.5 10.0L892.0 83.5');
	expect(/<rect class="span" x="([\d.]+)" y="10" width="([\d.]+)"/.exec(page)!.slice(1)).toEqual(['469.0', '84.6']);
});
