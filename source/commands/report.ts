/** `holdpoint report`: the ticked checklist with its evidence. */
import {existsSync, readFileSync} from 'node:fs';
import {renderHtmlReport} from '../checklist/report-html.ts';
import {renderReport} from '../checklist/report.ts';
import {Refusal} from '../journal/refusal.ts';
import type {RunState} from '../journal/shapes/run.ts';
import {relocated} from '../journal/verify.ts';
import {readChosenRun} from './choose-run.ts';
import {choiceFlag, type Command} from './command.ts';
import {readCharts} from './report-charts.ts';

export const command: Command = {
	usage: 'report [RUN] [--format markdown|html|json]',
	says: 'The report of a run: what was done to which database, and its checklist, ticked, with evidence and names.',
	options: '--format F  markdown (default), html (one page that loads and runs nothing) or json',
	flags: {format: {type: 'string'}},
	words: 1,
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const format = choiceFlag(call, 'format', ['markdown', 'html', 'json'] as const) ?? (output.json ? 'json' : 'markdown');
		const {state, folder, events} = readChosenRun(call);
		if (format === 'json') output.document(state);
		else if (format === 'html') output.raw(renderHtmlReport(state, readPinned(state, folder), readCharts(events, folder)));
		else output.raw(renderReport(state, readPinned(state, folder)));
		return 0;
	},
};

/** The checklist that the run follows, as it was kept when the run was opened. @throws Refusal 5 when that is gone */
function readPinned(state: RunState, folder: string): string {
	const kept = state.artifacts.find(artifact => artifact.sha256 === state.checklist.sha256);
	const file = kept ? relocated(kept.path, folder) : state.checklist.path;
	if (!existsSync(file)) throw new Refusal(5, `The checklist that run ${state.run} follows is not there any more: ${file}; \`holdpoint report --format json\` has what is known.`);
	return readFileSync(file, 'utf8');
}
