/** What a key does in a dialog: pure, a dialog and a key in, the dialog and what follows out. */
import type {Press} from '../key-name.ts';
import {bindingsNow, type Binding} from '../keymap.ts';
import type {ConsoleState, PaneId} from '../state.ts';
import type {Consequence, Dialog, Form, LimitRow, Limits} from './dialog.ts';

export type Effect =
	| Consequence
	| {kind: 'plan'; action: 'upgrade' | 'downgrade'; revision: string}
	| {kind: 'limit'; key: string; value: number | string | null}
	| {kind: 'filter'; pane: PaneId; text: string}
	| {kind: 'copy'; text: string}
	| {kind: 'say'; text: string};

export interface Pressed {
	dialog: Dialog | null;
	effect?: Effect;
}

/** What a key press in the open dialog leads to. Enter alone never starts anything dangerous. */
export function pressInDialog(dialog: Dialog, press: Press, state: ConsoleState): Pressed {
	if (press.key === 'esc' || press.key === 'ctrl+c') return closed(dialog);
	if (dialog.kind === 'contacts') return {dialog: dialog.under};
	// At any moment: where a letter is text, with Ctrl.
	if (press.key === 'ctrl+o' || (press.key === 'o' && !takesText(dialog))) return {dialog: {kind: 'contacts', under: dialog}};
	switch (dialog.kind) {
		case 'confirm': return pressInConfirm(dialog, press);
		case 'choose': {
			const choice = dialog.choices.find(({key}) => key === press.key);
			return choice ? {dialog: null, effect: choice.then} : {dialog};
		}

		case 'pick': return pressInPick(dialog, press);
		case 'form': return pressInForm(dialog, press);
		case 'limits': return pressInLimits(dialog, press);
		case 'text': {
			if (press.key === 'y') return {dialog, effect: {kind: 'copy', text: dialog.copy}};
			const choice = dialog.keys.find(({key}) => key === press.key);
			if (choice) return {dialog: null, effect: choice.then};
			return press.key === 'enter' || press.key === 'q' ? {dialog: null} : {dialog: {...dialog, top: Math.max(0, dialog.top + scrollOf({k: 'up', j: 'down', space: 'pagedown'}[press.key] ?? press.key))}};
		}

		case 'palette': return pressInPalette(dialog, press, state);
		case 'filter': {
			if (press.key === 'enter') return {dialog: null};
			const text = edited(dialog.text, press);
			return {dialog: {...dialog, text}, effect: {kind: 'filter', pane: dialog.pane, text}};
		}

		case 'help': return press.key === 'q' || press.key === '?' || press.key === 'enter' ? {dialog: null} : {dialog: {...dialog, top: Math.max(0, dialog.top + scrollOf(press.key))}};
		default: return dialog satisfies never;
	}
}

/** The bindings that the palette offers for what was typed, best first. */
export function paletteRows(state: ConsoleState, text: string): Binding[] {
	const words = text.toLowerCase().split(/\s+/).filter(word => word !== '');
	const fits = bindingsNow(state).filter(binding => !['moving'].includes(binding.group) && words.every(word => `${binding.id} ${binding.says}`.toLowerCase().includes(word)));
	const begins = (binding: Binding) => words[0] !== undefined && binding.id.startsWith(words[0]);
	return [...fits.filter(begins), ...fits.filter(binding => !begins(binding))];
}

function takesText(dialog: Dialog): boolean {
	return dialog.kind === 'form' || dialog.kind === 'palette' || dialog.kind === 'filter' || (dialog.kind === 'confirm' && dialog.typed !== undefined && dialog.refused === undefined) || (dialog.kind === 'choose' && dialog.choices.some(({key}) => key === 'o'));
}

/** Esc takes a filter away that was being typed, goes back to what the contacts lay over, and closes everything else. */
function closed(dialog: Dialog): Pressed {
	if (dialog.kind === 'contacts') return {dialog: dialog.under};
	return dialog.kind === 'filter' ? {dialog: null, effect: {kind: 'filter', pane: dialog.pane, text: ''}} : {dialog: null};
}

function pressInConfirm(dialog: Extract<Dialog, {kind: 'confirm'}>, press: Press): Pressed {
	const scrolled = {...dialog, top: Math.max(0, dialog.top + scrollOf(press.key))};
	const submit = (extra: Record<string, unknown> = {}): Pressed => ({dialog: null, effect: {kind: 'command', command: {...dialog.command, params: {...dialog.command.params, ...extra}}}});
	if (scrollOf(press.key) !== 0) return {dialog: scrolled};
	if (dialog.refused !== undefined) return press.key === 'enter' || press.key === 'y' ? {dialog: null, effect: {kind: 'say', text: dialog.refused}} : {dialog};
	if (!dialog.typed) {
		if (press.key === 'y') return submit();
		if (press.key === 'n' || press.key === 'q') return {dialog: null};
		return press.key === 'enter' ? {dialog, effect: {kind: 'say', text: `Enter decides nothing here: y to ${dialog.says}, Esc to leave it`}} : {dialog};
	}

	const {want, text} = dialog.typed;
	if (press.key === 'enter') {
		if (text === want) return submit(dialog.command.command === 'upgrade' || dialog.command.command === 'downgrade' ? {database: text} : {confirm: text});
		return {dialog, effect: {kind: 'say', text: text === '' ? `type ${want} to ${dialog.says}, or Esc to leave it` : `"${text}" is not ${want}; nothing was done`}};
	}

	return {dialog: {...dialog, typed: {want, text: edited(text, press)}}};
}

