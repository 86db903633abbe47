/** Keys for the item under the cursor: check, attest, waive, from wherever it is seen. */
import type {Item} from '../../journal/shapes/item.ts';
import type {Dialog} from '../dialogs/dialog.ts';
import {confirmWords} from '../dialogs/words.ts';
import type {Binding} from '../keymap.ts';
import {currentItem, type ConsoleState} from '../state.ts';
import {line, type Line} from '../parts/line.ts';
import {onItem} from './reasons.ts';

export const itemKeys: Binding[] = [
	{
		id: 'check', keys: ['enter'], pane: 'detail', says: 'run the check of this item', short: 'check', group: 'checklist',
		refuse: state => onItem(state) ?? (currentItem(state)!.check ? undefined : 'no check is bound to this item: t attests it with your name, w waives it'),
		run(doing) {
			const item = currentItem(doing.state())!;
			doing.ask({command: 'check', params: {items: [item.id]}, done: `checked: ${item.text}`});
		},
	},
	{id: 'attest', keys: ['t'], says: 'attest: put your name to it that the item holds', short: 'attest', group: 'checklist', refuse: onItem, run: doing => doing.dispatch({type: 'dialog', dialog: attestDialog(doing.state(), currentItem(doing.state())!)})},
	{id: 'waive', keys: ['w'], says: 'waive: let it stay unproven, with the reason', short: 'waive', group: 'checklist', refuse: onItem, run: doing => doing.dispatch({type: 'dialog', dialog: wordDialog(doing.state(), currentItem(doing.state())!, {command: 'waive'})})},
];

/** A form for a person's word that an item holds; `about`: what it is about, besides the item itself. */
export function attestDialog(state: ConsoleState, item: Item, about: readonly Line[] = []): Dialog {
	return wordDialog(state, item, {command: 'attest', about});
}

function wordDialog(state: ConsoleState, item: Item, {command, about = []}: {command: 'attest' | 'waive'; about?: readonly Line[]}): Dialog {
	const word = command === 'attest' ? {name: 'note', label: 'What you saw', done: 'attested'} : {name: 'reason', label: 'Reason', done: 'waived'};
	return {
		kind: 'form', title: command === 'attest' ? 'Attest that it holds' : 'Waive: it may stay unproven', cursor: 1,
		body: [line(item.text, 'strong'), ...about, ...(state.run ? confirmWords.place(state.run) : [])],
		fields: [{name: 'by', label: 'Your name', value: state.by, required: true}, {name: word.name, label: word.label, value: '', required: true}],
		command: {command, params: {item: item.id}, done: `${word.done}: ${item.text}`},
	};
}
