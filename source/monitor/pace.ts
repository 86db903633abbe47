/** How long a phase of a long command still takes, by how far it has come in the latest minute. */
import type {Progress} from '../journal/shapes/sample.ts';

/** By command and phase: how far it was when, oldest first. */
export type SeenProgress = ReadonlyMap<string, readonly {at: number; done: number}[]>;

const windowMs = 60_000;
/** Less says more of when one looked than of the command. */
const enoughMs = 3000;

/** The same rows with `secondsLeft`, where it is known; and what to remember. @param nowMs milliseconds since 1970 */
export function followProgress({rows, seen, nowMs}: {rows: readonly Progress[]; seen: SeenProgress; nowMs: number}): {rows: Progress[]; seen: SeenProgress} {
	const next = new Map<string, readonly {at: number; done: number}[]>();
	const followed = rows.map(row => {
		const {pid, command, phase, relation, detail, unit, done, total} = row;
		if (done === null) return row;
		const key = [pid, command, phase, relation, detail, unit].join('\n');
		const before = (seen.get(key) ?? []).filter(each => nowMs - each.at <= windowMs && each.done <= done);
		next.set(key, [...before, {at: nowMs, done}]);
		const [first] = before;
		if (total === null || !first || nowMs - first.at < enoughMs || done <= first.done) return row;
		return {...row, secondsLeft: Math.round(Math.max(0, total - done) / (done - first.done) * (nowMs - first.at) / 100) / 10};
	});
	return {rows: followed, seen: next};
}
