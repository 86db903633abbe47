/** Every rule by its cases: SQL in, report out. */
import {readdirSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {rules} from '../../source/review/rules/index.ts';
import {reviewBy} from './report.ts';
import {columnCases} from './rules/columns.cases.ts';
import {compatibilityCases} from './rules/compatibility.cases.ts';
import {constraintCases} from './rules/constraints.cases.ts';
import {firstTierCases} from './rules/first-tier.cases.ts';
import {indexCases} from './rules/indexes.cases.ts';
import {lossCases} from './rules/losses.cases.ts';
import {secondTierCases} from './rules/second-tier.cases.ts';
import {transactionCases} from './rules/transactions.cases.ts';

const cases = {...indexCases, ...constraintCases, ...columnCases, ...lossCases, ...transactionCases, ...firstTierCases, ...secondTierCases, ...compatibilityCases};

for (const [rule, list] of Object.entries(cases)) {
	describe(rule, () => {
		test.each(list.map(([sql, expected, options]) => ({sql, expected, options})))('$sql → $expected', async ({sql, expected, options}) => {
			expect(await reviewBy(rule, sql, options)).toBe(expected);
		});
	});
}

test('every rule has six cases and more, some that it finds and some that it spares', () => {
	const thin = rules.map(({id}) => id).filter(id => {
		const list = cases[id] ?? [];
		return list.length < 6 || list.every(([, expected]) => expected === '') || list.every(([, expected]) => expected !== '');
	});
	expect(thin).toEqual([]);
});

test('a rule is in the file of its name, and every such file is in the list', () => {
	const files = readdirSync(new URL('../../source/review/rules', import.meta.url)).filter(file => file !== 'index.ts').map(file => file.replace('.ts', ''));
	expect(rules.map(({id}) => id).sort()).toEqual(files.sort());
});
