/** `holdpoint abandon`: gives a run up, with the reason; also when its project or database is gone. */
import {Refusal} from '../journal/refusal.ts';
import {createScrubber} from '../journal/scrub.ts';
import type {RunSummary} from '../journal/shapes/run.ts';
import {connectRoom} from '../room/client.ts';
import {readRoomFile, summarise} from '../room/run-folder.ts';
import {keepRun} from '../room/run-keeper.ts';
import {socketPath} from '../room/socket-path.ts';
import {readChosenRun, type ChosenRun} from './choose-run.ts';
import {textFlag, type Call, type Command} from './command.ts';

export const command: Command = {
	usage: 'abandon [RUN] --reason TEXT',
	says: 'Gives a run up, with the reason. Default: the newest open run of this project.',
	options: '--reason TEXT  why',
	flags: {reason: {type: 'string'}},
	words: 1,
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const reason = textFlag(call, 'reason')?.trim();
		if (!reason) throw new Refusal(2, 'To abandon a run needs its reason: --reason TEXT.');
		const chosen = readChosenRun(call);
		const {run, state} = chosen.state;
		if (state !== 'open') throw new Refusal(3, `Run ${run} is ${state} already.`);
		const summary = await abandon(call, chosen, reason);
		if (output.json) output.document(summary);
		output.text(`Run ${run} is ${summary.outcome ?? 'abandoned'}.`);
		return 0;
	},
};

/** By the room that is at work on it, else here: nothing but the journal is needed. */
async function abandon({settings}: Call, {state, folder}: ChosenRun, reason: string): Promise<RunSummary> {
	const room = readRoomFile(folder);
	const client = room && await connectRoom(room.socket, {by: settings.by});
	if (client) {
		try {
			return await client.ask<RunSummary>('abandon', {reason});
		} finally {
			client.close();
		}
	}
	if (settings.readOnly) throw new Refusal(3, 'With --read-only nothing is decided.');
	if (state.running) throw new Refusal(3, `The ${state.running.action} of run ${state.run} had not ended when its room did; \`holdpoint attach ${state.run}\` settles it first.`);
	const scrubber = createScrubber();
	const keeper = keepRun({stateDir: settings.stateDir, socket: socketPath(settings, state.target), run: {id: state.run}, scrub: value => scrubber.value(value), onEvent() {}});
	try {
		keeper.record('run-abandoned', settings.by, {reason});
		return summarise(keeper.state);
	} finally {
		keeper.close();
	}
}
