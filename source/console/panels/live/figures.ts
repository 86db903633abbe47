/** Alarms, connections and rates, progress of commands, replication lag with its chart. */
import type {Progress, Sample} from '../../../journal/shapes/sample.ts';
import {chart} from '../../parts/chart.ts';
import {bytes, count, perSecond, seconds} from '../../parts/figures.ts';
import {line, span, type Line, type Span} from '../../parts/line.ts';
import {meter} from '../../parts/meter.ts';
import {pad} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {Glyphs} from '../../theme.ts';
import type {Space} from '../panel.ts';
import {lagSeries} from './state.ts';

/** What the room raised and has not cleared. */
export function alarmLines(state: ConsoleState): Line[] {
	return (state.run?.alarms ?? []).map(alarm => line(` ${alarm.level === 'note' ? '' : `${alarm.level}: `}${alarm.text}`, alarm.level === 'critical' ? 'bad' : alarm.level === 'warning' ? 'warn' : 'info'));
}

/** Connections and rates, on one line or on two. */
export function summaryLines(sample: Sample, width: number): Line[] {
	const {connections, rates} = sample;
	const full = connections.total !== null && connections.max !== null && connections.total >= connections.max * 0.9;
	const people: Span[] = [
		span(' connections ', 'dim'), span(`${count(connections.total)} of ${count(connections.max)}`, full ? 'bad' : 'strong'),
		span(`  active ${count(connections.active)}  idle ${count(connections.idle)}`),
		span(`  idle in transaction ${count(connections.idleInTransaction)}`, (connections.idleInTransaction ?? 0) > 0 ? 'warn' : 'plain'),
		span(`  waiting ${count(connections.waiting)}`, (connections.waiting ?? 0) > 0 ? 'warn' : 'plain'),
	];
	const work: Span[] = [
		span(`  ${perSecond(rates.commits, 'commits')}`), span(`  ${perSecond(rates.rollbacks, 'rollbacks')}`, (rates.rollbacks ?? 0) > 0 ? 'warn' : 'plain'),
		span(`  ${perSecond(rates.tuplesWritten, 'rows written')}`), span(`  WAL ${bytes(rates.walBytes)}/s`),
	];
	return flow([...people, ...work], width);
}

/** Spans on as many lines as they need; each stays whole. */
function flow(spans: readonly Span[], width: number): Line[] {
	const lines: Span[][] = [[]];
	let used = 0;
	for (const piece of spans) {
		if (used + piece.text.trimEnd().length > width) {
			lines.push([]);
			used = 0;
		}

		const text = used === 0 ? ` ${piece.text.trimStart()}` : piece.text;
		lines.at(-1)!.push({...piece, text});
		used += text.length;
	}

	return lines;
}

/** CREATE INDEX, VACUUM, COPY and their like, each with a bar. */
export function progressLines(sample: Sample, options: {width: number; glyphs: Glyphs}): Line[] {
	return sample.progress.flatMap(progress => progressLine(progress, options));
}

/** Lag of each standby in seconds and bytes, and the worst one over time. */
export function lagLines(state: ConsoleState, sample: Sample, {width, height}: Space): Line[] {
	if (sample.replication.length === 0) return sample.server.role === 'primary' ? [line(' no standby is connected', 'dim')] : [];
	const worst = sample.replication.toSorted((left, right) => (right.lagSeconds ?? 0) - (left.lagSeconds ?? 0))[0]!;
	const rows = Math.max(3, Math.min(8, Math.floor(height / 5)));
	return [
		...sample.replication.map(standby => [
			span(' standby ', 'dim'), span(standby.name, 'strong'), span(`  ${standby.state ?? 'state unknown'}, ${standby.sync ?? 'sync unknown'}  lag `, 'dim'),
			span(`${seconds(standby.lagSeconds)}`, (standby.lagSeconds ?? 0) > 10 ? 'warn' : 'plain'), span(`, ${bytes(standby.lagBytes)}`),
		]),
		...sample.slots.filter(slot => !slot.active).map(slot => line(` slot ${slot.name} is not read by anyone and keeps ${bytes(slot.retainedBytes)} of WAL`, 'warn')),
		line(` lag of ${worst.name}, seconds`, 'dim'),
		...chart(lagSeries(state.samples, worst.name), {width: Math.min(width, 100), height: rows, glyphs: state.glyphs, format: value => ` ${value < 10 ? value.toFixed(1) : Math.round(value)} s`}),
	];
}

function progressLine(progress: Progress, {width, glyphs}: {width: number; glyphs: Glyphs}): Line[] {
	const share = progress.done !== null && progress.total ? progress.done / progress.total : null;
	const words = ` ${progress.command} ${progress.relation ?? ''}`;
	const bar = Math.max(8, Math.min(30, Math.floor(width / 5)));
	const unit = progress.unit ?? '';
	const figures = unit === 'bytes' ? `${bytes(progress.done)} of ${bytes(progress.total)}` : `${count(progress.done)} of ${count(progress.total)} ${unit}`;
	return [
		[span(pad(words, Math.min(48, width - bar - 18)), 'strong'), span(' '), ...meter(share, {width: bar, glyphs}), span(share === null ? '  share unknown' : `  ${Math.floor(share * 100)} %`)],
		line(`   pid ${progress.pid}, ${progress.phase}, ${figures}`, 'dim'),
	];
}
