/** A day of samples through what keeps them: the room's memory and the recording's size. */
import {execa} from 'execa';
import path from 'node:path';
import type {Section} from './figures.ts';
import type {Site} from './site.ts';

interface Hour {
	hour: number;
	residentMiB: number;
	heapMiB: number;
	recordingMB: number;
}

export async function benchDay(site: Site, {say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	say('86,400 samples of 60 sessions');
	// Without tsx, whose own memory would be counted: Node takes the types away by itself.
	const {stdout} = await execa(process.execPath, [path.join(import.meta.dirname, 'day-of-samples.ts'), path.join(site.folder, 'day.db')]);
	const hours = stdout.trim().split('\n').map(line => JSON.parse(line) as Hour);
	const [early, last] = [hours.find(each => each.hour === 2)!, hours.at(-1)!];
	const shown = hours.filter(each => [1, 2, 6, 12, 18, 24].includes(each.hour));
	return {
		title: 'A day',
		method: 'A sample a second for 24 hours, as fast as they go, through what a room keeps of them: the figures of the last ten minutes, the alarms, the recording and its figures, in a process of its own. 60 sessions whose figures, queries and order change from sample to sample.',
		columns: ['after hours', 'resident MiB', 'heap in use MiB', 'recording MB'],
		rows: shown.map(each => [String(each.hour), each.residentMiB, each.heapMiB, each.recordingMB]),
		verdicts: [
			{goal: 'Memory flat and ≤ 120 MB', found: `${early.heapMiB.toFixed(0)} MiB of heap after two hours, ${last.heapMiB.toFixed(0)} after 24; ${last.residentMiB.toFixed(0)} MiB resident`, reached: last.heapMiB < early.heapMiB * 1.2 + 5 && last.residentMiB <= 120},
			{goal: 'Recording ≤ 300 MB', found: `${last.recordingMB.toFixed(0)} MB`, reached: last.recordingMB <= 300},
		],
	};
}
