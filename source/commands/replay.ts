/** `holdpoint replay`: the recorded live pane again. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {parseDuration} from '../config/durations.ts';
import {Refusal} from '../journal/refusal.ts';
import {openRecording} from '../monitor/recording.ts';
import {readChosenRun} from './choose-run.ts';
import {numberFlag, textFlag, type Command} from './command.ts';
import {describeSample} from './describe-sample.ts';

/** No gap of a recording is waited for longer. */
const longestPauseMs = 10_000;

export const command: Command = {
	usage: 'replay [RUN] [--from T] [--speed X]',
	says: 'The recorded live pane of a run again, reading by reading.',
	options: '--from T   from this time on: 2026-05-01T22:00:00Z, or so long after the run\'s start: 10min\n--speed X  so many times as fast as it was; without it, as fast as it can be read',
	flags: {from: {type: 'string'}, speed: {type: 'number'}},
	words: 1,
	needs: 'settings',
	async run(call) {
		const {output} = call;
		const speed = numberFlag(call, 'speed', {least: 0.01});
		const {state, folder} = readChosenRun(call);
		const from = parseMoment(textFlag(call, 'from'), state.startedAt);
		const file = path.join(folder, 'recording.db');
		if (!existsSync(file)) throw new Refusal(2, `Run ${state.run} has no recording.`);
		const recording = openRecording(file, {readOnly: true});
		let shown = 0;
		let last: number | null = null;
		try {
			for (const sample of recording.samples(from === undefined ? {} : {from})) {
				const at = Date.parse(sample.at);
				if (speed !== undefined && last !== null) await wait(Math.min(longestPauseMs, Math.max(0, (at - last) / speed)));
				last = at;
				if (output.json) output.line(sample);
				else output.text(`${describeSample(sample, {width: output.columns})}\n`);
				shown++;
			}
		} finally {
			recording.close();
		}
		if (shown === 0) output.talk(`Nothing was recorded in run ${state.run}${from === undefined ? '' : ` from ${from} on`}.`);
		return 0;
	},
};

/** ISO time of a moment. @throws Refusal 2 */
function parseMoment(text: string | undefined, start: string): string | undefined {
	if (text === undefined) return undefined;
	const after = parseDuration(text);
	const moment = after === null ? Date.parse(text) : Date.parse(start) + after;
	if (Number.isNaN(moment)) throw new Refusal(2, `--from is a time such as 2026-05-01T22:00:00Z, or a duration such as 10min, not ${JSON.stringify(text)}.`);
	return new Date(moment).toISOString();
}
