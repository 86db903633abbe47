/** How the live state of the database looks; every figure with its unit. */
import {line, span, type Line} from '../../parts/line.ts';
import {timeOf} from '../../parts/figures.ts';
import {wrap} from '../../parts/printable.ts';
import {isOld, type ConsoleState} from '../../state.ts';
import type {Panel, Space} from '../panel.ts';
import {blockingLines, lockLines} from './blocking.ts';
import {alarmLines, lagLines, progressLines, summaryLines} from './figures.ts';
import {sessionLines} from './sessions.ts';
import {latest} from './state.ts';

export const livePanel: Panel = {
	id: 'live',
	title(state) {
		const sample = latest(state);
		const filter = state.filters.live;
		return [
			span('Live', 'title'),
			span(sample ? `  PostgreSQL ${sample.server.version}, ${sample.server.role}` : '', 'dim'),
			...(state.blind ? [span(`  no figures since ${timeOf(state.blind.since)}`, 'bad')] : []),
			...(filter ? [span(`  /${filter}`, 'info')] : []),
		];
	},
	needs: state => [state.samples, state.blind, state.pid, state.pidOrder, state.filters.live, state.run?.alarms, state.view, state.attached, isOld(state)],
	grey: state => state.blind !== null,
	content(state, space) {
		const sample = latest(state);
		const head = [...blindLines(state, space.width), ...alarmLines(state)];
		if (!sample) return {lines: [...head, line(state.attached ? ' waiting for the first figures …' : '', 'dim')]};
		const before = [...head, ...summaryLines(sample, space.width), ...progressLines(sample, {width: space.width, glyphs: state.glyphs}), ...blockingLines(state, sample, limitOf(state, space))];
		// The tree says the same in a small pane, where rows are few.
		const locks = state.view === 'live' ? lockLines(sample, limitOf(state, space)) : [];
		const after = [...locks, ...lagLines(state, sample, space), ...sample.hidden.flatMap(text => wrap(`not seen: ${text}`, space.width - 2).map(row => line(` ${row}`, 'dim')))];
		const rows = sessionLines(state, {...space, limit: state.view === 'live' || space.focused ? 200 : Math.max(4, space.height - before.length - after.length - 2)});
		const cursorRow = rows.cursor === undefined ? {} : {cursorRow: before.length + rows.cursor};
		return {lines: [...before, ...rows.lines, ...after], ...cursorRow};
	},
};

function blindLines(state: ConsoleState, width: number): Line[] {
	if (!state.blind) return [];
	return wrap(`The database can't be read since ${timeOf(state.blind.since)} UTC: ${state.blind.error}. The figures below are old.`, width - 2).map(row => line(` ${row}`, 'bad'));
}

function limitOf(state: ConsoleState, space: Space): number {
	return state.view === 'live' ? 40 : Math.max(4, Math.floor(space.height / 3));
}
