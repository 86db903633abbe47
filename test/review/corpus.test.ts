/** The corpus: hundreds of small scripts, each with the source of its fact, reviewed in one process. */
import {expect, test} from 'vitest';
import {reviewSql} from '../../source/review/review.ts';
import type {CorpusCase} from './corpus/case.ts';
import {asked} from './corpus/asked.ts';
import {defaults} from './corpus/defaults.ts';
import {others} from './corpus/others.ts';
import {scripts} from './corpus/scripts.ts';
import {spared} from './corpus/spared.ts';
import {statements} from './corpus/statements.ts';
import {versions} from './corpus/versions.ts';
import {quiet} from './report.ts';

const corpus: Record<string, CorpusCase[]> = {statements, defaults, spared, scripts, asked, others, versions};

for (const [name, cases] of Object.entries(corpus)) {
	test.each(cases)(`${name}, %s: %s → %s`, async (_, sql, expected, options = {}) => {
		const {findings} = await reviewSql({...options, rules: {...(Array.isArray(options.enabled) ? {} : quiet), ...options.rules}, text: sql});
		const wanted = expected.split(' ').filter(Boolean);
		expect(findings.filter(({level}) => level !== 'info').map(({rule}) => rule)).toEqual(wanted.filter(rule => !rule.startsWith('~')));
		expect(findings.filter(({level}) => level === 'info').map(({rule}) => `~${rule}`)).toEqual(expect.arrayContaining(wanted.filter(rule => rule.startsWith('~'))));
		for (const {line, column} of findings) expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
	});
}

test('the corpus is large, names its sources, and says nothing twice', () => {
	const all = Object.values(corpus).flat();
	expect(all.length).toBeGreaterThanOrEqual(300);
	expect(all.filter(([source]) => source.length < 5)).toEqual([]);
	const seen = all.map(([, sql, , options]) => `${sql} ${JSON.stringify(options)}`);
	expect(seen.filter((each, index) => seen.indexOf(each) !== index)).toEqual([]);
});
