/** The key for the line of a shell block under the cursor: it starts what holdpoint does for it, which asks as it always does. */
import {destructiveWord} from '../../journal/block-commands.ts';
import type {Block} from '../../journal/shapes/block.ts';
import type {RunState} from '../../journal/shapes/run.ts';
import type {Confirm} from '../dialogs/dialog.ts';
import {confirmWords} from '../dialogs/words.ts';
import type {Binding} from '../keymap.ts';
import {line} from '../parts/line.ts';
import {currentStep} from '../panels/checklist/steps.ts';
import {inProduction} from '../state.ts';
import {ask} from './reasons.ts';

export const stepKeys: Binding[] = [{
	id: 'run-step', keys: ['!'], says: 'start what a line of a shell block asks for; a block of your own is shown and runs whole', short: 'run line', group: 'checklist',
	when: state => Boolean(currentStep(state)),
	refuse: state => ask(state) ?? (currentStep(state)?.starts ? undefined : currentStep(state)?.summary),
	run(doing) {
		const state = doing.state();
		const step = currentStep(state);
		if (!step?.starts || !state.run) return;
		switch (step.starts.kind) {
			case 'action': return doing.start(step.starts.action);
			case 'check': return doing.ask({command: 'check', params: {items: [step.starts.item]}, done: `checked: ${step.command}`});
			case 'block': return doing.dispatch({type: 'dialog', dialog: step.state === 'running' ? confirmEnd(state.run, step.block) : confirmBlock(state.run, step.block, inProduction(state))});
			default: step.starts satisfies never;
		}
	},
}];

/** The exact text, and what becomes of it; one that could destroy something wants the database's name in production. */
function confirmBlock(run: RunState, block: Block, production: boolean): Confirm {
	const word = destructiveWord(block);
	return {
		kind: 'confirm', top: 0, title: `Run the block ${block.id}`, says: 'run it',
		body: [
			...confirmWords.place(run), ...block.text.split('\n').map(text => line(text, 'strong')), [],
			line(`bash -euo pipefail, in ${run.project}. It goes on when this terminal closes; what it prints is kept as evidence.`, 'dim'),
			...(word === null ? [] : [line(`! it has ${JSON.stringify(word)} in it, which may destroy something`, 'bad')]),
			line('holdpoint does not know what it does: no guard watches it, and nothing of it is taken back.', 'warn'),
		],
		...(word !== null && production && {typed: {want: run.target.database, text: ''}}),
		command: {command: 'run-block', params: {block: block.id, sha256: block.sha256, confirmed: true}, done: `the block ${block.id} has ended; Enter shows what it printed`},
	};
}

function confirmEnd(run: RunState, {id}: Block): Confirm {
	return {
		kind: 'confirm', top: 0, title: `End the block ${id}`, says: 'end it', body: [...confirmWords.place(run), line('It is ended with everything that it started; what it has done stays.')],
		command: {command: 'end-block', params: {block: id}, done: `the block ${id} was told to end`},
	};
}
