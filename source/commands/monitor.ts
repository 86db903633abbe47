/** `holdpoint monitor`: the live pane alone, which creates nothing. */
import {Refusal} from '../journal/refusal.ts';
import type {RunState} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import {startSampler} from '../monitor/sampler.ts';
import {createPlanTables} from '../room/plan-tables.ts';
import {followOpenRun} from '../room/run-folder.ts';
import {linkTarget} from '../room/target-link.ts';
import {numberFlag, type Call, type Command} from './command.ts';
import {openControlRoom} from './control-room.ts';
import {describeSample} from './describe-sample.ts';
import {askPassword} from './with-room.ts';

const defaultIntervalSeconds = 2;

export const command: Command = {
	usage: 'monitor [--once] [--interval S] [--count N]',
	says: 'The live state of the target: sessions, blocking, locks, replication, progress, rates. On a terminal the live pane, else readings as text or JSON lines. Opens no run.',
	options: '--once        one reading\n--interval S  seconds between readings; default 2\n--count N     so many readings; default: until it is ended',
	flags: {once: {type: 'boolean'}, interval: {type: 'number'}, count: {type: 'number'}},
	async run(call) {
		const interval = numberFlag(call, 'interval', {least: 0.2}) ?? defaultIntervalSeconds;
		const count = call.flags['once'] === true ? 1 : numberFlag(call, 'count', {least: 1, whole: true}) ?? Infinity;
		const asked = ['once', 'interval', 'count'].some(flag => call.flags[flag] !== undefined && call.flags[flag] !== false);
		// On a terminal it is the console's own pane, in a room that lives and ends here and decides nothing.
		if (call.settings.interactive && !call.output.json && !asked) return openControlRoom({...call, settings: {...call.settings, readOnly: true}}, {mode: 'in-process', view: 'live', farewell: false});
		if (call.flags['once'] === true && call.flags['count'] !== undefined) throw new Refusal(2, 'Give --once or --count, not both.');
		return watch(call, {intervalMs: interval * 1000, count});
	},
};

async function watch(call: Call, {intervalMs, count}: {intervalMs: number; count: number}): Promise<number> {
	const {settings, environment, output} = call;
	const target = await linkTarget({settings, environment, scrubber: output.scrubber, askPassword: settings.interactive ? askPassword : null});
	let run: RunState | null = null;
	const openRun = followOpenRun(settings.stateDir, {project: settings.project, target: target.target});
	const migration = () => (run = openRun())?.running?.backend ?? null;
	const show = (sample: Sample) => {
		if (output.json) count === 1 ? output.document(sample) : output.line(sample);
		else output.text(`${describeSample(sample, {width: output.columns})}${count === 1 ? '' : '\n'}`);
	};
	const sampler = startSampler({connect: () => target.openSession('monitor'), intervalMs: null, migrationBackend: migration, tables: createPlanTables(() => run), standbys: settings.standbys, onSample: () => {}, onFailure: () => {}});
	try {
		if (count === 1) show(await sampler.once());
		else await repeat({call, once: () => sampler.once(), show, intervalMs, count});
		return 0;
	} finally {
		await sampler.stop();
		await target.close();
	}
}

/** A database that goes away is told once, and looked for again; a signal ends the watch in order. */
async function repeat({call, once, show, intervalMs, count}: {call: Call; once: () => Promise<Sample>; show: (sample: Sample) => void; intervalMs: number; count: number}): Promise<void> {
	let end: (() => void) | undefined;
	let ended = false;
	const stop = () => {
		ended = true;
		end?.();
	};
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
	process.stdout.on('error', stop);
	let failure = '';
	for (let taken = 0; taken < count && !ended;) {
		try {
			show(await once());
			taken++;
			failure = '';
		} catch (error) {
			if ((error as Error).message !== failure) call.output.talk(`holdpoint: ${(error as Error).message}`);
			failure = (error as Error).message;
		}
		if (taken < count && !ended) {
			await new Promise<void>(resolve => {
				end = resolve;
				setTimeout(resolve, intervalMs);
			});
		}
	}
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
}
