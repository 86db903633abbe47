/** The header: where one is, in which environment, what is under way, and the way back. */
import type {WayBack} from '../../../journal/shapes/plan.ts';
import type {RunState} from '../../../journal/shapes/run.ts';
import {lossOf, lossWords, type Moment} from '../../../journal/loss.ts';
import {waysBack} from '../../../journal/way-back.ts';
import {windowWords} from '../../../journal/window-times.ts';
import {clockTime, plural, revisions, seconds} from '../../parts/figures.ts';
import {fit, span, spread, widthOfLine, type Line, type Tone} from '../../parts/line.ts';
import {isOld, knownAt, runningMigration, type ConsoleState} from '../../state.ts';
import {environmentLook} from '../../theme.ts';
import {positionWords} from '../../replay/state.ts';
import {guardTone} from '../progress/view.ts';
import {elapsed, leftWords} from '../progress/state.ts';

/** `back: downgrade, 3 min 05 s`: less says nothing. */
const leastBackWidth = 28;

/** Four lines of the full width, framed in the colour of the environment. */
export function headerLines(state: ConsoleState): Line[] {
	const {glyphs: {heavy}, columns} = state;
	const look = lookNow(state);
	const inner = columns - 4;
	const framed = (content: Line): Line => [span(`${heavy.vertical} `, look.frame), ...fit(content, {width: inner, ascii: state.glyphs.ascii}), span(` ${heavy.vertical}`, look.frame)];
	return [
		edge([span(` ${look.word} `, look.tone), ...flags(state)], {state, right: cornerLines(state)}),
		framed(spread(targetLine(state), pathLine(state), inner)),
		framed(spread(workLine(state), watchLine(state), inner)),
		[span(heavy.corners[2] + heavy.horizontal.repeat(columns - 2) + heavy.corners[3], look.frame)],
	];
}

/** The run, how long its window lasts, the time; then the same without what can be done without. */
function cornerLines(state: ConsoleState): Line[] {
	const run = !state.run ? 'holdpoint' : state.run.seq === 0 ? 'no run yet' : `run ${state.run.run}`;
	if (state.replay) return [[span(` ${run}  `, 'dim')]];
	const window = state.room?.window && state.run?.state === 'open' ? windowWords(state.room.window, state.now) : null;
	const rest = [...(window ? [span(window.text, window.level), span('  ')] : []), span(`${clockTime(state.now)} `, 'dim')];
	return [[span(` ${run}  `, 'dim'), ...rest], [span(' '), ...rest]];
}

/** What the header is made of. */
export function headerNeeds(state: ConsoleState): readonly unknown[] {
	const {run} = state;
	return [run?.target, run?.run, run?.state, run?.from, run?.to, run?.running, run?.guard, run?.guardChanged, state.activities.guard, run?.consoles, run?.plan, run?.actions, run?.rehearsal, run?.backups, state.samples, state.readOnly, state.now, state.gone, state.silentSince, state.room, state.columns, state.attached, state.glyphs, state.replay];
}

/** Before the room has answered nothing is claimed. */
function lookNow(state: ConsoleState): {word: string; tone: Tone; frame: Tone} {
	return state.attached ? environmentLook[state.run?.target.environment ?? 'unknown'] : {word: 'ATTACHING', tone: 'dim', frame: 'dim'};
}

/** @param right from the fullest to the shortest: the first that fits */
function edge(title: Line, {state, right: [right = [], ...shorter]}: {state: ConsoleState; right: Line[]}): Line {
	const {glyphs: {heavy}, columns} = state;
	const {frame} = lookNow(state);
	const rest = columns - 4 - widthOfLine(title) - widthOfLine(right);
	if (rest < 0 && right.length > 0) return edge(title, {state, right: shorter});
	return [span(heavy.corners[0] + heavy.horizontal, frame), ...title, span(heavy.horizontal.repeat(Math.max(0, rest)), frame), ...right, span(heavy.horizontal + heavy.corners[1], frame)];
}

function flags(state: ConsoleState): Line {
	return [
		...(state.replay ? [span(` REPLAY ${positionWords(state.replay)} `, 'selected')] : []),
		...(state.readOnly ? [span(' LOOK ONLY ', 'warn')] : []),
		...(state.run && state.run.state !== 'open' ? [span(` RUN ${state.run.state.toUpperCase()} `, 'warn')] : []),
		...(isOld(state) ? [span(' OLD ', 'bad')] : []),
	];
}

function targetLine(state: ConsoleState): Line {
	const target = state.run?.target;
	if (!target) return [span(state.attached ? 'no run is open here yet' : 'attaching …', 'dim')];
	return [span(target.database, 'strong'), span(` on ${target.host}:${target.port}`), span(` as ${target.role}`), span(`  (${target.source})`, 'dim')];
}

/** Where the database is and where it is to go. While nothing runs, that is where the last migration left it. */
function pathLine(state: ConsoleState): Line {
	const {run} = state;
	if (!run) return [];
	const last = run.actions.findLast(outcome => outcome.action === 'upgrade' || outcome.action === 'downgrade');
	const moving = runningMigration(run);
	const current = moving?.from ?? last?.database.version ?? run.from;
	const wanted = moving?.to ?? run.to;
	// Before a plan nothing is wanted yet.
	if (current.join() === wanted.join() || (!run.plan && !moving && !last)) return [span(' at '), span(revisions(current), 'strong')];
	return [span(` ${revisions(current)} ${state.glyphs.arrow} `), span(revisions(wanted), 'strong')];
}

