/** Alarms, connections and rates in few lines. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import {bytes, count, perSecond} from '../../parts/figures.ts';
import {flow} from '../../parts/flow.ts';
import {line, span, type Line, type Span} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import {shownSample} from './state.ts';

/** What is up, with the figures of the sample that is shown, on so many rows: the worst first, and whole where there is room. */
export function alarmLines(state: ConsoleState, {width, rows}: {width: number; rows: number}): Line[] {
	const levels = ['critical', 'warning', 'note'];
	return (shownSample(state)?.alarms ?? state.run?.alarms ?? []).toSorted((left, right) => levels.indexOf(left.level) - levels.indexOf(right.level)).flatMap(({level, text}, index) => {
		const tone = level === 'critical' ? 'bad' : level === 'warning' ? 'warn' : 'info';
		const words = `${level === 'note' ? '' : `${level}: `}${text}`;
		const wrapped = wrap(words, width - 2);
		return index === 0 && wrapped.length <= rows ? wrapped.map(row => line(` ${row}`, tone)) : [line(` ${words}`, tone)];
	}).slice(0, rows);
}

/** Connections and rates, on one line or on two. */
export function summaryLines(sample: Sample, width: number): Line[] {
	const {connections, rates} = sample;
	const full = connections.total !== null && connections.max !== null && connections.total >= connections.max * 0.9;
	const people: Span[] = [
		span('connections ', 'dim'), span(`${count(connections.total)} of ${count(connections.max)}`, full ? 'bad' : 'strong'),
		span(`  active ${count(connections.active)}  idle ${count(connections.idle)}`),
		span(`  idle in transaction ${count(connections.idleInTransaction)}`, (connections.idleInTransaction ?? 0) > 0 ? 'warn' : 'plain'),
		span(`  waiting ${count(connections.waiting)}`, (connections.waiting ?? 0) > 0 ? 'warn' : 'plain'),
	];
	const work: Span[] = [
		span(`  ${perSecond(rates.commits, 'commits')}`), span(`  ${perSecond(rates.rollbacks, 'rollbacks')}`, (rates.rollbacks ?? 0) > 0 ? 'warn' : 'plain'),
		span(`  ${perSecond(rates.tuplesWritten, 'rows written')}`), span(`  WAL ${bytes(rates.walBytes)}/s`),
	];
	return flow([...people, ...work], {width});
}
