/** Ignore comments silence one finding at one place, with a reason, or are findings themselves. */
import {expect, test} from 'vitest';
import {reviewSql} from '../../source/review/review.ts';
import {reviewText} from './report.ts';

test.each([
	['above', '-- holdpoint: ignore ban-drop-table -- empty since May\nDROP TABLE t;', []],
	['at the end of its line', 'DROP TABLE t; -- holdpoint: ignore ban-drop-table -- empty since May\nDROP TABLE u;', ['ban-drop-table@2:1']],
	['inside', 'ALTER TABLE t\n-- holdpoint: ignore ban-drop-column -- nobody reads it\nDROP COLUMN a;', []],
	['several rules', '-- holdpoint: ignore ban-drop-table, ban-drop-cascade -- empty\nDROP TABLE t CASCADE;', []],
	['only that rule', '-- holdpoint: ignore ban-drop-table -- empty\nDROP TABLE t CASCADE;', ['ban-drop-cascade@2:1']],
	['only that statement', '-- holdpoint: ignore ban-drop-table -- empty\nDROP TABLE t;\nDROP TABLE u;', ['ban-drop-table@3:1']],
	['without a reason', '-- holdpoint: ignore ban-drop-table\nDROP TABLE t;', ['ignore-without-reason@1:1', 'ban-drop-table@2:1']],
	['with an empty reason', '-- holdpoint: ignore ban-drop-table --\nDROP TABLE t;', ['ignore-without-reason@1:1', 'ban-drop-table@2:1']],
	['that silences nothing', '-- holdpoint: ignore ban-drop-table -- empty\nSELECT 1;', ['unused-ignore@1:1']],
	['of a rule that does not exist', '-- holdpoint: ignore ban-drop-tables -- empty\nDROP TABLE t;', ['unused-ignore@1:1', 'ban-drop-table@2:1']],
	['that can\'t be read', '-- holdpoint: please ignore\nSELECT 1;', ['unused-ignore@1:1']],
	['at the end of the script', 'SELECT 1;\n-- holdpoint: ignore ban-drop-table -- empty', ['unused-ignore@2:1']],
	['in a string', 'SELECT \'\n-- holdpoint: ignore ban-drop-table -- empty\n\';', []],
])('an ignore %s', async (_, text, expected) => {
	expect(await reviewText(text)).toEqual(expected);
});

test('what was silenced is counted', async () => {
	const review = await reviewSql({text: '-- holdpoint: ignore ban-drop-table -- empty\nDROP TABLE t, u;', enabled: ['ban-drop-table']});
	expect(review).toMatchObject({statements: 1, findings: [], suppressed: 2, counts: {error: 0, warning: 0, info: 0}});
});

test('an ignore of a rule about Python is none of SQL\'s business', async () => {
	expect((await reviewSql({text: 'SELECT 1;', ignores: [{rules: ['empty-downgrade'], reason: '', revision: 'a', file: 'a.py', line: 1, column: 1}]})).findings).toEqual([]);
});

test('an ignore in the migration\'s Python silences in its revision only', async () => {
	const text = '-- Running upgrade  -> a\nDROP TABLE t;\n-- Running upgrade a -> b\nDROP TABLE u;';
	const ignores = [{rules: ['ban-drop-table'], reason: 'empty', revision: 'a', file: 'versions/a.py', line: 12, column: 5}];
	const {findings} = await reviewSql({text, ignores, enabled: ['ban-drop-table']});
	expect(findings.map(({line, revision}) => ({line, revision}))).toEqual([{line: 4, revision: 'b'}]);
	const unused = await reviewSql({text: 'SELECT 1;', ignores, enabled: ['ban-drop-table']});
	expect(unused.findings).toMatchObject([{rule: 'unused-ignore', file: 'versions/a.py', line: 12, column: 5}]);
});
