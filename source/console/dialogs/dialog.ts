/** What can lie over the screen, one at a time: one value of a union, never a row of flags. */
import type {Line} from '../parts/line.ts';
import type {PaneId} from '../state.ts';

/** A command for the room that a dialog leads to. */
export interface Command {
	command: string;
	params: Record<string, unknown>;
	/** What the message line says when the room has accepted it. */
	done: string;
}

/** What follows from a choice. */
export type Consequence = {kind: 'command'; command: Command} | {kind: 'binding'; id: string} | {kind: 'dialog'; dialog: Dialog} | {kind: 'leave'} | {kind: 'nothing'};

export interface Choice {
	key: string;
	says: string;
	then: Consequence;
	danger?: boolean;
}

/** Shows what will happen and asks; Enter alone never does it. */
export interface Confirm {
	kind: 'confirm';
	title: string;
	body: readonly Line[];
	/** First row of the body that is seen. */
	top: number;
	/** Why it can't be confirmed as things stand: it is only shown. */
	refused?: string;
	/** The word to type; absent: `y` is enough. */
	typed?: {want: string; text: string};
	/** What `y`, or Enter after the word, does. */
	says: string;
	command: Command;
}

/** Asks for one of several ways; Esc goes back to where one was. */
export interface Choose {
	kind: 'choose';
	title: string;
	body: readonly Line[];
	choices: readonly Choice[];
}

/** Picks a row of a short list, such as the revision to go to. */
export interface Pick {
	kind: 'pick';
	title: string;
	body: readonly Line[];
	rows: readonly {value: string; line: Line}[];
	cursor: number;
	/** Id of what continues with the value; see `bindings/flows.ts`. */
	then: 'upgrade-to' | 'downgrade-to';
}

export interface Field {
	name: string;
	label: string;
	value: string;
	required: boolean;
}

/** Text to be typed, one field a line. */
export interface Form {
	kind: 'form';
	title: string;
	body: readonly Line[];
	fields: readonly Field[];
	cursor: number;
	/** The fields' values are added to its params under their names. */
	command: Command;
}

/** A long text to be read, with what may be done about it. */
export interface TextDialog {
	kind: 'text';
	title: string;
	body: readonly Line[];
	/** First row of the body that is seen. */
	top: number;
	/** What `y` copies. */
	copy: string;
	keys: readonly Choice[];
}

export interface LimitRow {
	/** As in holdpoint.yaml. */
	key: string;
	label: string;
	unit: string;
	/** Null: off; a text: one of `words`. */
	value: number | string | null;
	step: number;
	words?: readonly string[];
}

/** The guard's limits, changed by + and -. */
export interface Limits {
	kind: 'limits';
	rows: readonly LimitRow[];
	cursor: number;
}

export type Dialog =
	| Confirm
	| Choose
	| Pick
	| Form
	| Limits
	| TextDialog
	| {kind: 'palette'; text: string; cursor: number}
	| {kind: 'filter'; text: string; pane: PaneId}
	| {kind: 'help'; top: number}
	/** Whom to call, over whatever was open, which comes back behind it. */
	| {kind: 'contacts'; under: Dialog};
