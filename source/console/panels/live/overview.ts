/** A little of everything: figures, progress, who blocks whom, sessions, lag. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';
import {blockingLines, lockLines, wideColumns} from './blocking.ts';
import {summaryLines} from './figures.ts';
import {progressLines} from './progress.ts';
import {sessionLines} from './sessions.ts';
import {lagLines} from './standbys.ts';
import type {ViewContent} from './view-content.ts';

export function overview(state: ConsoleState, sample: Sample, space: Space): ViewContent {
	const whole = state.view === 'live';
	const limit = whole ? 40 : Math.max(4, Math.floor(space.height / 3));
	const before = [...summaryLines(sample, space.width), ...progressLines(sample, {width: space.width, glyphs: state.glyphs}), ...blockingLines(state, sample, {limit, wide: space.width >= wideColumns})];
	// The tree says the same in a small pane, where rows are few.
	const after = [...whole ? lockLines(sample, limit) : [], ...lagLines(state, sample, space)];
	const {lines, cursor} = sessionLines(state, {...space, limit: whole || space.focused ? 200 : Math.max(4, space.height - before.length - after.length - 2)});
	return {lines: [...before, ...lines, ...after], ...(cursor !== undefined && {cursor: before.length + cursor})};
}
