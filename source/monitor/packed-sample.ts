/** A sample as the recording keeps it: durations as the moments they began at, which stay the same from one sample to the next. */
import type {ActiveSession, Blocker, Sample, LockWait, WaitingSession} from '../journal/shapes/sample.ts';

/** JSON, in which durations are told to a tenth of a second: the microseconds of 200 sessions are half of what they would cost. */
export function packSample(sample: Sample): Buffer {
	const at = Date.parse(sample.at) / 100;
	return Buffer.from(JSON.stringify(withTimes(sample, seconds => Math.round(at - seconds * 10))));
}

/** The sample again. */
export function unpackSample(packed: Buffer): Sample {
	const sample = JSON.parse(packed.toString()) as Sample;
	const at = Date.parse(sample.at) / 100;
	return withTimes(sample, begin => Math.max(0, Math.round(at - begin) / 10));
}

type Change = (value: number) => number;

function withTimes(sample: Sample, change: Change): Sample {
	const of = (value: number | null): number | null => (value === null ? null : change(value));
	const waiting = (session: WaitingSession): WaitingSession => ({...session, seconds: of(session.seconds), waiting: session.waiting.map(waiting)});
	return {
		...sample,
		active: sample.active.map((session): ActiveSession => ({...session, seconds: of(session.seconds), transactionSeconds: of(session.transactionSeconds)})),
		locksWaiting: sample.locksWaiting.map((lock): LockWait => ({...lock, seconds: of(lock.seconds)})),
		blockers: sample.blockers.map((blocker): Blocker => ({...blocker, waiting: blocker.waiting.map(waiting)})),
	};
}
