/** Replication: each standby's way of the WAL, slots and what they keep, standbys that are missing, lag over time. */
import type {Sample, Standby} from '../../../journal/shapes/sample.ts';
import {bytes, count, lasting, seconds} from '../../parts/figures.ts';
import {flow} from '../../parts/flow.ts';
import {line, span, type Line} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';
import {chartLines} from './charts.ts';
import type {ViewContent} from './view-content.ts';

type Slot = Sample['slots'][number];

export function standbyView(state: ConsoleState, sample: Sample, {width, height, focused}: Space): ViewContent {
	const chosen = sample.replication.find(({name}) => `lag:${name}` === state.live.series) ?? sample.replication[0];
	const lines: Line[] = [];
	let cursor: number | undefined;
	for (const standby of sample.replication) {
		if (standby === chosen) cursor = lines.length;
		lines.push(...standbyLines(standby, {width, pointer: standby === chosen ? state.glyphs.pointer : ' ', selected: focused && standby === chosen && state.live.series !== null}));
	}

	lines.push(...missingLines(sample), ...sample.slots.flatMap(slot => slotLines(slot, width)));
	if (!chosen) return {lines};
	const rest = height - lines.length;
	const each = Math.max(6, Math.min(14, Math.floor(rest / 2)));
	return {
		lines: [...lines, ...chartLines(state, {series: `lag:${chosen.name}`, width, height: each}), ...chartLines(state, {series: `lagBytes:${chosen.name}`, width, height: each})],
		...(state.live.series !== null && {cursor: cursor!}),
	};
}

/** Standbys and slots in few lines, and the lag of the slowest as a chart. */
export function lagLines(state: ConsoleState, sample: Sample, {width, height}: Pick<Space, 'width' | 'height'>): Line[] {
	const missing = missingLines(sample);
	const idle = sample.slots.filter(slot => !slot.active).map(({name, invalidated, retainedBytes}) => (invalidated ? line(` slot ${name} is invalidated (${invalidated}): its reader must be set up anew`, 'bad') : line(` slot ${name} is not read by anyone and keeps ${bytes(retainedBytes)} of WAL`, 'warn')));
	if (sample.replication.length === 0) return [...missing, ...idle];
	const worst = sample.replication.toSorted((left, right) => (right.lagSeconds ?? 0) - (left.lagSeconds ?? 0))[0]!;
	return [
		...missing,
		...sample.replication.map(standby => [
			span(' standby ', 'dim'), span(standby.name, 'strong'), span(`  ${standby.state ?? 'state unknown'}, ${standby.sync ?? 'sync unknown'}  lag `, 'dim'),
			span(`${seconds(standby.lagSeconds)}`, (standby.lagSeconds ?? 0) > 10 ? 'warn' : 'plain'), span(`, ${bytes(standby.lagBytes)}`),
		]),
		...idle,
		...chartLines(state, {series: `lag:${worst.name}`, width: Math.min(width, 110), height: Math.max(5, Math.min(10, Math.floor(height / 4)))}),
	];
}

function missingLines(sample: Sample): Line[] {
	const missing = sample.missingStandbys ?? [];
	if (missing.length > 0) return missing.map(name => line(` standby ${name} must be there by the configuration, and is not connected`, 'bad'));
	if (sample.refused?.includes('replication')) return [line(' the server refuses to tell who streams from it', 'dim')];
	return sample.replication.length === 0 && sample.server.role === 'primary' ? [line(' no standby is connected', 'dim')] : [];
}

function standbyLines(standby: Standby, {width, pointer, selected}: {width: number; pointer: string; selected: boolean}): Line[] {
	const {name, state, sync, client, lagSeconds, lagBytes, unsentBytes, unflushedBytes, unreplayedBytes, flushSeconds, replaySeconds, replySeconds} = standby;
	const silent = (replySeconds ?? 0) > 15;
	return [
		[
			span(pointer, 'key'), span(name, selected ? 'selected' : 'strong'), span(`  ${state ?? 'state unknown'}, ${sync ?? 'sync unknown'}${client && client !== 'local' ? `, at ${client}` : ''}`, state === 'streaming' ? 'plain' : 'warn'), span('  lag ', 'dim'),
			span(seconds(lagSeconds), (lagSeconds ?? 0) > 10 ? 'warn' : 'strong'), span(', '), span(bytes(lagBytes), 'strong'),
		],
		...(unsentBytes === undefined ? [] : flow([
			span(`not sent ${bytes(unsentBytes)}, not flushed ${bytes(unflushedBytes)}, not replayed ${bytes(unreplayedBytes)}`, 'dim'),
			// Without anything written the server has no times; that is not a lag of unknown length.
			span(flushSeconds === null && replaySeconds === null ? '' : `  last commit flushed after ${seconds(flushSeconds)}, replayed after ${seconds(replaySeconds)}`, 'dim'),
			span(`  last sign ${seconds(replySeconds)} ago`, silent ? 'warn' : 'dim'),
		], {width, indent: 3})),
	];
}

function slotLines({name, kind, database, active, retainedBytes, walStatus, safeBytes, xminAge, invalidated, inactiveSeconds}: Slot, width: number): Line[] {
	const head = [span('slot ', 'dim'), span(name, 'strong'), span(`  ${[kind, database].filter(Boolean).join(' of ')}, `)];
	if (invalidated) return flow([...head, span(`invalidated (${invalidated}): its reader can't go on and must be set up anew`, 'bad')], {width});
	return flow([
		...head, span(active ? 'read' : `not read by anyone${inactiveSeconds === null || inactiveSeconds === undefined ? '' : ` for ${lasting(inactiveSeconds)}`}`, active ? 'plain' : 'warn'),
		span(`, keeps ${bytes(retainedBytes)} of WAL`, active ? 'plain' : 'warn'), span(walStatus === 'unreserved' ? `, ${walStatus}` : '', 'bad'),
		span(safeBytes === null || safeBytes === undefined ? '' : `, lost after another ${bytes(safeBytes)}`, 'warn'), span((xminAge ?? 0) > 0 ? `, holds back VACUUM by ${count(xminAge)} transactions` : '', 'dim'),
	], {width});
}
