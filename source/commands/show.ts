/** `holdpoint show`: the state of a run, read from its journal. */
import {readChosenRun} from './choose-run.ts';
import type {Command} from './command.ts';
import {describeRun} from './describe-run.ts';

export const command: Command = {
	usage: 'show [RUN]',
	says: 'The state of a run: target, path, items, plan, actions, who is attached. Default: the newest open run of this project.',
	words: 1,
	needs: 'settings',
	async run(call) {
		const {state, damage, torn} = readChosenRun(call);
		if (damage) call.output.talk(`The journal is damaged: ${damage}; shown is what stands before that.`);
		else if (torn) call.output.talk('The last line of the journal is torn and does not count.');
		if (call.output.json) call.output.document(state);
		call.output.text(describeRun(state, {width: call.output.columns}));
		return 0;
	},
};
