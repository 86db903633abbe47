/** Reading the review: the margin, the jumps, the folds, and what counts as read. */
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import type {Finding} from '../../../../source/journal/shapes/review.ts';
import {copyText} from '../../../../source/console/copy-text.ts';
import {reviewPanel, shareRead} from '../../../../source/console/panels/review/view.ts';
import {textOf} from '../../../../source/console/parts/line.ts';
import {reduce, type Action} from '../../../../source/console/reduce.ts';
import {initialState, type ConsoleState, type ReviewAnswer} from '../../../../source/console/state.ts';

const finding = (more: Partial<Finding>): Finding => ({rule: 'some-rule', level: 'warning', message: 'It waits.', why: 'Because.', fix: 'Do not.', statement: 1, line: 1, column: 1, ...more});
const filler = Array.from({length: 30}, (_, index) => `INSERT INTO kinds VALUES (${index});`);
const lines = ['BEGIN;', '-- Running upgrade a1 -> b2', 'ALTER TABLE orders ADD COLUMN note text;', '-- Running upgrade b2 -> c3', ...filler, 'DROP TABLE old;', 'COMMIT;'];
const last = lines.length - 1;
const answer: ReviewAnswer = {
	sql: lines.join('\n'), sha256: 'a'.repeat(64),
	statements: lines.flatMap((text, index) => text.startsWith('--') ? [] : [{number: index + 1, line: index + 1, endLine: index + 1, locks: text.startsWith('ALTER') ? [{table: 'orders', mode: 'ACCESS EXCLUSIVE'}] : [], rows: text.startsWith('ALTER') ? 1_200_340 : null, bytes: text.startsWith('ALTER') ? 96_000_000 : null, ...(text.startsWith('ALTER') && {seconds: 2.1})}]),
	review: {
		statements: 34, suppressed: 0, counts: {error: 1, warning: 1, info: 1},
		findings: [
			finding({line: 3, revision: 'b2', message: 'It waits for orders.'}), finding({line: last, revision: 'c3', level: 'error', rule: 'ban-drop-table', message: 'It is gone.', fix: 'Rename it.'}),
			finding({file: '/p/c3.py', line: 12, revision: 'c3', level: 'info', rule: 'empty-downgrade', message: 'downgrade() does nothing.'}),
		],
	},
};
const press = (state: ConsoleState, ...actions: Action[]) => actions.reduce(reduce, state);
const opened = press(initialState({rows: 24, columns: 80, attached: true}), {type: 'review', answer}, {type: 'view', view: 'review'});
const shown = (state: ConsoleState) => reviewPanel.content(state, {width: 80, height: 16, focused: true}).lines.map(spans => textOf(spans).trimEnd());
const under = (state: ConsoleState) => shown(state).find(text => text.startsWith('›'));

test('beside a statement stand its lock and the size, and below it what is said against it, on 80 columns', () => {
	expect(shown(opened).slice(0, 8)).toEqual([
		'›     1 BEGIN;', ' ▾ b2  0 statements  0 errors, 1 warning, 0 notes',
		' W    3 ALTER TABLE orders ADD COLUMN note text;',
		'        ACCESS EXCLUSIVE orders  1,200,340 rows, 91.6 MB  2.1 s measured',
		'        W It waits for orders.',
		' ▾ c3  0 statements  1 error, 0 warnings, 1 note', '        i c3.py:12: downgrade() does nothing.',
		'      5 INSERT INTO kinds VALUES (0);',
	]);
	expect(shown(opened).filter(text => stringWidth(text) > 80)).toEqual([]);
});

test('n goes to the next finding, Enter says why, y copies its fix, and round the end it begins again', () => {
	const second = press(opened, {type: 'finding', by: 1}, {type: 'finding', by: 1}, {type: 'finding', by: 1});
	expect(under(second)).toBe('›       E It is gone.');
	expect(copyText(second)).toBe('Rename it.');
	expect(shown(press(second, {type: 'review-open'})).join('\n')).toContain('E It is gone.\n          ban-drop-table\n          why: Because.\n          fix: Rename it.');
	expect(under(press(second, {type: 'finding', by: 1}))).toBe('›       W It waits for orders.');
	expect(under(press(second, {type: 'finding', by: -1}))).toBe('›       i c3.py:12: downgrade() does nothing.');
});

test('revisions fold, and a jump unfolds the one it goes into', () => {
	const folded = press(opened, {type: 'review-fold', how: 'all'});
	expect(shown(folded).slice(0, 3)).toEqual(['›     1 BEGIN;', ' ▸ b2  0 statements  0 errors, 1 warning, 0 notes', ' ▸ c3  0 statements  1 error, 0 warnings, 1 note']);
	expect(under(press(folded, {type: 'finding', by: -1}))).toBe('›       E It is gone.');
});

test('what was on the screen counts as read, and another SQL begins anew', () => {
	expect(shareRead(opened)).toMatch(/^read (9|1\d) of 34 statements$/);
	const end = press(opened, {type: 'move', step: 'page-down'}, {type: 'move', step: 'page-down'}, {type: 'move', step: 'end'});
	expect(shareRead(end)).toBe('read 34 of 34 statements');
	expect(shareRead(press(end, {type: 'review', answer}))).toBe('read 34 of 34 statements');
	expect(press(end, {type: 'view', view: 'checklist'}, {type: 'review', answer: {...answer, sha256: 'b'}}).reviewLook.read.size).toBe(0);
});
