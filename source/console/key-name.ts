/** The name of a key press as the keymap writes it, and the text that it types. */
import type {Key} from 'ink';

export interface Press {
	/** Such as `a`, `A`, `enter`, `ctrl+l`, `space`; empty for pasted text, which is never a command. */
	key: string;
	/** What it adds to a text field. */
	text: string;
	/** A text that came in one piece with the Enter after it, as from a clipboard or over a slow line. */
	enters?: boolean;
}

const named: [keyof Key, string][] = [
	['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageUp', 'pageup'], ['pageDown', 'pagedown'],
	['home', 'home'], ['end', 'end'], ['return', 'enter'], ['escape', 'esc'], ['backspace', 'backspace'], ['delete', 'backspace'],
];

/** Reads what Ink hands to `useInput`. */
export function keyName(input: string, key: Key): Press {
	if (key.tab) return {key: key.shift ? 'shift+tab' : 'tab', text: ''};
	const name = named.find(([flag]) => key[flag])?.[1];
	if (name) return {key: /^(left|right)$/.test(name) && (key.shift || key.ctrl) ? `${key.shift ? 'shift' : 'ctrl'}+${name}` : name, text: ''};
	if (key.ctrl) return {key: `ctrl+${input}`, text: ''};
	if (key.meta) return {key: `alt+${input}`, text: ''};
	const enters = /[^\r\n][\r\n]+$/.test(input);
	const text = (enters ? input.replace(/[\r\n]+$/, '') : input).replaceAll(/[\r\n\t]+/g, ' ').replaceAll(/[\u0000-\u001F\u007F]/g, '');
	return {key: [...input].length === 1 ? (input === ' ' ? 'space' : input) : '', text, ...(enters && {enters})};
}

const labels: Record<string, string> = {enter: 'Enter', tab: 'Tab', 'shift+tab': 'Shift+Tab', space: 'Space', esc: 'Esc', up: 'Up', down: 'Down', left: 'Left', right: 'Right', pageup: 'PgUp', pagedown: 'PgDn', home: 'Home', end: 'End', 'ctrl+l': 'Ctrl+L', 'ctrl+o': 'Ctrl+O', 'ctrl+c': 'Ctrl+C', 'ctrl+f': 'Ctrl+F', 'ctrl+b': 'Ctrl+B', 'shift+left': 'Shift+Left', 'shift+right': 'Shift+Right', 'ctrl+left': 'Ctrl+Left', 'ctrl+right': 'Ctrl+Right'};

/** A key's name as it stands on the keyboard. */
export function keyLabel(key: string): string {
	return labels[key] ?? key;
}
