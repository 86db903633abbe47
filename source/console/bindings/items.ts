/** Keys for the item under the cursor: check, attest, waive, from wherever it is seen. */
import {confirmWords} from '../dialogs/words.ts';
import type {Binding} from '../keymap.ts';
import {currentItem, type ConsoleState} from '../state.ts';
import {line} from '../parts/line.ts';
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
	{id: 'attest', keys: ['t'], says: 'attest: put your name to it that the item holds', short: 'attest', group: 'checklist', refuse: onItem, run: doing => openForm(doing.state(), 'attest', doing.dispatch)},
	{id: 'waive', keys: ['w'], says: 'waive: let it stay unproven, with the reason', short: 'waive', group: 'checklist', refuse: onItem, run: doing => openForm(doing.state(), 'waive', doing.dispatch)},
];

function openForm(state: ConsoleState, command: 'attest' | 'waive', dispatch: Parameters<Binding['run']>[0]['dispatch']): void {
	const item = currentItem(state)!;
	const word = command === 'attest' ? {name: 'note', label: 'What you saw', done: 'attested'} : {name: 'reason', label: 'Reason', done: 'waived'};
	dispatch({
		type: 'dialog',
		dialog: {
			kind: 'form', title: command === 'attest' ? 'Attest that it holds' : 'Waive: it may stay unproven', cursor: 1,
			body: [line(item.text, 'strong'), ...(state.run ? confirmWords.place(state.run) : [])],
			fields: [{name: 'by', label: 'Your name', value: state.by, required: true}, {name: word.name, label: word.label, value: '', required: true}],
			command: {command, params: {item: item.id}, done: `${word.done}: ${item.text}`},
		},
	});
}
