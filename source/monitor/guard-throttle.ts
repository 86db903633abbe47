/** Decides when a migration has to wait between its batches for standbys to catch up, and when it goes on; pure. */
import type {Settings} from '../config/settings.ts';
import {byteWords} from '../journal/byte-words.ts';
import {secondsText} from './words.ts';

export interface ThrottleState {
	/** In how many samples running a limit has been passed. */
	passed: number;
	/** Why it holds, or null. */
	holding: string | null;
	/** A person let it go on all the same: it stays so until the standbys have caught up. */
	waived: boolean;
}

export const noThrottle: ThrottleState = {passed: 0, holding: null, waived: false};

export interface ThrottleInput {
	previous: ThrottleState;
	/** As readStandbys has them; none: there is nothing to wait for. */
	standbys: readonly {name: string; seconds: number | null; bytes: number | null}[];
	limits: Settings['migration']['throttle'];
	/** So many samples running must pass a limit. */
	samples: number;
}

/** It goes on only below half of a limit, so that it does not hold and go on at each batch; a lag that is unknown is never below. */
export function decideThrottle({previous, standbys, limits, samples}: ThrottleInput): {state: ThrottleState; hold: string | null; goOn: string | null} {
	const above = (share: number) => standbys.flatMap(standby => [
		tooFar({name: standby.name, value: standby.seconds, limit: limits.lagSeconds, text: secondsText, key: 'lag_seconds'}, share),
		tooFar({name: standby.name, value: standby.bytes, limit: limits.lagBytes, text: byteWords, key: 'lag_bytes'}, share),
	]).find(sentence => sentence !== null) ?? null;
	const over = above(1);
	const passed = over === null ? 0 : previous.passed + 1;
	if (above(0.5) === null) return {state: noThrottle, hold: null, goOn: previous.holding === null ? null : 'the standbys have caught up'};
	const hold = over !== null && passed >= samples && previous.holding === null && !previous.waived ? over : null;
	return {state: {...previous, passed, holding: previous.holding ?? hold}, hold, goOn: null};
}

interface Distance {
	name: string;
	value: number | null;
	limit: number | null;
	text: (value: number | null) => string;
	key: string;
}

function tooFar({name, value, limit, text, key}: Distance, share: number): string | null {
	if (limit === null) return null;
	if (value === null) return `how far the standby ${name} is behind is unknown (migration.throttle.${key} ${text(limit)})`;
	return value > limit * share ? `the standby ${name} is ${text(value)} behind (migration.throttle.${key} ${text(limit)})` : null;
}
