/** Who blocks whom, as a tree to its root, with the key that resolves it; and the locks that are waited for. */
import type {ActiveSession, Sample} from '../../../journal/shapes/sample.ts';
import {lasting, plural} from '../../parts/figures.ts';
import {flow} from '../../parts/flow.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {pad, padStart, printable} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {Glyphs} from '../../theme.ts';
import type {Space} from '../panel.ts';
import {whoIs} from './sessions.ts';
import {blockingRows, fitsFilter, lockWords, isIdleInTransaction, type BlockingRow} from './state.ts';
import type {ViewContent} from './view-content.ts';

/** From so many columns on there is room for who waits, beside what. */
export const wideColumns = 100;

/** The trees in few lines; one line while nobody blocks. */
export function blockingLines(state: ConsoleState, sample: Sample, {limit, wide}: {limit: number; wide: boolean}): Line[] {
	if (sample.blockers.length === 0) return [line(' nobody blocks anybody', 'dim')];
	const rows = blockingRows(sample);
	return [[...headLine(sample), span('  R resolves it', 'key')], ...rows.slice(0, limit).map(row => treeLine(row, {glyphs: state.glyphs, wide})), ...(rows.length > limit ? [line(`   and ${plural(rows.length - limit, 'session')} more`, 'dim')] : [])];
}

/** The whole forest, each root with its last query and what resolves it. */
export function blockingView(state: ConsoleState, sample: Sample, {focused, width}: Space): ViewContent {
	if (sample.blockers.length === 0) return {lines: [line(' nobody blocks anybody', 'dim')]};
	const lines: Line[] = [headLine(sample)];
	let cursor: number | undefined;
	for (const row of blockingRows(sample, {before: state.pid === null ? [] : state.pidOrder})) {
		const chosen = row.pid === state.pid;
		if (chosen) cursor = lines.length;
		const drawn = treeLine(row, {glyphs: state.glyphs, pointed: chosen, wide: width >= wideColumns});
		lines.push(chosen && focused ? drawn.map(({text}) => span(text, 'selected')) : drawn);
		if (row.depth === 0) lines.push(...rootLines(row, sample, width));
	}

	return {lines, ...(cursor !== undefined && {cursor})};
}

/** Every request that is not granted, the longest wait first. */
export function lockView(state: ConsoleState, sample: Sample, {focused, width}: Space): ViewContent {
	if (sample.locksWaiting.length === 0) return {lines: [line(' no lock is waited for', 'dim')]};
	const sessions = new Map(sample.active.map(session => [session.pid, session]));
	const byPid = new Map(sample.locksWaiting.map(lock => [lock.pid, lock]));
	const shown = state.pidOrder.flatMap(pid => byPid.get(pid) ?? []).filter(lock => fitsFilter(sessions.get(lock.pid) ?? {pid: lock.pid}, state.filters.live));
	const cursor = shown.findIndex(({pid}) => pid === state.pid);
	const modeColumns = width < wideColumns ? 20 : 26;
	return {
		lines: [
			line(` ${padStart('pid', 7)} ${padStart('waits', 7)}  ${pad('mode', modeColumns)} on, behind, who`, 'dim'),
			...shown.map((lock, index): Line => {
				const session = sessions.get(lock.pid);
				const spans: Line = [
					span(index === cursor ? state.glyphs.pointer : ' ', 'key'), span(padStart(String(lock.pid), 7)), span(` ${padStart(lasting(lock.seconds), 7)}`, 'strong'), span(`  ${pad(lock.mode.replace(/Lock$/, ''), modeColumns)} `, 'warn'),
					span(printable(lock.relation ?? lock.kind ?? 'unknown')), span(`  behind ${lock.blockedBy.slice(0, 5).join(', ') || 'unknown'}${lock.blockedBy.length > 5 ? ', …' : ''}`), span(`  ${session ? whoIs(session) : ''}`, session?.migration ? 'info' : 'dim'),
				];
				return index === cursor && focused ? spans.map(({text}) => span(text, 'selected')) : spans;
			}),
		],
		...(cursor >= 0 && {cursor: cursor + 1}),
	};
}

