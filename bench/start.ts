/** How long people wait for a start. */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {median, type Section} from './figures.ts';
import {runHoldpoint, type Site} from './site.ts';
import {timeToFrame} from './terminal.ts';

export async function benchStart(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const project = await site.project('start');
	const hello = path.join(import.meta.dirname, 'hello.mjs');
	const rounds = quick ? 5 : 11;
	const times: Record<'node' | 'help' | 'hello' | 'frame', number[]> = {node: [], help: [], hello: [], frame: []};
	await runHoldpoint(site, project, ['room', 'start']);
	await writeFile(path.join(site.folder, 'empty.sql'), '');
	for (let round = 0; round < rounds; round++) {
		say(`round ${round + 1} of ${rounds}`);
		times.node.push(await timed([process.execPath, '-e', '0']));
		times.help.push(await timed([...site.holdpoint, '--help']));
		times.hello.push(await timeToFrame({argv: [process.execPath, hello], env: {NODE_ENV: 'production'}, ready: /Hello/, end: '\u0003'}));
		times.frame.push(await timeToFrame({argv: site.holdpoint, cwd: project.directory, env: site.environment, ready: /Code Review/, end: 'q'}));
	}
	await runHoldpoint(site, project, ['room', 'stop']);
	const [node, help, helloWorld, frame] = [times.node, times.help, times.hello, times.frame].map(median) as [number, number, number, number];
	return {
		title: 'Start',
		method: `${rounds} rounds, one of each in turn, medians. The first frame is that of the checklist with its items, of a room that is at work; Ink's hello-world is not bundled.`,
		columns: ['what', 'ms'],
		rows: [['`node -e 0`', node], ['`holdpoint --help`', help], ['Ink hello-world, first frame', helloWorld], ['control room, first frame', frame]],
		verdicts: [
			{goal: '`--help` ≤ `node -e 0` + 60 ms', found: `+ ${(help - node).toFixed(0)} ms`, reached: help - node <= 60},
			{goal: 'First frame ≤ an Ink hello-world + 250 ms, room already at work', found: `${frame >= helloWorld ? '+' : '−'} ${Math.abs(frame - helloWorld).toFixed(0)} ms`, reached: frame - helloWorld <= 250},
		],
	};

	async function timed(argv: readonly string[]): Promise<number> {
		const started = performance.now();
		await execa(argv[0]!, argv.slice(1), {cwd: project.directory, env: site.environment, stdin: 'ignore'});
		return performance.now() - started;
	}
}
