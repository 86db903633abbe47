/** Where a replay stands, and the words for it: nobody may take it for the present. */
import {seconds} from '../parts/figures.ts';

export interface Replay {
	/** The moment that is shown, in milliseconds since 1970. */
	at: number;
	/** Begin and end of what was recorded. */
	from: number;
	to: number;
	playing: boolean;
	/** So many times as fast as it was. */
	speed: number;
	/** Nothing was sampled at this moment; ISO times of the samples around it, null where there is none. */
	gap: {since: string | null; until: string | null} | null;
}

export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64] as const;

/** What every key that would act answers with. */
export const replayReason = 'this is a replay: nothing is decided or done in it';

/** `05:12:31 UTC, 8 ×, 3 min 05 s of 41 min 10 s` */
export function positionWords({at, from, to, playing, speed}: Replay): string {
	const days = to - from >= 24 * 3_600_000;
	const moment = new Date(at).toISOString().slice(days ? 5 : 11, 19).replace('T', ' ');
	const pace = playing ? (at >= to ? 'at its end' : `${speed} ×`) : 'paused';
	return `${moment} UTC, ${pace}, ${seconds(Math.floor((at - from) / 1000))} of ${seconds(Math.floor((to - from) / 1000))}`;
}

/** What is said above figures that are not of this moment. */
export function gapWords({since, until}: NonNullable<Replay['gap']>): string {
	const clock = (iso: string): string => iso.slice(11, 19);
	const goes = until === null ? 'to the end of the recording' : `until ${clock(until)} UTC`;
	return since === null ? `Nothing was recorded ${goes}.` : `Nothing was recorded from ${clock(since)} UTC ${goes}: no room looked, or the database gave no answer. The figures below are of ${clock(since)}.`;
}