/** Locks in few lines, for whoever reads no trees. */
export function lockLines(sample: Sample, limit: number): Line[] {
	if (sample.locksWaiting.length === 0) return [];
	const sorted = sample.locksWaiting.toSorted((left, right) => (right.seconds ?? 0) - (left.seconds ?? 0));
	return [
		line(' locks waited for', 'title'),
		...sorted.slice(0, limit).map(lock => [
			span(`   pid ${lock.pid}`), span(`  ${lockWords(lock)}`, 'warn'), span(`  waits ${lasting(lock.seconds)}`, 'strong'),
			span(lock.blockedBy.length > 0 ? `  behind ${lock.blockedBy.join(', ')}` : '', 'dim'),
		]),
		...(sorted.length > limit ? [line(`   and ${sorted.length - limit} more`, 'dim')] : []),
	];
}

export interface Resolution {
	key: 'c' | 'C' | 'x' | null;
	/** What it does, and why it is the one. */
	says: string;
}

/** What lets go on whoever waits for this session. */
export function resolutionOf(pid: number, session: ActiveSession | undefined): Resolution {
	if (pid === 0) return {key: null, says: 'COMMIT PREPARED or ROLLBACK PREPARED ends it; its name is under transactions'};
	if (session?.migration) return {key: 'x', says: 'cancels the migration, and reads back what it left'};
	if (session?.application?.startsWith('holdpoint')) return {key: null, says: `it is holdpoint's own (${session.application}), and ends by itself`};
	if (isIdleInTransaction(session)) return {key: 'C', says: 'ends it; it is idle, and a cancel does nothing'};
	if (session?.state === 'idle') return {key: 'C', says: 'ends it; it is idle, and holds a lock for as long as its session lasts'};
	if (session?.state === 'active') return {key: 'c', says: 'cancels its query; C ends the session when that is not enough'};
	return {key: 'C', says: 'ends it; what it does is not to be seen'};
}

function headLine(sample: Sample): Line {
	const waiting = sample.blockers.reduce((sum, blocker) => sum + blocker.total, 0);
	return [span(' blocking  ', 'title'), span(`${plural(waiting, 'session')} ${waiting === 1 ? 'waits' : 'wait'}`, 'warn'), span(` for ${plural(sample.blockers.length, 'other')}`)];
}

/** The last query of the root, which need not be the one that took the lock, and the way out. */
function rootLines({pid, session, total}: BlockingRow, sample: Sample, width: number): Line[] {
	const {key, says} = resolutionOf(pid, session);
	const prepared = pid === 0 ? (sample.prepared ?? []).map(({gid}) => gid).join(', ') : '';
	return [
		...(prepared ? [line(`   prepared: ${prepared}`)] : []),
		...(session?.query ? [[span(`   ${isIdleInTransaction(session) ? 'last ran' : 'runs'} `, 'dim'), span(queryOf(session))] as Line] : []),
		...flow([...(key === null ? [] : [span(`R, or ${key} on it: `, 'key')]), span(says), span(`; ${plural(total, 'session')} ${total === 1 ? 'goes' : 'go'} on`, 'good')], {width, indent: 3}),
	];
}

/** On one line. */
const queryOf = (session: ActiveSession | undefined): string => (session?.query ?? '').replaceAll(/\s+/g, ' ').trim();

function treeLine(row: BlockingRow, {glyphs, wide, pointed = false}: {glyphs: Glyphs; wide: boolean; pointed?: boolean}): Line {
	const {session} = row;
	const who = row.pid === 0 ? 'a prepared transaction' : `pid ${row.pid}`;
	const indent = row.depth === 0 ? '' : `  ${'  '.repeat(Math.min(12, row.depth - 1))}${row.last ? glyphs.lastBranch : glyphs.branch}`;
	const start = span(`${pointed ? glyphs.pointer : ' '}${indent}`, pointed ? 'key' : 'dim');
	const migration = session?.migration ? [span(' MIGRATION', 'info')] : [];
	if (row.depth === 0) {
		return [
			start, span(who, 'bad'), ...migration, span(` blocks ${row.total}`, 'bad'),
			span(`  ${session?.state ?? 'state unknown'}, transaction open ${lasting(row.seconds)}  `, 'plain'), span(session ? `${session.migration ? '' : `${whoIs(session)}  `}${queryOf(session)}` : '', 'dim'),
		];
	}

	return [
		start, span(who, 'warn'), ...migration, span(` waits ${lasting(row.seconds)}`, 'strong'), span(` for ${row.lock ?? 'a lock'}`),
		...(row.total > 0 ? [span(`, blocks ${row.total}`, 'bad')] : []), span(wide && session && !session.migration ? `  ${whoIs(session)}` : ''), span(`  ${queryOf(session)}`, 'dim'),
	];
}