function workLine(state: ConsoleState): Line {
	const {run} = state;
	if (!run) return [];
	const guard = run.guard;
	const policy = `guard ${guard.action === 'cancel' ? 'cancels' : 'tells'} at ${guard.maxBlockedSessions ?? 'no limit of'} blocked${guard.maxBlockedSeconds === null ? '' : `, ${guard.maxBlockedSeconds} s`}${run.guardChanged?.length ? ', changed' : ''}`;
	if (run.running) {
		const spent = elapsed(run.running.startedAt, knownAt(state));
		const words = runningMigration(run) && !isOld(state) ? leftWords(run, knownAt(state)) : '';
		const left = words === '' ? '' : `, ${words}`;
		const next = runningMigration(run) ? state.activities.guard : undefined;
		const guardNow: Line = next ? [span(`guard ${next.text.split(';')[0]}`, guardTone(next))] : [];
		// What is about to happen is never cut off at the edge.
		const urgent = next !== undefined && guardTone(next) !== 'dim';
		const work = [span(isOld(state) ? `${run.running.action} ran ${seconds(spent)} when last heard of` : `${run.running.action} ${run.running.heldSince ? 'held' : 'runs'} ${seconds(spent)}${left}`, 'info')];
		const first = urgent ? [...guardNow, span('  '), ...work] : [...work, ...(next ? [span('  '), ...guardNow] : [])];
		const known = [...first, ...waysLine(run, state, widthOfLine(first))];
		return next ? known : withPolicy(known, `  ${policy}`, state);
	}

	const back = waysLine(run, state, 0);
	return withPolicy(back, `${back.length > 0 ? '  ' : ''}${policy}`, state);
}

/** Half a policy is none. */
function withPolicy(before: Line, policy: string, {columns}: ConsoleState): Line {
	const rest = span(policy, 'dim');
	return widthOfLine(before) + widthOfLine([rest]) <= columns - 4 ? [...before, rest] : before;
}

function watchLine({run, room}: ConsoleState): Line {
	const names = (run?.consoles ?? []).map(({name, readOnly}) => (readOnly ? `${name} (looks)` : name));
	const here = names.length === 0 ? '' : names.length > 2 ? `${plural(names.length, 'console')}` : names.join(', ');
	return [span(room?.inProcess ? ' in this terminal only ' : ' ', 'warn'), span(here, 'dim')];
}

/** Both ways back; where they do not fit beside what stands before them, it is the downgrade's losses that are cut. */
function waysLine(run: RunState, state: ConsoleState, before: number): Line {
	const [back, restore] = [backLine(run, state), restoreLine(run, state)];
	const room = state.columns - 6 - before - widthOfLine(restore);
	return [...(widthOfLine(back) > room && room >= leastBackWidth ? fit(back, {width: room, ascii: state.glyphs.ascii}) : back), ...restore];
}

/** Once an upgrade began: how one gets back, how long that took when it was measured, and what it loses. */
function backLine(run: RunState, state: ConsoleState): Line {
	const last = run.actions.findLast(outcome => outcome.action === 'upgrade' || outcome.action === 'downgrade');
	// Where nothing came of it, or it was taken back, there is nothing to go back from.
	const began = run.running?.action === 'upgrade' || (last?.action === 'upgrade' && last.database.version.join() !== last.from.join());
	// Not the plan's: what was measured after it was made counts too.
	const way = began ? waysBack(run, momentOf(state))[0] : undefined;
	return way ? [span(run.running ? '  back: ' : 'back: ', 'dim'), span(wayBackWords(way))] : [];
}

/** What restoring the newest backup at this moment would lose. */
function restoreLine(run: RunState, state: ConsoleState): Line {
	const backup = run.backups.at(-1);
	return backup ? [span(run.running || run.actions.some(outcome => outcome.action === 'upgrade') ? '  restore loses ' : 'restore loses ', 'dim'), span(lossWords(lossOf(backup, momentOf(state))))] : [];
}

/** The WAL's position comes with each sample, and so does the time: the clock of an idle screen goes by the minute. */
function momentOf({now, samples}: ConsoleState): Moment {
	const last = samples.at(-1);
	return {atMs: Math.max(now, last ? Date.parse(last.at) : 0), walPosition: last?.walPosition ?? null};
}

/** `downgrade, 4.0 s measured, loses 1,204 values`. */
export function wayBackWords(way: WayBack): string {
	const kind = way.kind === 'forward' ? 'roll forward' : way.to === undefined ? way.kind : `restore to ${way.to}`;
	if (way.kind === 'downgrade' && way.seconds === undefined) return 'downgrade, never rehearsed: what it loses is not known';
	return [kind, way.seconds === undefined ? (way.kind === 'forward' ? '' : 'never measured') : `${seconds(way.seconds)} measured`, way.loses ? `loses ${way.loses}` : ''].filter(Boolean).join(', ');
}
