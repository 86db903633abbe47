/** Alarms, connections and rates in few lines. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import {bytes, count, perSecond} from '../../parts/figures.ts';
import {flow} from '../../parts/flow.ts';
import {line, span, type Line, type Span} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';

/** What the room raised and has not cleared. */
export function alarmLines(state: ConsoleState): Line[] {
	return (state.run?.alarms ?? []).map(alarm => line(` ${alarm.level === 'note' ? '' : `${alarm.level}: `}${alarm.text}`, alarm.level === 'critical' ? 'bad' : alarm.level === 'warning' ? 'warn' : 'info'));
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
