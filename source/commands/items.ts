/** `holdpoint items`: the checklist as it stands. */
import {Refusal} from '../journal/refusal.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {readChosenRun} from './choose-run.ts';
import type {Call, Command} from './command.ts';
import {describeCounts, describeItems} from './describe-items.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'items',
	says: 'The checklist as it stands: each item with its state, its id and what is known of it.',
	async run(call) {
		const {state, opened} = await lookAtState(call);
		const {output} = call;
		if (output.json) output.document({run: opened ? state.run : null, checklist: state.checklist, items: state.items, counts: state.counts});
		output.text(`${state.checklist.title}\n\n${describeItems(state.items, {width: output.columns})}\n\n${describeCounts(state.counts)}${opened ? ` in run ${state.run}` : '; no run is open yet'}`);
		return 0;
	},
};

/** Evidence is looked at anew. A run that is over, or that another process is at work on, is read from its folder. */
async function lookAtState(call: Call): Promise<{state: RunState; opened: boolean}> {
	if (call.settings.run !== null) {
		const {state} = readChosenRun(call);
		if (state.state !== 'open') return {state, opened: true};
	}
	try {
		return await withRoom(call, {}, client => client.ask('state', {refresh: true}));
	} catch (error) {
		if (!(error instanceof Refusal) || error.exit !== 3) throw error;
		call.output.talk(`${error.message} Shown as its journal has it.`);
		return {state: readChosenRun(call).state, opened: true};
	}
}
