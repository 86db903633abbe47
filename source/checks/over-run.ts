/** What the recorded samples say of the time of the upgrade: the most, and when. */
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import type {Look} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needUpgrade, type Upgraded} from './needed.ts';
import {count} from './verdict.ts';

export interface OverRun {
	from: string;
	to: string;
	/** Oldest first; never empty. */
	samples: Sample[];
	/** Such as `in 14 samples over the upgrade (13.2 s)`. */
	words: string;
}

export interface Peak {
	value: number;
	/** ISO 8601. */
	at: string;
	/** Who or what it was. */
	what: string;
}

/** Null before a finished upgrade, and where nothing was recorded while it ran: a reading of now has to do then. */
export function readOverRun(look: Look): OverRun | null {
	let upgrade: Upgraded;
	try {
		upgrade = needUpgrade(look);
	} catch {
		return null;
	}
	const {startedAt: from, finishedAt: to} = upgrade;
	if (from === null || to === null) return null;
	const samples = [...look.recorded({from, to})];
	return samples.length === 0 ? null : {from, to, samples, words: `in ${count(samples.length, 'sample')} over the upgrade (${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s)`};
}

/** The largest value of all samples with its time; null where no sample has one. */
export function peakOf({samples}: OverRun, values: (sample: Sample) => readonly {value: number | null; what: string}[]): Peak | null {
	let peak: Peak | null = null;
	for (const sample of samples) {
		for (const {value, what} of values(sample)) if (value !== null && (peak === null || value > peak.value)) peak = {value, what, at: sample.at};
	}
	return peak;
}

/** Time of the day, as the live pane shows it. */
export function timeOf(at: string): string {
	return at.slice(11, 19);
}

/** One line for each sample that has something to say. */
export function samplesEvidence(title: string, {samples, words}: OverRun, line: (sample: Sample) => string | null): Evidence {
	const lines = samples.flatMap(sample => {
		const text = line(sample);
		return text === null ? [] : [`${sample.at} ${text}`];
	});
	return noteEvidence(`${title} ${words}`, [...lines, ...samples.at(-1)!.hidden]);
}
