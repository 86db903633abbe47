/** How a dialog looks: framed lines, as many as fit. */
import {keyLabel} from '../key-name.ts';
import {bindingsNow, groupTitles, keymap, type Binding, type Group} from '../keymap.ts';
import {focusedPane, footerRows} from '../layout.ts';
import {environmentLook} from '../theme.ts';
import {bytes} from '../parts/figures.ts';
import {fit, line, span, windowTop, type Line} from '../parts/line.ts';
import {contactRows} from '../panels/contacts/view.ts';
import {cut, pad, wrap} from '../parts/printable.ts';
import type {ConsoleState} from '../state.ts';
import type {Dialog, LimitRow} from './dialog.ts';
import {paletteRows} from './keys.ts';

export interface DrawnDialog {
	lines: Line[];
	width: number;
}

interface Parts {
	title: string;
	body: readonly Line[];
	/** First row of the body that is seen, or the row that must be. */
	top?: number;
	cursor?: number;
	/** Always seen, under the body. */
	foot: readonly Line[];
	danger?: boolean;
}

/** The lines of the open dialog with its frame, never over the message line, where a dialog's own words are said; null for a filter, which is typed at the foot of the screen. */
export function dialogLines(state: ConsoleState): DrawnDialog | null {
	if (!state.dialog || state.dialog.kind === 'filter') return null;
	const width = Math.min(state.columns - 2, 108);
	const parts = partsOf(state.dialog, {state, width: width - 4});
	return {width, lines: framed(parts, {state, width, height: state.rows - footerRows(state)})};
}

function partsOf(dialog: Exclude<Dialog, {kind: 'filter'}>, {state, width}: {state: ConsoleState; width: number}): Parts {
	switch (dialog.kind) {
		case 'confirm': return {
			title: dialog.title, top: dialog.top, body: wrapped(dialog.body, width), danger: Boolean(dialog.typed),
			foot: dialog.refused !== undefined ? [[], ...wrapped([line(dialog.refused, 'bad')], width), keysLine([['Esc', 'back; this plan stays the run\'s aim']])] : [[], ...(dialog.typed
				? [[span(`Type ${dialog.typed.want} to ${dialog.says}: `, 'strong'), span(dialog.typed.text), span('_', 'key')], keysLine([['Enter', `then: ${dialog.says}`], ['Esc', 'leave it']])]
				: [keysLine([['y', dialog.says], ['Esc', 'leave it']])])],
		};
		case 'choose': return {title: dialog.title, body: wrapped(dialog.body, width), foot: dialog.choices.map(({key, says, danger}) => [span(` ${pad(key, 4)}`, 'key'), span(says, danger ? 'bad' : 'plain')])};
		case 'pick': return {title: dialog.title, body: [...wrapped(dialog.body, width), ...dialog.rows.map((row, index) => pointed(row.line, {state, selected: index === dialog.cursor}))], cursor: wrapped(dialog.body, width).length + dialog.cursor, foot: [[], keysLine([['Enter', 'show the plan'], ['Esc', 'leave it']])]};
		case 'form': return {
			title: dialog.title, body: wrapped(dialog.body, width),
			foot: [...dialog.fields.flatMap((field, index) => fieldLines(field, {state, selected: index === dialog.cursor, width})), [], keysLine([['Enter', 'next, then done'], ['Tab', 'other field'], ['Esc', 'leave it']])],
		};
		case 'limits': return {
			title: 'The guard\'s limits', body: dialog.rows.map((row, index) => pointed([span(pad(row.label, 44)), span(row.value === null ? 'off' : typeof row.value === 'number' && row.unit === 'bytes' ? bytes(row.value) : `${row.value} ${row.unit}`, 'strong'), span(changed(state, row) ? '  not yet set' : state.run?.guardChanged?.includes(row.key) ? '  changed' : '', 'warn')], {state, selected: index === dialog.cursor})),
			foot: [[], keysLine([['+ -', 'more, less'], ['0', 'off'], ['Enter', 'set it'], ['Esc', 'done']])],
		};
		case 'palette': {
			const rows = paletteRows(state, dialog.text);
			return {title: `: ${dialog.text}_`, cursor: dialog.cursor, body: rows.length === 0 ? [line('no command is called that', 'dim')] : rows.map((row, index) => pointed(commandLine(row, state), {state, selected: index === dialog.cursor})), foot: [[], keysLine([['Enter', 'do it'], ['Esc', 'leave it']])]};
		}

		case 'text': return {title: dialog.title, top: dialog.top, body: wrapped(dialog.body, width), foot: [[], keysLine([...dialog.keys.map(({key, says}): [string, string] => [key, says]), ['y', 'copy'], ['up down', 'scroll'], ['Esc', 'back']])]};
		case 'contacts': return {title: 'Whom to call', body: contactRows(state), foot: [[], keysLine([['any key', 'back to where you were']])]};
		case 'help': return {title: 'Keys', top: dialog.top, body: helpLines(state), foot: [[], keysLine([['Esc', 'back'], ['up down', 'scroll']])]};
		default: return dialog satisfies never;
	}
}

