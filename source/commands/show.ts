/** `holdpoint show`: the state of a run, read from its journal. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import {waysBack} from '../journal/way-back.ts';
import {openRecording} from '../monitor/recording.ts';
import {readChosenRun} from './choose-run.ts';
import type {Command} from './command.ts';
import {describeRun} from './describe-run.ts';

export const command: Command = {
	usage: 'show [RUN]',
	says: 'The state of a run: target, path, items, plan, actions, who is attached. Default: the newest open run of this project.',
	words: 1,
	needs: 'settings',
	async run(call) {
		const {state, damage, torn, folder} = readChosenRun(call);
		if (damage) call.output.talk(`The journal is damaged: ${damage}; shown is what stands before that.`);
		else if (torn) call.output.talk('The last line of the journal is torn and does not count.');
		const wayBack = waysBack(state, {atMs: Date.now(), walPosition: lastWalPosition(path.join(folder, 'recording.db'))});
		if (call.output.json) call.output.document({...state, wayBack});
		call.output.text(describeRun(state, {width: call.output.columns, wayBack}));
		return 0;
	},
};

/** As last recorded, within this hour: show asks no server. */
function lastWalPosition(file: string): number | null {
	if (!existsSync(file)) return null;
	const recording = openRecording(file, {readOnly: true});
	try {
		return [...recording.samples({from: new Date(Date.now() - 3_600_000).toISOString()})].at(-1)?.walPosition ?? null;
	} finally {
		recording.close();
	}
}
