/** Attaching to a run with a long record. */
import {openSync, writeSync, closeSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {hashLine} from '../source/journal/file.ts';
import {median, type Section} from './figures.ts';
import {runHoldpoint, type Site} from './site.ts';
import {timeToFrame} from './terminal.ts';

const events = 100_000;

export async function benchAttach(site: Site, {quick, say}: {quick: boolean; say: (text: string) => void}): Promise<Section> {
	const rounds = quick ? 3 : 7;
	const project = await site.project('attached');
	await runHoldpoint(site, project, ['plan']);
	const {run} = JSON.parse((await runHoldpoint(site, project, ['items', '--json'])).stdout) as {run: string};
	lengthen(path.join(project.stateDir, 'runs', run, 'events.jsonl'));
	const started = performance.now();
	await runHoldpoint(site, project, ['room', 'start']);
	const roomSeconds = (performance.now() - started) / 1000;
	const times: number[] = [];
	for (let round = 0; round < rounds; round++) {
		say(`round ${round + 1} of ${rounds}`);
		times.push(await timeToFrame({argv: site.holdpoint, cwd: project.directory, env: site.environment, ready: /Code Review/, end: 'q'}) / 1000);
	}
	await runHoldpoint(site, project, ['room', 'stop']);
	return {
		title: 'Attach',
		method: `A run whose journal has ${events.toLocaleString('en')} events; its room is at work; from the start of the console's process to the frame with the checklist, ${rounds} rounds, median.`,
		columns: ['what', 's'],
		rows: [['a room opens the run and reads it', roomSeconds], ['attach', median(times)]],
		verdicts: [{goal: 'Attach to a run with 100,000 events ≤ 0.5 s', found: `${median(times).toFixed(2)} s`, reached: median(times) <= 0.5}],
	};
}

/** Appends statements to the chain, as a very long migration would. */
function lengthen(file: string): void {
	const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
	let last = lines.at(-1)!;
	let {seq} = JSON.parse(last) as {seq: number};
	const out = openSync(file, 'a');
	let text = '';
	while (seq < events) {
		seq++;
		last = JSON.stringify({seq, at: new Date().toISOString(), kind: 'statement-finished', by: 'holdpoint', previous: hashLine(last), number: seq, statement: {sql: `UPDATE orders SET note = 'x' WHERE id BETWEEN ${seq} AND ${seq + 1000}`, seconds: 0.01, rows: 1000, revision: 'a1'}});
		text += `${last}\n`;
	}
	writeSync(out, text);
	closeSync(out);
}
