/** A day of samples: the memory of a room that takes them, and what they are on disk. */
import {execa} from 'execa';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {connectRoom} from '../source/room/client.ts';
import type {Section} from './figures.ts';
import {readTrees} from './process-tree.ts';
import {openLoad, runHoldpoint, type Site} from './site.ts';

/** At the calm pace, a sample every two seconds. */
const samplesAnHour = 1800;
const sessionCounts = [50, 500] as const;

export async function benchDay(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const hours = quick ? [1, 2, 3] : [1, 2, 6, 12, 18, 24];
	const rooms: number[][] = [];
	for (const sessions of sessionCounts) {
		say(`${hours.at(-1)! * samplesAnHour} samples of ${sessions} sessions`);
		rooms.push(await watchRoom(site, {sessions, hours}));
	}
	say('86,400 samples of 60 sessions that change');
	const {stdout} = await execa(process.execPath, [path.join(import.meta.dirname, 'day-of-samples.ts'), path.join(site.folder, 'day.db')]);
	const recorded = stdout.trim().split('\n').map(Number);
	const [early, last] = [rooms.at(-1)![1]!, rooms.at(-1)!.at(-1)!];
	const inMB = (mebibytes: number) => mebibytes * 2 ** 20 / 1e6;
	return {
		title: 'A day',
		method: `A real room with its run open, watched by one console, that takes ${hours.at(-1)} hours of samples, ${samplesAnHour} an hour, from the server, with so many sessions on it, a fifth of them at work. Simulated is the pace: between two samples it makes no pause of 2 s, so that this is a matter of minutes; what it does each second all the same, it did less often. The recording is that of a made-up server in its worst case, which no room took: a sample a second, 60 sessions at work, of which figures, queries and order change each time.`,
		columns: ['after hours', ...sessionCounts.map(sessions => `room, ${sessions} sessions, resident MiB`), 'recording MB'],
		rows: hours.map((hour, index) => [String(hour), ...rooms.map(room => room[index]!), recorded[hour - 1]! / 1e6]),
		verdicts: [
			{goal: `Memory of a room with ${sessionCounts.at(-1)} sessions flat and ≤ 120 MB`, found: `${inMB(early).toFixed(0)} MB after two hours, ${inMB(last).toFixed(0)} after ${hours.at(-1)}`, reached: last < early * 1.1 && inMB(last) <= 120},
			{goal: 'Recording ≤ 300 MB', found: `${(recorded.at(-1)! / 1e6).toFixed(0)} MB`, reached: recorded.at(-1)! <= 300e6},
		],
	};
}

/** What the packed room holds in memory after so many hours' worth of samples, in MiB. */
async function watchRoom(site: Site, {sessions, hours}: {sessions: number; hours: number[]}): Promise<number[]> {
	const project = await site.project(`day${sessions}`);
	await runHoldpoint(site, project, ['plan']);
	const load = await openLoad(site.cluster, `day${sessions}`, sessions);
	// A room is started with the options of the runtime that its starter was started with.
	const [runtime, ...entry] = site.holdpoint;
	const hurried = {...site, holdpoint: [runtime!, '--import', path.join(import.meta.dirname, 'hurried-room.mjs'), ...entry]};
	await runHoldpoint(hurried, project, ['room', 'start']);
	const {pid, socket} = JSON.parse((await runHoldpoint(site, project, ['room', 'status', '--json'])).stdout) as {pid: number; socket: string};
	const console = (await connectRoom(socket, {by: 'bench'}))!;
	const resident: number[] = [];
	let samples = 0;
	console.listen(({push}) => {
		if (push === 'sample' && ++samples === hours[resident.length]! * samplesAnHour) resident.push(readTrees([pid]).residentMiB);
	});
	await console.ask('attach');
	const over = console.gone.then(reason => {
		throw new Error(`the room has ended: ${reason}`);
	});
	for (let [before, looks] = [0, 0]; resident.length < hours.length; looks++) {
		await Promise.race([wait(1000), over]);
		if (looks % 60 === 59 && samples < before + 100) throw new Error(`the room takes its samples at ${samples - before} a minute`);
		if (looks % 60 === 59) before = samples;
	}
	over.catch(() => {});
	console.close();
	await runHoldpoint(site, project, ['room', 'stop']);
	await load.end();
	return resident;
}
