/** `holdpoint replay`: a recorded run again, on the control room's screen, or reading by reading. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {parseDuration} from '../config/durations.ts';
import {readJournal} from '../journal/file.ts';
import {Refusal} from '../journal/refusal.ts';
import {openRecording} from '../monitor/recording.ts';
import {readChosenRun, type ChosenRun} from './choose-run.ts';
import {numberFlag, textFlag, type Call, type Command, type Given} from './command.ts';
import {isAscii, refuseWithoutTerminal} from './control-room.ts';
import {describeSample} from './describe-sample.ts';
import {openTape} from './replay/tape.ts';

/** No gap of a recording is waited for longer. */
const longestPauseMs = 10_000;

export const command: Command = {
	usage: 'replay [RUN] [--from T] [--speed X]',
	says: 'A recorded run again: on a terminal on the control room\'s screen, else reading by reading. RUN is a run, or the path of its folder, which needs no project, no database and no room.',
	options: '--from T   from this time on: 2026-05-01T22:00:00Z, or so long after the run\'s start: 10min\n--speed X  so many times as fast as it was; default 1 on the screen (0.25 to 64), else as fast as it can be read',
	flags: {from: {type: 'string'}, speed: {type: 'number'}},
	words: 1,
	needs: given => (folderOf(given) === null ? 'settings' : 'nothing'),
	async run(call) {
		const speed = numberFlag(call, 'speed', {least: 0.01});
		const folder = folderOf(call);
		const run = folder === null ? readChosenRun(call) : readFolder(path.resolve(call.directory, folder));
		const from = parseMoment(textFlag(call, 'from'), run.state.startedAt);
		const file = path.join(run.folder, 'recording.db');
		if (!existsSync(file)) throw new Refusal(2, `Run ${run.state.run} has no recording: ${file} is not there.`);
		const given = {run, file, ...(from !== undefined && {from}), ...(speed !== undefined && {speed})};
		if (call.output.json || !isTerminal(call)) return print(call, given);
		return screen(call, given);
	},
};

interface Wanted {
	run: ChosenRun;
	/** The recording. */
	file: string;
	/** ISO time. */
	from?: string;
	speed?: number;
}

/** Each sample, when its time has come. */
async function print({output}: Call, {run, file, from, speed}: Wanted): Promise<number> {
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
	if (shown === 0) output.talk(`Nothing was recorded in run ${run.state.run}${from === undefined ? '' : ` from ${from} on`}.`);
	return 0;
}

async function screen(call: Call, {run, file, from, speed}: Wanted): Promise<number> {
	const {environment, output} = call;
	refuseWithoutTerminal({settings: {interactive: true}, environment});
	const tape = openTape(run, file);
	try {
		const {openReplay} = await import('../console/open.tsx');
		await openReplay({
			tape, ascii: isAscii(environment), color: output.color,
			...(from !== undefined && {from: Date.parse(from)}), ...(speed !== undefined && {speed}),
			...(run.damage !== null && {hello: `The journal is damaged, ${run.damage}: what follows there is not shown.`}),
		});
	} finally {
		tape.close();
	}
	return 0;
}

/** The path of a run's folder, where that was given instead of a run's name; null: it was not. */
function folderOf({input: [named]}: Given): string | null {
	return named !== undefined && /[/\\]|^\.\.?$/.test(named) ? named : null;
}

/** @throws Refusal 2, 5 */
function readFolder(folder: string): ChosenRun {
	const file = path.join(folder, 'events.jsonl');
	if (!existsSync(file)) throw new Refusal(2, `${folder} is no folder of a run: it has no events.jsonl; it is the one under runs/ in the state folder.`);
	const journal = readJournal(file);
	if (!journal.state) throw new Refusal(5, `The journal ${file} can't be read: ${journal.damage ?? 'it is empty'}.`);
	return {...journal, state: journal.state, folder};
}

function isTerminal({stdin, output, environment}: Call): boolean {
	return Boolean(stdin.isTTY && Number.isFinite(output.columns) && !environment['CI']);
}

/** ISO time of a moment. @throws Refusal 2 */
function parseMoment(text: string | undefined, start: string): string | undefined {
	if (text === undefined) return undefined;
	const after = parseDuration(text);
	const moment = after === null ? Date.parse(text) : Date.parse(start) + after;
	if (Number.isNaN(moment)) throw new Refusal(2, `--from is a time such as 2026-05-01T22:00:00Z, or a duration such as 10min, not ${JSON.stringify(text)}.`);
	return new Date(moment).toISOString();
}
