/** The migration, always on top of the live pane: what it runs, whom it waits for, whom it blocks, how that grows. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import {boxOf} from '../../layout.ts';
import {plural, seconds} from '../../parts/figures.ts';
import {line, span, type Line} from '../../parts/line.ts';
import {runningMigration, type ConsoleState} from '../../state.ts';
import {resolutionOf} from './blocking.ts';
import {phaseWords, shareWords} from './progress.ts';
import {whoIs} from './sessions.ts';
import {isIdleInTransaction, lockWords, queueGrowth} from './state.ts';

/** Nothing while no migration has a session; what the progress pane beside it shows is not said twice. */
export function pinnedLines(state: ConsoleState, sample: Sample): Line[] {
	const session = sample.active.find(each => each.migration);
	if (!session) return [];
	return [...(boxOf(state, 'progress') ? [] : [statementLine(state, sample, session)]), ...waitLines(sample, session), ...behindLines(state, sample)];
}

type Session = Sample['active'][number];

function statementLine(state: ConsoleState, sample: Sample, session: Session): Line {
	const running = runningMigration(state.run);
	const progress = sample.progress.find(({pid}) => pid === session.pid);
	const rehearsed = state.run?.rehearsal?.statements.length ?? 0;
	const number = running?.statement?.number;
	const many = number !== undefined && rehearsed >= number && running?.action === 'upgrade' ? ` of ${rehearsed}` : '';
	return [
		span(' MIGRATION ', 'info'), span(`pid ${session.pid}`), span(isIdleInTransaction(session) ? '  idle in its transaction' : ''), span(number === undefined ? '' : `  statement ${number}${many}`), span(`  ${seconds(session.seconds)}`, 'strong'),
		span(progress ? `  ${phaseWords(progress)}${shareWords(progress)}` : '', 'info'), span(`  ${(session.query ?? '').replaceAll(/\s+/g, ' ').trim()}`, 'dim'),
	];
}

function waitLines(sample: Sample, session: Session): Line[] {
	const lock = sample.locksWaiting.find(({pid}) => pid === session.pid);
	const builder = sample.progress.find(({pid, waitsFor}) => pid === session.pid && waitsFor);
	const pid = lock?.blockedBy[0] ?? builder?.waitsFor ?? null;
	if (pid === null) return [];
	const blocker = sample.active.find(each => each.pid === pid);
	const who = pid === 0 ? 'a prepared transaction' : `pid ${pid}${blocker ? ` (${blocker.application || whoIs(blocker)}, ${blocker.state ?? 'state unknown'}, open ${seconds(blocker.transactionSeconds)})` : ''}`;
	const {key} = resolutionOf(pid, blocker);
	const more = (lock?.blockedBy.length ?? 1) - 1;
	return [[
		// What has to be done stands before what may be cut off.
		span(` it waits${lock ? ` ${seconds(lock.seconds)}` : ''}`, 'warn'), span(key === null ? '' : ', R resolves it,', 'key'), span(` behind ${who}${more > 0 ? ` and ${more} more` : ''}`), span(lock ? `  for ${lockWords(lock)}` : '', 'dim'),
	]];
}

function behindLines(state: ConsoleState, {behind}: Sample): Line[] {
	if (!behind) return [];
	if (behind.sessions === 0) return [line(' it blocks nobody', 'good')];
	const growth = state.live.frozen ? null : queueGrowth(state.points);
	return [[
		span(` it blocks ${plural(behind.sessions, 'session')}`, 'bad'), span(', x cancels it', 'key'), span(growth === null || Math.abs(growth) < 0.05 ? '' : growth > 0 ? `, ${growth.toFixed(1)} more each second` : `, ${(-growth).toFixed(1)} fewer each second`, growth !== null && growth > 0 ? 'bad' : 'good'),
		span(`, longest ${seconds(behind.longestSeconds)}, together ${seconds(behind.sessionSeconds)}`), span(`  on ${behind.relations.join(', ') || 'unknown'}`, 'dim'),
	]];
}
