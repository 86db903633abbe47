/** What a panel is: plain functions from the console's state to lines; `pane.tsx` draws any of them. */
import type {Line} from '../parts/line.ts';
import type {ConsoleState, PaneId} from '../state.ts';

export interface Content {
	/** Always seen, above the lines. */
	head?: readonly Line[];
	lines: readonly Line[];
	/** Row that must be seen; without one the pane scrolls freely. */
	cursorRow?: number;
}

export interface Space {
	width: number;
	/** Rows that will be seen, without the title. */
	height: number;
	focused: boolean;
}

export interface Panel {
	id: PaneId;
	title(state: ConsoleState): Line;
	/** What the lines are made of; the panel is drawn again only when one of these is another than before. */
	needs(state: ConsoleState): readonly unknown[];
	content(state: ConsoleState, space: Space): Content;
	/** Old figures are shown without colour. */
	grey?(state: ConsoleState): boolean;
}
