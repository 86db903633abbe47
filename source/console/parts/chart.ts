/** A chart of a series as lines, drawn by asciichart, quantised so that small changes cost no bytes. */
import asciichart from 'asciichart';
import type {Glyphs} from '../theme.ts';
import {line, span, type Line} from './line.ts';

export interface ChartOptions {
	/** Rows in all. */
	height: number;
	glyphs: Glyphs;
	/** Makes the labels, which are as wide as the longest. */
	format: (value: number) => string;
	/** The scale ends at least here. */
	top?: number;
	/** Of what round numbers are made: powers of ten, or of 1024 for bytes. */
	base?: 1024;
}

/** Columns that the labels and the axis of a chart take. */
export function labelColumns(values: readonly (number | null)[], {format, ...scale}: Pick<ChartOptions, 'format' | 'top' | 'base'>): number {
	const top = topOf(values, scale);
	return Math.max(...partsOf(top, scale.base).flatMap(parts => ticks(top, parts)).map(value => format(value).length)) + 2;
}

/**
 * Draws one column for each value, oldest first; where nothing is known there is a gap. asciichart knows none (it fails on
 * NaN), so it is given the value before, and what it drew there is taken away again.
 */
export function chart(values: readonly (number | null)[], {height, glyphs, format, ...scale}: ChartOptions): Line[] {
	if (values.every(value => value === null) || height < 2) return [line(' no figures of this time', 'dim')];
	const top = topOf(values, scale);
	const labels = labelColumns(values, {format, ...scale}) - 1;
	const quantised = filled(values).map(value => Math.round((value / top) * (height - 1)) / (height - 1) * top);
	const text = asciichart.plot([quantised[0]!, ...quantised], {
		height: height - 1, min: 0, max: top, offset: 2, padding: '', symbols: glyphs.chart, format: () => ''.padStart(labels),
	} as unknown as Parameters<typeof asciichart.plot>[1]);
	// Its axis is crossed at the top, wherever zero is.
	const words = labelsOf({top, height, format, base: scale.base});
	return text.split('\n').map((row, index) => [span(`${(words.get(index) ?? '').padStart(labels)}${glyphs.chart[1]}`, 'dim'), span(values.map((value, index) => (value === null ? ' ' : row[labels + 1 + index] ?? ' ')).join(''), 'info')]);
}

/** The next round number above, so that the scale stays still: 1, 2, 3, 5, 10, 20 …, of bytes in their unit. */
export function scaleOf(max: number, base: 10 | 1024 = 10): number {
	if (max <= (base === 1024 ? 1024 : 1)) return base === 1024 ? 1024 : 1;
	const unit = base === 1024 ? 1024 ** Math.floor(Math.log2(max) / 10) : 1;
	if (unit > 1) return scaleOf(max / unit) * unit;
	const power = 10 ** Math.floor(Math.log10(max));
	return [1, 2, 3, 5, 10].map(step => step * power).find(step => step >= max) ?? 10 * power;
}

/** In how many equal parts a scale has round numbers at all its ticks; many first. */
function partsOf(top: number, base: 1024 | undefined): readonly number[] {
	const unit = base === 1024 && top >= 1024 ? 1024 ** Math.floor(Math.log2(top) / 10) : 1;
	const first = Number((top / unit).toExponential()[0]);
	return {1: [10, 5, 2, 1], 2: [4, 2, 1], 3: [6, 3, 2, 1], 5: [5, 2, 1]}[first] ?? [2, 1];
}

const ticks = (top: number, parts: number): number[] => Array.from({length: parts + 1}, (_, part) => top * part / parts);

/** Words for the rows that are nearest to round numbers, counted from the top: between them a value is read off well enough. */
function labelsOf({top, height, format, base}: {top: number; height: number; format: (value: number) => string; base: 1024 | undefined}): Map<number, string> {
	const rows = height - 1;
	const possible = partsOf(top, base);
	const even = possible.find(parts => parts > 1 && rows % parts === 0);
	const chosen = even ?? possible.find(parts => rows / parts >= 2) ?? 1;
	return new Map(ticks(top, chosen).map((value, part) => [rows - Math.round(rows * part / chosen), format(value)]));
}

/** Marks under the columns where something began: `^3`, those too near to each other without their words. */
export function markRow(marks: readonly {column: number; label: string}[], columns: number): string {
	const row = Array.from({length: columns}, () => ' ');
	const sorted = marks.filter(({column}) => column >= 0 && column < columns).toSorted((left, right) => left.column - right.column);
	for (const [index, {column, label}] of sorted.entries()) {
		const next = sorted[index + 1]?.column ?? columns;
		row[column] = '^';
		if (column + label.length < next) for (const [offset, character] of [...label].entries()) row[column + 1 + offset] = character;
	}

	return row.join('').trimEnd();
}

function topOf(values: readonly (number | null)[], {top: least = 0, base}: Pick<ChartOptions, 'top' | 'base'>): number {
	const max = Math.max(0, ...values.filter(value => value !== null));
	return least > 0 && max <= least ? least : scaleOf(max, base);
}

function filled(values: readonly (number | null)[]): number[] {
	let last = values.find(value => value !== null) ?? 0;
	return values.map(value => (last = value ?? last));
}
