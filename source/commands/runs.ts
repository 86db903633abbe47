/** `holdpoint runs`: the runs of this machine, newest last. */
import {listRunIds, summarise} from '../room/run-folder.ts';
import {readRuns} from './choose-run.ts';
import type {Command} from './command.ts';
import {formatTable} from './table.ts';

export const command: Command = {
	usage: 'runs',
	says: 'The runs in the state folder of this machine, newest last.',
	needs: 'settings',
	async run({settings, output}) {
		const runs = readRuns(settings.stateDir);
		const unreadable = listRunIds(settings.stateDir).filter(id => !runs.some(run => run.state.run === id));
		if (unreadable.length > 0) output.talk(`Their journals can't be read: ${unreadable.join(', ')}; \`holdpoint verify RUN\` says why.`);
		const summaries = runs.map(run => summarise(run.state));
		if (output.json) output.document(summaries);
		const rows = summaries.map(({run, state, target, items, outcome}) => {
			const satisfied = items.passed + items.warned + items.attested + items.waived + items['not-applicable'];
			return [run, state, `${target.host}:${target.port}/${target.database}`, `${satisfied}/${items.total}`, outcome ?? ''];
		});
		output.text(rows.length > 0 ? formatTable([['run', 'state', 'target', 'items', 'outcome'], ...rows], {width: output.columns}) : `There is no run in ${settings.stateDir}.`);
		return 0;
	},
};
