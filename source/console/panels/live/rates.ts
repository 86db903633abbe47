/** What the server does per second: every figure now, lowest and highest, the chosen one as a chart. */
import {line, span, windowTop, type Line} from '../../parts/line.ts';
import {pad, padStart} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';
import {chartLines, extentOf, periodOf, spanWords} from './charts.ts';
import {rateRows} from './rate-rows.ts';
import type {ViewContent} from './view-content.ts';

export function rateLines(state: ConsoleState, _: unknown, {width, height, focused}: Space): ViewContent {
	const period = periodOf(state);
	if (!period) return {lines: [line(' no figures yet', 'dim')]};
	const at = Math.max(0, rateRows.findIndex(({series}) => series === state.live.series));
	const columns = Math.max(10, Math.min(16, Math.floor((width - 32) / 3)));
	const head = line(` ${pad(`in ${spanWords(period)}`, 30)} ${[period.now ? 'now' : 'at its end', 'lowest', 'highest'].map(word => padStart(word, columns)).join('')}`, 'dim');
	const rows = rateRows.map(({series, says, format, none = 'unknown'}, index): Line => {
		const extent = extentOf(period, series);
		const value = (given: number | null | undefined) => padStart(given === null || given === undefined ? none : format(given), columns);
		const chosen = index === at && focused;
		return [
			span(index === at ? state.glyphs.pointer : ' ', 'key'), span(pad(says, 30), chosen ? 'selected' : 'plain'),
			span(` ${value(extent?.last)}`, 'strong'), span(`${value(extent?.low)}${value(extent?.high)}`, 'dim'),
		];
	});
	// In a small pane the figures around the chosen one are seen, and its chart always.
	const listed = Math.max(4, Math.min(rows.length, height - 9));
	const top = windowTop({top: at - Math.floor(listed / 2), cursor: at, count: rows.length, height: listed});
	return {lines: [head, ...rows.slice(top, top + listed), ...chartLines(state, {series: rateRows[at]!.series, width, height: Math.max(6, Math.min(30, height - listed - 1))})]};
}
