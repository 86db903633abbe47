/** Charts: gaps are gaps, marks stand where something began, the scale stands still. */
import {expect, test} from 'vitest';
import {chart, markRow, scaleOf} from '../../../source/console/parts/chart.ts';
import {textOf} from '../../../source/console/parts/line.ts';
import {unicodeGlyphs} from '../../../source/console/theme.ts';

const drawn = (values: (number | null)[], height = 4) => chart(values, {height, glyphs: unicodeGlyphs, format: value => `${value.toFixed(0)} s`}).map(row => textOf(row).trimEnd());

test('a gap is a gap, and not a line at the value before', () => {
	expect(drawn([0, 0, 3, 3, null, null, null, 3, 0, 0])).toEqual([
		' 3 s┤  ╭─   ─╮',
		' 2 s┤  │     │',
		' 1 s┤  │     │',
		' 0 s┤──╯     ╰─',
	]);
});

test('nothing known is said', () => {
	expect(drawn([null, null])).toEqual([' no figures of this time']);
});

test('marks stand under their columns, their words where there is room', () => {
	expect(markRow([{column: 0, label: '1'}, {column: 4, label: '2'}, {column: 5, label: '3'}, {column: 9, label: 'end'}, {column: 40, label: '4'}, {column: -1, label: '0'}], 20)).toBe('^1  ^^3  ^end');
});

test('labels are round numbers, whatever the height', () => {
	const labels = (value: number, height: number, base?: 1024) => chart([value], {height, glyphs: unicodeGlyphs, format: String, ...(base && {base})}).map(row => textOf(row).split('┤')[0]!.trim());
	expect(labels(45, 10)).toEqual(['50', '', '', '', '25', '', '', '', '', '0']);
	expect(labels(45, 16)).toEqual(['50', '', '', '40', '', '', '30', '', '', '20', '', '', '10', '', '', '0']);
	expect(labels(4500, 11)).toEqual(['5000', '', '4000', '', '3000', '', '2000', '', '1000', '', '0']);
	expect(labels(1.5 * 1024 ** 2, 9, 1024)).toEqual(['2097152', '', '1572864', '', '1048576', '', '524288', '', '0']);
	expect(labels(0.7, 4)).toEqual(['1', '', '', '0']);
});

test('the scale ends at a round number', () => {
	expect([0, 0.3, 1.2, 2.1, 4, 7, 31, 812].map(value => scaleOf(value))).toEqual([1, 1, 2, 3, 5, 10, 50, 1000]);
	expect([900, 1500, 4.5 * 1024 ** 2].map(value => scaleOf(value, 1024))).toEqual([1024, 2048, 5 * 1024 ** 2]);
});
