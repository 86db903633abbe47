/** How far CREATE INDEX, VACUUM, ANALYZE, CLUSTER, COPY and base backups are, each with its phase and whom it waits for. */
import type {ActiveSession, Progress, Sample} from '../../../journal/shapes/sample.ts';
import {bytes, count, lasting, seconds} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {meter} from '../../parts/meter.ts';
import {pad, printable} from '../../parts/printable.ts';
import type {ConsoleState} from '../../state.ts';
import type {Glyphs} from '../../theme.ts';
import type {Space} from '../panel.ts';
import {whoIs} from './sessions.ts';
import {seesOthers} from './state.ts';
import type {ViewContent} from './view-content.ts';

/** The phases of an index build in their order: a share is that of its phase alone, and two scans of the table are not done at 100 %. */
const plainBuild = ['initializing', 'building index'];
const concurrentBuild = ['initializing', 'waiting for writers before build', 'building index', 'waiting for writers before validation', 'index validation: scanning index', 'index validation: sorting tuples', 'index validation: scanning table', 'waiting for old snapshots'];
const concurrentReindex = [...concurrentBuild, 'waiting for readers before marking dead', 'waiting for readers before dropping'];

/** `phase 3 of 8`, where the phases of the command are known; else empty. */
export function phaseNumber({command, phase}: Pick<Progress, 'command' | 'phase'>): string {
	const phases = /^REINDEX.*CONCURRENTLY/.test(command) ? concurrentReindex : /CONCURRENTLY/.test(command) ? concurrentBuild : /INDEX/.test(command) ? plainBuild : [];
	const at = phases.findIndex(name => phase === name || phase.startsWith(`${name}:`));
	return at < 0 ? '' : `phase ${at + 1} of ${phases.length}`;
}

/** `phase 3 of 8, about 40 s left: building index: scanning table`; what is left is that of the phase. */
export function phaseWords(progress: Progress): string {
	const {secondsLeft, phase} = progress;
	return [[phaseNumber(progress), secondsLeft === undefined ? '' : `about ${seconds(secondsLeft)} left`].filter(Boolean).join(', '), phase].filter(Boolean).join(': ');
}

/** How far it is in its phase: ` 24 %`. */
export function shareWords({done, total}: Progress): string {
	return done !== null && total ? ` ${Math.floor(Math.min(1, done / total) * 100)} %` : '';
}

/** Each with a bar, in two lines; the migration's first. */
export function progressLines(sample: Sample, options: {width: number; glyphs: Glyphs}): Line[] {
	const byPid = new Map(sample.active.map(session => [session.pid, session]));
	return sample.progress.toSorted((left, right) => Number(byPid.get(right.pid)?.migration ?? false) - Number(byPid.get(left.pid)?.migration ?? false)).flatMap(progress => linesOf(progress, {...options, session: byPid.get(progress.pid)}));
}

export function progressView(state: ConsoleState, sample: Sample, {width, focused}: Space): ViewContent {
	const byPid = new Map(sample.active.map(session => [session.pid, session]));
	const lines: Line[] = [];
	let cursor: number | undefined;
	for (const progress of sample.progress) {
		const chosen = progress.pid === state.pid;
		if (chosen) cursor = lines.length;
		const drawn = linesOf(progress, {width, glyphs: state.glyphs, session: byPid.get(progress.pid), pointed: chosen});
		lines.push(...(chosen && focused ? [drawn[0]!.map(({text}) => span(text, 'selected')), ...drawn.slice(1)] : drawn));
		const {query} = byPid.get(progress.pid) ?? {};
		if (query) lines.push([span('   '), span(query.replaceAll(/\s+/g, ' ').trim(), 'dim')]);
	}

	if (lines.length === 0) lines.push(line(sample.refused?.includes('progress') ? ' the server refuses to tell the progress of commands' : seesOthers(sample) ? ' no command reports its progress: only CREATE INDEX, VACUUM, ANALYZE, CLUSTER, COPY and base backups do' : ' no command of this role reports its progress; those of other roles are not to be seen', 'dim'));
	const silent = sample.active.find(session => session.migration && session.state === 'active' && !sample.progress.some(({pid}) => pid === session.pid));
	if (silent) lines.push([span(` MIGRATION pid ${silent.pid}`, 'info'), span(` runs ${seconds(silent.seconds)} and reports nothing: ALTER TABLE and VALIDATE CONSTRAINT never do, on any version`)]);
	return {lines, ...(cursor !== undefined && {cursor})};
}

function linesOf(progress: Progress, {width, glyphs, session, pointed = false}: {width: number; glyphs: Glyphs; session: ActiveSession | undefined; pointed?: boolean}): Line[] {
	const {command, relation, detail, done, total, unit, pid, waitsFor} = progress;
	const share = done !== null && total ? Math.min(1, done / total) : null;
	const bar = Math.max(8, Math.min(30, Math.floor(width / 5)));
	const words = `${pointed ? glyphs.pointer : ' '}${command} ${relation ?? ''}${detail ? ` (${detail})` : ''}`;
	const format = unit === 'bytes' ? bytes : count;
	const figures = done === null ? '' : `, ${format(done)}${total === null ? '' : ` of ${format(total)}`}${unit === null || unit === 'bytes' ? '' : ` ${unit}`}`;
	return [
		[span(pad(printable(words), Math.max(20, Math.min(60, width - bar - 18))), 'strong'), span(' '), ...meter(share, {width: bar, glyphs}), span(share === null ? '  share unknown' : ` ${shareWords(progress)}`)],
		[
			span(`   pid ${pid}, `, 'dim'), ...(session?.migration ? [span('MIGRATION, ', 'info')] : session ? [span(`${whoIs(session)}, `, 'dim')] : []), span(phaseWords(progress), 'dim'), span(waitsFor ? `, waits for pid ${waitsFor}` : '', 'warn'), span(figures, 'dim'),
			span(session?.seconds === null || session?.seconds === undefined ? '' : `, runs ${lasting(session.seconds)}`, 'dim'),
		],
	];
}
