/** A run on one page of a terminal; pure. */
import {satisfiedStates} from '../journal/shapes/item.ts';
import type {WayBack} from '../journal/shapes/plan.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {describeCounts} from './describe-items.ts';
import {byteWords} from '../journal/byte-words.ts';
import {formatTable} from './table.ts';
import {describeWayBack} from './words.ts';

/** The latest events that are shown. */
const logLength = 12;

export function describeRun(state: RunState, {width, wayBack}: {width: number; wayBack: readonly WayBack[]}): string {
	const {target} = state;
	const open = state.items.filter(item => item.required && item.holds.length > 0 && !satisfiedStates.has(item.state));
	const facts: string[][] = [
		['run', `${state.run}, ${state.state}${state.outcome ? `: ${state.outcome}` : ''}`],
		['target', `${target.host}:${target.port}/${target.database} as ${target.role}, PostgreSQL ${target.serverVersion}, ${target.environment === 'unknown' ? 'environment unknown, counts as production' : target.environment}`],
		['path', `${state.from.join(', ') || 'base'} → ${state.to.join(', ') || 'base'}`],
		['time', `${state.startedAt} to ${state.endedAt ?? 'now'}`],
		['items', `${describeCounts(state.counts)}${open.length > 0 ? `; ${open.length} still stand before an action` : ''}`],
		...(state.plan ? [['plan', `${state.plan.action}, digest ${state.plan.digest}`]] : []),
		...state.approvals.map(each => ['approved', `${each.digest.slice(0, 16)} by ${each.by} at ${each.at}, ${each.signed ? 'signed' : 'claimed'}`]),
		...state.backups.map(each => ['backup', `${each.path}, ${byteWords(each.bytes)}, ${each.finishedAt}`]),
		...(state.rehearsal ? [['rehearsal', `${state.rehearsal.ok ? 'ok' : 'with problems'}, ${state.rehearsal.seconds.toFixed(1)} s`]] : []),
		...state.actions.map(each => ['action', `${each.action} ${each.status} in ${each.seconds.toFixed(1)} s (exit ${each.exit}): ${each.reason}`]),
		...wayBack.map(way => ['way back', describeWayBack(way)]),
		...(state.running ? [['running', `${state.running.action} since ${state.running.startedAt}, started by ${state.running.by}${state.running.heldSince ? `, held since ${state.running.heldSince}` : ''}`]] : []),
		...state.alarms.map(alarm => ['alarm', `${alarm.text}, since ${alarm.since}`]),
		...state.consoles.map(each => ['console', `${each.name}${each.readOnly ? ', look-only' : ''}, since ${each.since}`]),
		['journal', `${state.seq} events, head ${state.head}`],
	];
	const log = state.log.slice(-logLength).map(({at, by, text}) => [at.slice(11, 19), by, text]);
	return `${formatTable(facts, {width})}\n\n${formatTable(log, {width})}`;
}
