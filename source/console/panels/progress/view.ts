/** How a running action looks: revisions, the statement that runs, attempts, the guard. */
import {remainingOf} from '../../../journal/remaining.ts';
import type {RunningAction} from '../../../journal/shapes/run.ts';
import type {Activity} from '../../../room/protocol.ts';
import {revisions, seconds, timeOf} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {meter} from '../../parts/meter.ts';
import {pad, padStart, wrap} from '../../parts/printable.ts';
import {isOld, knownAt, runningMigration, type ConsoleState} from '../../state.ts';
import {phaseWords, shareWords} from '../live/progress.ts';
import {latest} from '../live/state.ts';
import type {Panel} from '../panel.ts';
import {elapsed, leftWords, stepsOf, type Step} from './state.ts';

const looks: Record<Step['state'], {tone: Tone; mark: string}> = {
	waiting: {tone: 'dim', mark: ' '}, running: {tone: 'info', mark: '»'}, 'executed, not yet committed': {tone: 'warn', mark: '~'}, committed: {tone: 'good', mark: '✓'},
};

export const progressPanel: Panel = {
	id: 'progress',
	title(state) {
		const running = state.run?.running;
		return running ? [span(running.action.toUpperCase(), 'info'), span(runningMigration(state.run) ? `  ${revisions(running.from)} ${state.glyphs.arrow} ${revisions(running.to)}` : '', 'title'), span(`  by ${running.by}`, 'dim')] : [span('Nothing runs', 'title')];
	},
	needs: state => [state.run?.running, state.run?.plan, state.now, state.silentSince, state.samples, state.activities],
	content(state, {width}) {
		const running = state.run?.running;
		if (!running) return {lines: []};
		return {lines: [...headLines(state, running, width), ...statementLines(state, running, width), ...guardLines(state, width), ...stepLines(state, running), ...activityLines(state, width), ...basisLines(state, width)]};
	},
};

function headLines(state: ConsoleState, running: RunningAction, width: number): Line[] {
	const migration = runningMigration(state.run);
	const spent = elapsed(running.startedAt, knownAt(state));
	const words = migration && state.run ? leftWords(state.run, knownAt(state)) : '';
	const left = words === '' ? '' : `, ${words}`;
	return [
		[span(` ${seconds(spent)}`, 'strong'), span(isOld(state) ? ' when last heard of' : left), span(running.attempt > 1 ? `  attempt ${running.attempt}` : '', 'warn'), span(running.backend ? `  pid ${running.backend.pid}` : migration ? '  its session has not proved itself yet' : '', 'dim')],
		...(running.cancelWanted ? wrap(`its end was asked for: ${running.cancelWanted}`, width - 2).map(row => line(` ${row}`, 'bad')) : []),
		...(running.heldSince ? [line(` held for ${seconds(elapsed(running.heldSince, knownAt(state)))}: p lets it go on`, 'warn')] : running.holdWanted ? [line(' holds at its next safe point (no transaction open)', 'warn')] : []),
		...(running.note ? wrap(running.note, width - 2).map(row => line(` ${row}`, 'warn')) : []),
	];
}

/** What the figure stands on, and the pace against it. */
function basisLines(state: ConsoleState, width: number): Line[] {
	const {run} = state;
	const left = run && runningMigration(run) ? remainingOf(run, knownAt(state)) : null;
	const basis = left ? `rehearsed: ${run?.rehearsal?.basis}` : runningMigration(run) ? run?.plan?.estimate?.basis : undefined;
	if (basis === undefined) return [];
	return wrap(`${left && Math.abs(left.pace - 1) >= 0.05 ? `so far ${left.pace.toFixed(1)} times as long as estimated; ` : ''}${basis}`, width - 2).slice(0, 2).map(row => line(` ${row}`, 'dim'));
}

/** What runs, or ran last, and in which revision, whose own line may be below the fold; always in as many rows where there is room for one: between two batches nothing moves. */
function statementLines(state: ConsoleState, {statement, statements, lastStatement, revisions: begun, backend}: RunningAction, width: number): Line[] {
	const last = statements.at(-1);
	const sql = statement?.sql ?? last?.sql;
	if (sql === undefined) return [];
	const spent = statement ? elapsed(statement.startedAt, knownAt(state)) : last!.seconds;
	// With a rehearsal its number stands above, of how many.
	const number = state.run && remainingOf(state.run, knownAt(state)) ? '' : `statement ${statement?.number ?? lastStatement} `;
	const revision = begun.findLast(each => each.seconds === null)?.revision;
	const progress = statement && latest(state)?.progress.find(({pid}) => pid === backend?.pid);
	return [
		[span(` ${seconds(spent)}`, 'strong'), span(`  ${revision === undefined ? '' : `in ${revision}  `}${number}${statement ? 'runs' : 'has ended'}`, 'dim'), span(progress ? `  ${phaseWords(progress)}${shareWords(progress)}` : '', 'info')],
		...wrap(sql.replaceAll(/\s+/g, ' ').trim(), width - 4).slice(0, 3).map(row => line(`   ${row}`, statement ? 'info' : 'dim')),
	];
}

function stepLines(state: ConsoleState, running: RunningAction): Line[] {
	if (!runningMigration(state.run)) return [];
	return stepsOf(running, {plan: state.run?.plan, now: knownAt(state)}).map(step => {
		const {tone, mark} = looks[step.state];
		return [span(` ${state.glyphs.ascii && mark === '✓' ? 'x' : state.glyphs.ascii && mark === '»' ? '>' : mark} `, tone), span(pad(step.revision, 16)), span(padStart(step.seconds === null ? '' : seconds(step.seconds), 12), 'strong'), span(`  ${step.state}`, tone), span(`  ${step.doc}`, 'dim')];
	});
}

function activityLines(state: ConsoleState, width: number): Line[] {
	return Object.values(state.activities).filter(activity => !activity.done && activity.work !== 'guard').map(activity => [
		span(` ${activity.work}: ${activity.text} `, 'info'),
		...(activity.share === undefined ? [] : [...meter(activity.share, {width: Math.min(24, Math.floor(width / 4)), glyphs: state.glyphs}), span(` ${Math.floor(activity.share * 100)} %`)]),
	]);
}

/** As the room's guard last said it: which limit comes next, when, and what then; and what it did last, or would have done. */
function guardLines({activities: {guard}, run}: ConsoleState, width: number): Line[] {
	const migration = runningMigration(run);
	if (!migration) return [];
	const act = run!.guardActs.findLast(({at}) => at >= migration.startedAt);
	return [
		...(guard ? wrap(`guard: ${guard.text}`, width - 2).map(row => line(` ${row}`, guardTone(guard))) : []),
		...(act ? wrap(`guard at ${timeOf(act.at)} by ${act.rule}: ${act.did}`, width - 2).map(row => line(` ${row}`, 'bad')) : []),
	];
}

/** By how much of its nearest limit is used up. */
export function guardTone({share = 0}: Activity): Tone {
	return share >= 1 ? 'bad' : share >= 0.5 ? 'warn' : 'dim';
}
