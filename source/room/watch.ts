/** Watches the target for the room: samples into the ring and the recording, alarms into the journal, everything to the consoles. */
import path from 'node:path';
import type {Sample} from '../journal/shapes/sample.ts';
import {decideAlarms, noAlarms, type AlarmChange, type AlarmState} from '../monitor/alarms.ts';
import {openHistory, type History} from '../monitor/history.ts';
import {openRecording, type Recording} from '../monitor/recording.ts';
import {startSampler, type Sampler} from '../monitor/sampler.ts';
import {pointOf, type Point} from '../monitor/series.ts';
import {createPlanTables} from './plan-tables.ts';
import type {Push} from './protocol.ts';
import type {RunKeeper} from './run-keeper.ts';
import type {TargetLink} from './target-link.ts';
import type {Settings} from '../config/settings.ts';

/** The figures of so many samples a console gets at attach; a whole sample of a busy server is 100 kB. */
const ringLength = 600;
const calmIntervalMs = 2000;
const busyIntervalMs = 1000;

export interface Watch {
	/** The newest, however old. */
	readonly last: Sample | null;
	/** Figures of the latest samples, newest last. */
	readonly points: readonly Point[];
	/** Recorded figures; null before the run is opened. */
	readonly history: History | null;
	/** The newest sample, if it is not older than three intervals. */
	fresh(): Sample | null;
	/** Samples while somebody looks or something runs; twice as often while an action runs. */
	run(need: 'no' | 'calm' | 'busy'): void;
	/** Hears each sample; returns the function that ends that. */
	onSample(listener: (sample: Sample) => void): () => void;
	/** One reading, now. */
	once(): Promise<Sample>;
	/** From the opening of the run on, samples are recorded. */
	recordInto(folder: string): void;
	/** What the run recorded between two ISO times, oldest first. */
	recorded(range: {from: string; to: string}): Iterable<Sample>;
	stop(): Promise<void>;
}

export interface WatchOptions {
	settings: Settings;
	target: TargetLink;
	keeper: () => RunKeeper;
	tell: (push: Push) => void;
}

export function createWatch({settings, target, keeper, tell}: WatchOptions): Watch {
	const points: Point[] = [];
	let last: Sample | null = null;
	let history: History | null = null;
	const listeners = new Set<(sample: Sample) => void>();
	let alarms: AlarmState = noAlarms;
	let recording: Recording | null = null;
	let sampler: Sampler | null = null;
	let need: 'no' | 'calm' | 'busy' = 'no';
	let blind = false;
	let unrecorded = false;

	const judge = (sample: Sample | null, failure: {error: string; since: string} | null) => {
		const change = decideAlarms(alarms, {sample, failure, policy: keeper().state.guard, standbys: settings.standbys, pinned: keeper().state.target});
		alarms = change.state;
		return change;
	};
	const note = ({raised, cleared}: AlarmChange) => {
		// Who only looks leaves no trace.
		if (!keeper().opened || settings.readOnly) return;
		for (const alarm of raised) keeper().record('alarm-raised', 'holdpoint', {alarm});
		for (const alarm of cleared) keeper().record('alarm-cleared', 'holdpoint', {alarm});
	};
	const onFailure = (error: string, since: string) => {
		blind = true;
		tell({push: 'blind', error, since});
		note(judge(null, {error, since}));
	};
	/** Told once, and once more when samples are kept again: a recording never stops a run. */
	const tellUnrecorded = (problem: string | null) => {
		if ((problem !== null) === unrecorded) return;
		unrecorded = problem !== null;
		tell({push: 'activity', activity: {work: 'recording', ...(problem === null ? {text: 'samples are recorded again', done: true} : {text: `${problem} The run goes on; this time will be a gap in its replay.`})}});
	};
	const take = (read: Sample) => {
		blind = false;
		const change = judge(read, null);
		const sample: Sample = {...read, alarms: [...change.alarms]};
		last = sample;
		points.push(pointOf(sample));
		if (points.length > ringLength) points.shift();
		tellUnrecorded(recording?.append(sample) ?? null);
		history?.append(sample);
		tell({push: 'sample', sample});
		note(change);
		for (const listener of listeners) listener(sample);
	};
	const options = {connect: () => target.openSession('monitor'), migrationBackend: () => keeper().state.running?.backend ?? null, tables: createPlanTables(() => keeper().state), standbys: settings.standbys};
	return {
		get last() {
			return last;
		},
		points,
		get history() {
			return history;
		},
		fresh() {
			return last && !blind && Date.now() - Date.parse(last.at) < 3 * calmIntervalMs ? last : null;
		},
		run(wanted) {
			if (wanted === need) return;
			need = wanted;
			if (wanted === 'no') {
				void sampler?.stop();
				sampler = null;
				return;
			}
			const intervalMs = wanted === 'busy' ? busyIntervalMs : calmIntervalMs;
			if (sampler) sampler.setInterval(intervalMs);
			else sampler = startSampler({...options, intervalMs, onSample: take, onFailure});
		},
		onSample(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		async once() {
			if (sampler) return sampler.once();
			const single = startSampler({...options, intervalMs: null, onSample: take, onFailure});
			try {
				return await single.once();
			} finally {
				await single.stop();
			}
		},
		recordInto(folder) {
			recording ??= openRecording(path.join(folder, 'recording.db'));
			history ??= openHistory(path.join(folder, 'recording.db'));
		},
		recorded: range => recording?.samples(range) ?? [],
		async stop() {
			need = 'no';
			await sampler?.stop();
			sampler = null;
			recording?.close();
			recording = null;
			history?.close();
			history = null;
		},
	};
}
