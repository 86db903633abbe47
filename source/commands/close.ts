/** `holdpoint close`: closes a run and keeps its report. */
import {Refusal} from '../journal/refusal.ts';
import {unmetItems} from '../journal/shapes/item.ts';
import type {RunSummary} from '../journal/shapes/run.ts';
import {callForRun, readChosenRun} from './choose-run.ts';
import type {Command} from './command.ts';
import {withRoom} from './with-room.ts';

export const command: Command = {
	usage: 'close [RUN]',
	says: 'Closes a run: it is done, and its report is kept. Default: the newest open run of this project.',
	words: 1,
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const chosen = readChosenRun(call);
		const {run, state} = chosen.state;
		if (state !== 'open') throw new Refusal(3, `Run ${run} is ${state} already.`);
		const unmet = unmetItems(chosen.state.items, 'close');
		if (unmet.length > 0) output.talk(`Closed with ${unmet.length} ${unmet.length === 1 ? 'item' : 'items'} not satisfied: ${unmet.slice(0, 5).map(item => item.id).join(', ')}${unmet.length > 5 ? ', …' : ''}.`);
		const summary = await withRoom(await callForRun(call, chosen), {acts: true}, client => client.ask<RunSummary>('close'));
		if (output.json) output.document(summary);
		output.text(`Run ${run} is closed: ${summary.outcome ?? 'done'}. \`holdpoint report ${run}\` shows its report.`);
		return 0;
	},
};
