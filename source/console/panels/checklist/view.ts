/** How the checklist looks: its title with the progress, and its rows. */
import {satisfiedStates} from '../../../journal/shapes/item.ts';
import {plural} from '../../parts/figures.ts';
import {line, span, spread, type Line} from '../../parts/line.ts';
import {wrap} from '../../parts/printable.ts';
import type {BlockStep} from '../../../journal/block-steps.ts';
import type {RunState} from '../../../journal/shapes/run.ts';
import {itemStateOf, toneOfState, type Glyphs} from '../../theme.ts';
import type {Panel} from '../panel.ts';
import {checklistRows, type Row} from './state.ts';

export const checklistPanel: Panel = {
	id: 'checklist',
	title(state) {
		const items = state.run?.items ?? [];
		const done = items.filter(item => satisfiedStates.has(item.state)).length;
		const filter = state.filters.checklist;
		return [span('Checklist', 'title'), span(`  ${done} of ${items.length} satisfied`, 'dim'), ...(filter ? [span(`  /${filter}`, 'info')] : [])];
	},
	needs: state => [state.run?.items, ...stepNeeds(state.run), state.opened, state.folded, state.filters.checklist, state.cursor, state.attached],
	content(state, {width, focused}) {
		if (!state.run) return {lines: emptyLines(state.attached, width)};
		const rows = checklistRows(state);
		if (rows.length === 0) return {lines: [line(state.filters.checklist ? ' no item matches; Esc takes the filter away' : ' this checklist has no items', 'dim')]};
		const cursorRow = rows.findIndex(row => row.key === state.cursor);
		return {
			lines: rows.map((row, index) => rowLine(row, {width, selected: index === cursorRow, focused, glyphs: state.glyphs})),
			...(cursorRow >= 0 && {cursorRow}),
		};
	},
};

function emptyLines(attached: boolean, width: number): Line[] {
	const text = attached ? 'No run is open on this target. It opens with the first decision: b backup, s review, r rehearse, u upgrade.' : 'Asking the room what it knows …';
	return wrap(text, width - 2).map(row => line(` ${row}`, 'dim'));
}

/** One row as a line of the given width. */
export function rowLine(row: Row, options: {width: number; selected: boolean; focused: boolean; glyphs: Glyphs}): Line {
	const {width, selected, focused, glyphs} = options;
	const plain = spread(...parts(row, {width: width - 1, glyphs}), width - 1);
	const pointed: Line = [span(selected ? glyphs.pointer : ' ', 'key'), ...plain];
	return selected && focused ? pointed.map(({text}) => span(text, 'selected')) : pointed;
}

function parts(row: Row, {width, glyphs}: {width: number; glyphs: Glyphs}): [Line, Line] {
	if (row.kind === 'hold') {
		const words = ` hold: ${row.hold} `;
		const state = row.unmet === 0 ? ' open to pass ' : ` ${plural(row.unmet, 'item')} to go `;
		const rest = Math.max(0, width - 4 - words.length - state.length);
		const tone = row.unmet === 0 ? 'good' : 'warn';
		return [[span(glyphs.horizontal.repeat(2) + words + glyphs.horizontal.repeat(rest) + state + glyphs.horizontal, tone)], []];
	}

	const indent = '  '.repeat(row.depth);
	if (row.kind === 'section') {
		const attention: Line = row.attention > 0 ? [span(`${row.attention}! `, 'bad')] : [];
		return [
			[span(`${indent}${row.folded ? glyphs.folded : glyphs.unfolded} `, 'dim'), span(row.title, 'strong')],
			row.total === 0 ? [] : [...attention, span(`${row.done}/${row.total} `, row.done === row.total ? 'good' : 'dim')],
		];
	}

	if (row.kind === 'output') return [[span(`${indent}${glyphs.pipe}`, 'dim'), span(row.text, 'dim')], []];
	if (row.kind === 'step') return stepParts(row.step, {indent, glyphs});

	const {item} = row;
	const tone = toneOfState[item.state];
	return [
		[span(indent), span('[', 'dim'), span(glyphs.marks[item.state], tone), span('] ', 'dim'), span(item.text, item.state === 'not-applicable' ? 'dim' : 'plain'), span(item.required ? '' : ' (optional)', 'dim')],
		[span(` ${wordOf(row)} `, tone)],
	];
}

/** What of the run the lines of shell blocks are told from. */
function stepNeeds(run: RunState | null): unknown[] {
	return run ? [run.blocks, run.actions, run.backups, run.rehearsal, run.plan, run.running] : [];
}

function stepParts({command, title, state}: BlockStep, {indent, glyphs}: {indent: string; glyphs: Glyphs}): [Line, Line] {
	if (command === null) return [[span(`${indent}# ${title ?? ''}`, 'dim')], []];
	const item = state === null ? null : itemStateOf[state];
	const tone = item === null ? 'dim' : toneOfState[item];
	return [
		[span(`${indent} `), span(item === null ? ' ' : glyphs.marks[item], tone), span(' $ ', 'dim'), span(command, item === null ? 'dim' : 'plain')],
		[span(state === null ? ' by hand ' : state === 'open' ? '' : ` ${state} `, tone)],
	];
}

function wordOf({item}: Extract<Row, {kind: 'item'}>): string {
	if (item.state === 'open') return item.check ? '' : 'to attest';
	if (item.state === 'attested' || item.state === 'waived') return `${item.state} ${item.by ?? ''}`.trim();
	return item.state === 'passed' ? '' : item.state;
}
