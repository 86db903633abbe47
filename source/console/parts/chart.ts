/** A chart of a series as lines, drawn by asciichart, quantised so that small changes cost no bytes. */
import asciichart from 'asciichart';
import type {Glyphs} from '../theme.ts';
import {line, type Line} from './line.ts';

/**
 * Draws the last values of a series. Unknown values are gaps that keep the value before them.
 * @param series newest last
 * @param options.height rows in all; `format` makes the labels, which are as wide as the longest
 */
export function chart(series: readonly (number | null)[], options: {width: number; height: number; glyphs: Glyphs; format: (value: number) => string}): Line[] {
	const {width, height, glyphs, format} = options;
	const known = series.filter(value => value !== null);
	if (known.length === 0 || height < 2) return [line('no figures yet', 'dim')];
	const top = scaleOf(Math.max(...known));
	const labelWidth = Math.max(...[0, top / 2, top].map(value => format(value).length)) + 1;
	const columns = Math.max(2, width - labelWidth - 2);
	const values = filled(series).slice(-columns).map(value => Math.round((value / top) * (height - 1)) / (height - 1) * top);
	const text = asciichart.plot(values.length > 1 ? values : [values[0]!, values[0]!], {
		height: height - 1, min: 0, max: top, offset: 2, padding: '', symbols: glyphs.chart,
		// asciichart's arithmetic gives -0 and a little less.
		format: (value: number) => format(Math.max(0, value)).padStart(labelWidth),
	} as unknown as Parameters<typeof asciichart.plot>[1]);
	return text.split('\n').map(row => line(row, 'info'));
}

/** The next round number above, so that the scale stays still: 1, 2, 3, 5, 10, 20 … */
export function scaleOf(max: number): number {
	if (max <= 1) return 1;
	const power = 10 ** Math.floor(Math.log10(max));
	return [1, 2, 3, 5, 10].map(step => step * power).find(step => step >= max) ?? 10 * power;
}

function filled(series: readonly (number | null)[]): number[] {
	let last = series.find(value => value !== null) ?? 0;
	return series.map(value => (last = value ?? last));
}
