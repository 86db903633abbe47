/** One reading of the live pane as text; pure. */
import {byteWords} from '../journal/byte-words.ts';
import type {Blocker, Sample, WaitingSession} from '../journal/shapes/sample.ts';
import {secondsText} from '../monitor/words.ts';
import {formatTable} from './table.ts';

/** So many sessions are listed. */
const sessionsShown = 20;

export function describeSample(sample: Sample, {width}: {width: number}): string {
	const {server, connections, rates, active, blockers, locksWaiting, replication, slots, progress, hidden} = sample;
	const parts = [
		`${sample.at}  PostgreSQL ${server.version}, ${server.role}, up ${secondsText(server.uptimeSeconds)}`,
		`connections ${known(connections.total)} of ${known(connections.max)}: ${known(connections.active)} active, ${known(connections.idleInTransaction)} idle in transaction, ${known(connections.waiting)} waiting`,
		`${known(rates.commits)} commits/s, ${known(rates.rollbacks)} rollbacks/s, ${known(rates.tuplesWritten)} rows written/s, WAL ${byteWords(rates.walBytes)}/s`,
	];
	const table = (rows: string[][]) => formatTable(rows, {width, indent: '  '});
	if (replication.length > 0) parts.push('standbys', table(replication.map(each => [each.name, each.state ?? 'unknown', `${secondsText(each.lagSeconds)} behind`, byteWords(each.lagBytes)])));
	if (sample.missingStandbys) parts.push(`missing standbys: ${sample.missingStandbys.join(', ')}`);
	if (slots.length > 0) parts.push('slots', table(slots.map(each => [each.name, each.active ? 'active' : each.invalidated ? `invalidated (${each.invalidated})` : 'inactive', `keeps ${byteWords(each.invalidated ? 0 : each.retainedBytes)} of WAL`])));
	if (progress.length > 0) parts.push('progress', table(progress.map(each => [String(each.pid), each.command, each.relation ?? '', `${each.phase} ${each.done ?? '?'}/${each.total ?? '?'} ${each.unit ?? ''}`])));
	if (blockers.length > 0) parts.push('blocking', blockers.map(blocker => describeBlocker(blocker)).join('\n'));
	if (locksWaiting.length > 0) parts.push('waiting for locks', table(locksWaiting.slice(0, sessionsShown).map(each => [String(each.pid), each.mode, each.relation ?? each.kind ?? '', `${secondsText(each.seconds)}, behind ${each.blockedBy.join(', ')}`])));
	if (active.length > 0) parts.push('sessions', table(active.slice(0, sessionsShown).map(each => [
		`${each.pid}${each.migration ? ' (migration)' : ''}`, each.application || each.user || '', each.state ?? 'hidden', secondsText(each.seconds), (each.query ?? '').replace(/\s+/g, ' ').slice(0, 200),
	])));
	if (active.length > sessionsShown) parts.push(`  and ${active.length - sessionsShown} more`);
	return [...parts, ...hidden.map(each => `hidden: ${each}`)].join('\n');
}

function describeBlocker({pid, waiting, total}: Blocker): string {
	const below = (sessions: WaitingSession[], depth: number): string[] => sessions.flatMap(each => [
		`${'  '.repeat(depth)}${each.pid} waits ${secondsText(each.seconds)} for ${each.mode}${each.relation ? ` on ${each.relation}` : ''}`, ...below(each.waiting, depth + 1),
	]);
	return [`  ${pid === 0 ? 'a prepared transaction' : `pid ${pid}`} holds up ${total}`, ...below(waiting, 2)].join('\n');
}

function known(value: number | null): string {
	return value === null ? 'unknown' : String(Math.round(value * 10) / 10);
}
