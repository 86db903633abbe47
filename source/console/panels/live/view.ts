/** How the live state of the database looks; every figure with its unit. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import {count, lasting, plural, seconds, timeOf} from '../../parts/figures.ts';
import {line, span, type Line, type Tone} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import {gapWords} from '../../replay/state.ts';
import {isOld, type ConsoleState} from '../../state.ts';
import type {Panel} from '../panel.ts';
import {blockingView, lockView} from './blocking.ts';
import {alarmLines} from './figures.ts';
import {liveViewIds, type LiveViewId} from './look.ts';
import {overview} from './overview.ts';
import {pinnedLines} from './pinned.ts';
import {progressView} from './progress.ts';
import {rateLines} from './rates.ts';
import {allSessionLines} from './sessions.ts';
import {standbyView} from './standbys.ts';
import {sessions, shownSample} from './state.ts';
import {tableView} from './tables.ts';
import {hasOldTransactions, transactionView} from './transactions.ts';
import type {LiveViewLines} from './view-content.ts';

const views: Record<LiveViewId, LiveViewLines> = {
	overview, sessions: allSessionLines, blocking: blockingView, locks: lockView, standbys: standbyView, progress: progressView, tables: tableView, rates: rateLines, transactions: transactionView,
};

/** An answer later than this is felt by whoever looks, and told. */
const slowMs = 1000;

export const livePanel: Panel = {
	id: 'live',
	title(state) {
		const sample = shownSample(state);
		const filter = state.filters.live;
		return [
			span('Live', 'title'),
			...(sample && sample.hidden.length > 0 ? [span('  not all is seen', 'warn')] : []),
			...(state.live.frozen ? [span(`  FROZEN since ${timeOf(state.live.frozen.at)} UTC, Space goes on`, 'warn')] : []),
			span(sample ? `  PostgreSQL ${sample.server.version}, ${sample.server.role}` : '', 'dim'),
			...(state.blind ? [span(`  no figures since ${timeOf(state.blind.since)}`, 'bad')] : []),
			...(sample && sample.tookMs >= slowMs ? [span(`  answers take ${seconds(sample.tookMs / 1000)}`, 'warn')] : []),
			...(sample && (sample.server.uptimeSeconds ?? 600) < 600 ? [span(`  started ${lasting(sample.server.uptimeSeconds)} ago`, 'warn')] : []),
			...((state.live.view === 'sessions' || state.live.view === 'overview') && state.live.sort !== 'time' ? [span(`  by ${state.live.sort}`, 'info')] : []),
			...(filter ? [span(`  /${filter}`, 'info'), span(sample ? ` shows ${count(sessions(state).length)} of ${plural(sample.active.length, 'session')}, * acts on them` : '', 'dim')] : []),
		];
	},
	needs: state => [state.samples, state.blind, state.replay?.gap?.until, state.pid, state.pidOrder, state.filters.live, state.run?.alarms, state.run?.running, state.view, state.attached, state.live, state.points, state.marks, isOld(state)],
	grey: state => state.blind !== null,
	content(state, space) {
		const sample = shownSample(state);
		const head = [...blindLines(state, space.width), ...alarmLines(state, {width: space.width, rows: Math.max(1, Math.floor(space.height / 8))})];
		if (!sample) return {lines: [...head, line(state.replay?.gap ? ` ${gapWords(state.replay.gap)}` : state.attached ? ' waiting for the first figures …' : '', 'dim')]};
		const top = [...(state.view === 'live' || space.focused ? [tabLine(state, sample, space.width)] : []), ...head, ...pinnedLines(state, sample)].slice(0, Math.max(1, Math.floor(space.height / 2)));
		const {lines, cursor} = views[state.live.view](state, sample, {...space, height: space.height - top.length});
		const hidden = sample.hidden.flatMap(text => wrap(`not seen: ${text}`, space.width - 2).map(row => line(` ${row}`, 'dim')));
		return {head: top, lines: [...lines, ...hidden], ...(cursor !== undefined && {cursorRow: cursor})};
	},
};

/** The views side by side; one that deserves a look has its colour, and where there is room its number. */
function tabLine(state: ConsoleState, sample: Sample, width: number): Line {
	const news = newsOf(sample);
	const wide = width >= 110;
	return liveViewIds.flatMap(view => {
		const {count, tone} = news[view] ?? {count: 0, tone: 'dim'};
		const words = `${view}${wide && count > 0 ? ` ${count}` : ''}`;
		return [span(' '), span(words, view === state.live.view ? 'selected' : count > 0 ? tone : 'dim')];
	});
}

function newsOf(sample: Sample): Partial<Record<LiveViewId, {count: number; tone: Tone}>> {
	const troubled = (sample.missingStandbys?.length ?? 0) + sample.slots.filter(slot => !slot.active || slot.invalidated || slot.walStatus === 'unreserved').length + sample.replication.filter(standby => standby.state !== 'streaming' || (standby.lagSeconds ?? 0) > 10).length;
	return {
		blocking: {count: sample.blockers.reduce((sum, blocker) => sum + blocker.total, 0), tone: 'warn'},
		locks: {count: sample.locksWaiting.length, tone: 'warn'},
		standbys: {count: troubled, tone: 'warn'},
		progress: {count: sample.progress.length, tone: 'info'},
		transactions: {count: Number(hasOldTransactions(sample)), tone: 'warn'},
	};
}

function blindLines(state: ConsoleState, width: number): Line[] {
	if (!state.blind) return [];
	if (state.replay?.gap) return wrap(gapWords(state.replay.gap), width - 2).map(row => line(` ${row}`, 'warn'));
	return wrap(`The database can't be read since ${timeOf(state.blind.since)} UTC: ${state.blind.error.replace(/\.$/, '')}. The figures below are old.`, width - 2).map(row => line(` ${row}`, 'bad'));
}
