/** What one of the live pane's views gives: lines, and where its cursor is. */
import type {Sample} from '../../../journal/shapes/sample.ts';
import type {Line} from '../../parts/line.ts';
import type {ConsoleState} from '../../state.ts';
import type {Space} from '../panel.ts';

export interface ViewContent {
	lines: readonly Line[];
	/** The line that must be seen. */
	cursor?: number;
}

export type LiveViewLines = (state: ConsoleState, sample: Sample, space: Space) => ViewContent;