function pressInPick(dialog: Extract<Dialog, {kind: 'pick'}>, press: Press): Pressed {
	const row = dialog.rows[dialog.cursor];
	if (press.key === 'enter' && row) return {dialog: null, effect: {kind: 'plan', action: dialog.then === 'upgrade-to' ? 'upgrade' : 'downgrade', revision: row.value}};
	return {dialog: {...dialog, cursor: moved(dialog.cursor, press.key, dialog.rows.length)}};
}

function pressInForm(dialog: Form, press: Press): Pressed {
	const last = dialog.fields.length - 1;
	if (press.key === 'up' || press.key === 'shift+tab') return {dialog: {...dialog, cursor: Math.max(0, dialog.cursor - 1)}};
	if (press.key === 'down' || press.key === 'tab') return {dialog: {...dialog, cursor: dialog.cursor === last ? 0 : dialog.cursor + 1}};
	if (press.key === 'enter') {
		const missing = dialog.fields.findIndex(field => field.required && field.value.trim() === '');
		if (missing >= 0 && (missing < dialog.cursor || dialog.cursor === last)) return {dialog: {...dialog, cursor: missing}, effect: {kind: 'say', text: `${dialog.fields[missing]!.label}: needs words`}};
		if (dialog.cursor < last) return {dialog: {...dialog, cursor: dialog.cursor + 1}};
		const values = Object.fromEntries(dialog.fields.map(({name, value}) => [name, value.trim()]));
		return {dialog: null, effect: {kind: 'command', command: {...dialog.command, params: {...dialog.command.params, ...values}}}};
	}

	const fields = dialog.fields.map((field, index) => (index === dialog.cursor ? {...field, value: edited(field.value, press)} : field));
	return {dialog: {...dialog, fields}};
}

/** + and - change the limit under the cursor here; Enter sends it to the room, which journals it. */
function pressInLimits(dialog: Limits, press: Press): Pressed {
	const row = dialog.rows[dialog.cursor]!;
	const change = (value: number | string | null): Pressed => ({dialog: {...dialog, rows: dialog.rows.map((other, index) => (index === dialog.cursor ? {...other, value} : other))}});
	const more = press.key === '+' || press.key === 'right';
	if (more || press.key === '-' || press.key === 'left') return change(more ? moreOf(row) : lessOf(row));
	if (press.key === '0' && !row.words) return change(null);
	if (press.key === 'enter') return {dialog, effect: {kind: 'limit', key: row.key, value: row.value}};
	return {dialog: {...dialog, cursor: moved(dialog.cursor, press.key, dialog.rows.length)}};
}

const otherWord = ({words = [], value}: LimitRow): string => words.find(word => word !== value) ?? String(value);

const moreOf = (row: LimitRow): number | string => (typeof row.value === 'string' ? otherWord(row) : (row.value ?? 0) + row.step);

/** Below its step a time is halved; nothing becomes more by it. */
function lessOf(row: LimitRow): number | string | null {
	if (row.value === null) return null;
	if (typeof row.value === 'string') return otherWord(row);
	return row.value > row.step ? row.value - row.step : row.unit === 's' ? row.value / 2 : row.value;
}

function pressInPalette(dialog: Extract<Dialog, {kind: 'palette'}>, press: Press, state: ConsoleState): Pressed {
	const rows = paletteRows(state, dialog.text);
	const row = rows[dialog.cursor];
	if (press.key === 'enter') return row ? {dialog: null, effect: {kind: 'binding', id: row.id}} : {dialog};
	if (press.text === '' && press.key !== 'backspace') return {dialog: {...dialog, cursor: moved(dialog.cursor, press.key, rows.length)}};
	return {dialog: {...dialog, text: edited(dialog.text, press), cursor: 0}};
}

/** A text after a key: text is added, backspace takes one character, ctrl+u all. */
export function edited(text: string, press: Press): string {
	if (press.key === 'backspace') return [...text].slice(0, -1).join('');
	if (press.key === 'ctrl+u') return '';
	return text + press.text;
}

function moved(cursor: number, key: string, count: number): number {
	const by = {up: -1, down: 1, k: -1, j: 1, pageup: -10, pagedown: 10}[key] ?? 0;
	return Math.max(0, Math.min(count - 1, cursor + by));
}

function scrollOf(key: string): number {
	return {up: -1, down: 1, pageup: -10, pagedown: 10}[key] ?? 0;
}
