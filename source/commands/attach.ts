/** `holdpoint attach`: opens a console on a run. */
import {Refusal} from '../journal/refusal.ts';
import {callForRun, readChosenRun} from './choose-run.ts';
import type {Command} from './command.ts';
import {openControlRoom, refuseWithoutTerminal} from './control-room.ts';

export const command: Command = {
	usage: 'attach [RUN]',
	says: 'Opens a console on a run, in the room that is at work on it or in a new one. Default: the newest open run of this project.',
	words: 1,
	needs: 'settings',
	async run(call) {
		refuseWithoutTerminal(call);
		const chosen = readChosenRun(call);
		const {run, state} = chosen.state;
		if (state !== 'open') throw new Refusal(3, `Run ${run} is ${state}; look at it with \`holdpoint show ${run}\`, \`holdpoint replay ${run}\` or \`holdpoint report ${run}\`.`);
		return openControlRoom(await callForRun(call, chosen));
	},
};
