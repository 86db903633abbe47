/** What of a sample deserves a bell: alarms that are raised once, stay while it is so, and are cleared once. */
import type {Alarm, GuardPolicy} from '../journal/shapes/run.ts';
import type {Sample} from '../journal/shapes/sample.ts';
import {alarmRules, isSlow, type Pinned, type Sign} from './alarm-rules.ts';

export interface AlarmState {
	alarms: readonly Alarm[];
	/** What the last half minute or so without a migration had of rollbacks a second; null before it is known. */
	calmRollbacks: number | null;
	/** The same of a transaction's mean busy time, in milliseconds. */
	calmBusyMs: number | null;
	/** ISO time of the first of the samples running in which it was far above that; null: it is not. */
	slowSince: string | null;
}

export const noAlarms: AlarmState = {alarms: [], calmRollbacks: null, calmBusyMs: null, slowSince: null};

/** Weight of a sample in the mean of the calm ones: at one or two seconds each, the latest twenty count. */
const calmWeight = 0.1;

export interface AlarmInput {
	/** The new sample, or null when the poll failed. */
	sample: Sample | null;
	failure: {error: string; since: string} | null;
	policy: GuardPolicy;
	/** application_name of each standby that must be there. */
	standbys: readonly string[];
	/** The server that the run is pinned to. */
	pinned?: Pinned;
	/** ISO time of a failed poll's alarm; default: when it went blind. */
	at?: string;
}

export interface AlarmChange {
	state: AlarmState;
	/** All that are up now, with their present words. */
	alarms: readonly Alarm[];
	/** New ones, and those that became worse. */
	raised: Alarm[];
	/** Names of those that are over. */
	cleared: string[];
}

/**
 * Decides which alarms are up. While nothing can be read the others stay as they were: not seeing is not being well.
 * One that is up clears only well below its limit (half of it), so that a value at the limit does not ring each second.
 */
export function decideAlarms(previous: AlarmState, {sample, failure, policy, standbys, pinned}: AlarmInput): AlarmChange {
	if (failure || !sample) {
		const blind: Alarm = {alarm: 'blind', level: 'critical', text: `The database can't be read: ${failure?.error ?? 'no answer.'}`, since: failure?.since ?? ''};
		return change(previous, [...previous.alarms.filter(alarm => alarm.alarm !== 'blind'), failure ? blind : []].flat());
	}

	const up = new Map(previous.alarms.map(alarm => [alarm.alarm, alarm]));
	const slowSince = isSlow(sample, previous.calmBusyMs, up.has('slow')) ? previous.slowSince ?? sample.at : null;
	const signs = alarmRules.flatMap(({alarm, look}) => {
		const sign = look({sample, policy, standbys, pinned, up: up.has(alarm), calmRollbacks: previous.calmRollbacks, calmBusyMs: previous.calmBusyMs, slowSince});
		return sign ? [{alarm, ...sign}] : [];
	});
	const calm = {calmRollbacks: followCalm(previous.calmRollbacks, sample, sample.rates.rollbacks), calmBusyMs: followCalm(previous.calmBusyMs, sample, sample.rates.transactionMs ?? null)};
	return change({...previous, ...calm, slowSince}, signs.map(sign => keepSince(sign, up.get(sign.alarm), sample.at)));
}

function followCalm(before: number | null, {active}: Sample, now: number | null): number | null {
	if (now === null || active.some(session => session.migration)) return before;
	return before === null ? now : before + calmWeight * (now - before);
}

function keepSince({alarm, level, text}: Sign & {alarm: string}, before: Alarm | undefined, at: string): Alarm {
	return {alarm, level, text, since: before?.since ?? at};
}

const levels = ['note', 'warning', 'critical'] as const;

function change(previous: AlarmState, alarms: Alarm[]): AlarmChange {
	const before = new Map(previous.alarms.map(alarm => [alarm.alarm, alarm]));
	const now = new Set(alarms.map(alarm => alarm.alarm));
	const worse = (alarm: Alarm): boolean => {
		const old = before.get(alarm.alarm);
		return old === undefined || levels.indexOf(alarm.level) > levels.indexOf(old.level);
	};

	return {state: {...previous, alarms}, alarms, raised: alarms.filter(worse), cleared: previous.alarms.filter(alarm => !now.has(alarm.alarm)).map(alarm => alarm.alarm)};
}
