/** What `y` copies: whatever the focused pane is about. */
import {focusedPane} from './layout.ts';
import {chosenSession} from './panels/live/state.ts';
import {currentStep} from './panels/checklist/steps.ts';
import {evidenceText, stepText} from './panels/detail/state.ts';
import {panels} from './panels/index.ts';
import {reviewRows} from './panels/review/state.ts';
import {textOf} from './parts/line.ts';
import {currentItem, type ConsoleState} from './state.ts';

/** The text, or null when there is none. */
export function copyText(state: ConsoleState): string | null {
	const pane = focusedPane(state);
	if (pane === 'checklist' || pane === 'detail') {
		const item = currentItem(state);
		const step = currentStep(state);
		return item ? evidenceText(item) : step ? stepText(step) : null;
	}

	const query = pane === 'live' ? chosenSession(state)?.query : null;
	if (query) return query;
	if (pane === 'review') return reviewText(state);
	const lines = panels[pane].content(state, {width: 200, height: 1000, focused: false}).lines;
	return lines.length > 0 ? lines.map(row => textOf(row).trimEnd()).join('\n') : null;
}

/** On a finding its fix, to be pasted into the migration; elsewhere the SQL. */
function reviewText({review, reviewLook}: ConsoleState): string | null {
	if (!review) return null;
	const row = reviewRows(review, reviewLook.folded).find(each => each.key === reviewLook.at);
	return row?.kind === 'finding' ? row.finding.fix : review.sql;
}