function framed({title, body, top, cursor, foot, danger}: Parts, {state, width, height}: {state: ConsoleState; width: number; height: number}): Line[] {
	const {glyphs} = state;
	const {horizontal, vertical, corners} = glyphs.heavy;
	const tone = danger ? environmentLook[state.run?.target.environment ?? 'unknown'].frame : 'key';
	const room = Math.max(1, height - 2 - foot.length);
	const first = cursor === undefined ? Math.max(0, Math.min(top ?? 0, body.length - room)) : windowTop({top: 0, cursor, count: body.length, height: room});
	const shown = body.slice(first, first + room);
	const more = body.length > shown.length ? ` rows ${first + 1} to ${first + shown.length} of ${body.length} ` : '';
	const name = cut(` ${title} `, width - 6);
	const side = (row: Line): Line => [span(`${vertical} `, tone), ...fit(row, {width: width - 4, ascii: glyphs.ascii}), span(` ${vertical}`, tone)];
	return [
		[span(corners[0] + horizontal, tone), span(name, 'title'), span(horizontal.repeat(Math.max(0, width - 3 - name.length)) + corners[1], tone)],
		...shown.map(side), ...foot.map(side),
		[span(corners[2] + horizontal.repeat(Math.max(0, width - 2 - more.length)), tone), span(more, 'dim'), span(corners[3], tone)],
	];
}

const wraps = new WeakMap<readonly Line[], {width: number; lines: Line[]}>();

/** Lines that are too long go on in the next row, in the tone of their last piece; kept, since a long text is wrapped for each step of scrolling. */
function wrapped(body: readonly Line[], width: number): Line[] {
	const before = wraps.get(body);
	if (before?.width === width) return before.lines;
	const lines = wrapLines(body, width);
	wraps.set(body, {width, lines});
	return lines;
}

function wrapLines(body: readonly Line[], width: number): Line[] {
	return body.flatMap(row => {
		const text = row.map(piece => piece.text).join('');
		const rows = wrap(text, width);
		return rows.length <= 1 ? [row] : [fit(row, {width, ascii: false}).some(piece => piece.text.endsWith('…')) ? first(row, rows[0]!) : row, ...rows.slice(1).map(rest => line(rest, row.at(-1)!.tone))];
	});
}

/** The pieces of a line up to where its first row ends. */
function first(row: Line, text: string): Line {
	let left = text.length;
	return row.flatMap(piece => {
		const shown = piece.text.slice(0, left);
		left -= shown.length;
		return shown === '' ? [] : [span(shown, piece.tone)];
	});
}

function fieldLines(field: {label: string; value: string}, {state, selected, width}: {state: ConsoleState; selected: boolean; width: number}): Line[] {
	const rows = wrap(`${field.value}${selected ? '_' : ''}`, width - 4);
	return [[span(selected ? `${state.glyphs.pointer} ` : '  ', 'key'), span(field.label, selected ? 'strong' : 'dim')], ...rows.slice(-3).map(row => line(`    ${row}`))];
}

function pointed(row: Line, {state, selected}: {state: ConsoleState; selected: boolean}): Line {
	return [span(selected ? `${state.glyphs.pointer} ` : '  ', 'key'), ...(selected ? row.map(({text}) => span(text, 'selected')) : row)];
}

function commandLine(binding: Binding, state: ConsoleState): Line {
	const reason = binding.refuse?.(state);
	return [span(pad(binding.keys.map(keyLabel).join(' '), 10), reason ? 'dim' : 'key'), span(binding.says, reason ? 'dim' : 'plain'), span(reason ? `  (${reason})` : '', 'dim')];
}

/** What counts where one is comes first: the replay's keys, then those of the focused pane. */
function helpLines(state: ConsoleState): Line[] {
	const present = new Set(bindingsNow(state));
	const pane = focusedPane(state);
	const nearness = (group: Group) => (group === 'replay' ? 2 : keymap.some(binding => binding.group === group && binding.pane === pane) ? 1 : 0);
	const groups = (Object.keys(groupTitles) as Group[]).toSorted((left, right) => nearness(right) - nearness(left));
	return groups.flatMap(group => {
		const bindings = keymap.filter(binding => binding.group === group && (binding.when?.(state) ?? true));
		return bindings.length === 0 ? [] : [line(groupTitles[group], 'title'), ...bindings.map(binding => [span(`  ${pad(binding.keys.map(keyLabel).join(' ') || 'palette', 16)}`, 'key'), span(binding.says, present.has(binding) && !binding.refuse?.(state) ? 'plain' : 'dim')] as Line), []];
	});
}

function keysLine(keys: [string, string][]): Line {
	return keys.flatMap(([key, says]) => [span(key, 'key'), span(` ${says}   `)]);
}

function changed(state: ConsoleState, row: LimitRow): boolean {
	const name = row.key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
	return (state.run?.guard as Record<string, unknown> | undefined)?.[name] !== row.value;
}
