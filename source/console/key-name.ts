/** The name of a key press as the keymap writes it, and the text that it types. */
import type {Key} from 'ink';

export interface Press {
	/** Such as `a`, `A`, `enter`, `ctrl+l`, `space`; empty for pasted text, which is never a command. */
	key: string;
	/** What it adds to a text field. */
	text: string;
}

const named: [keyof Key, string][] = [
	['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'], ['pageUp', 'pageup'], ['pageDown', 'pagedown'],
	['home', 'home'], ['end', 'end'], ['return', 'enter'], ['escape', 'esc'], ['backspace', 'backspace'], ['delete', 'backspace'],
];

/** Reads what Ink hands to `useInput`. */
export function keyName(input: string, key: Key): Press {
	if (key.tab) return {key: key.shift ? 'shift+tab' : 'tab', text: ''};
	const name = named.find(([flag]) => key[flag])?.[1];
	if (name) return {key: name, text: ''};
	if (key.ctrl) return {key: `ctrl+${input}`, text: ''};
	if (key.meta) return {key: `alt+${input}`, text: ''};
	const text = input.replaceAll(/[\r\n\t]+/g, ' ').replaceAll(/[\u0000-\u001F\u007F]/g, '');
	return {key: [...input].length === 1 ? (input === ' ' ? 'space' : input) : '', text};
}
