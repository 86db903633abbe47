/** Error lines in the logs since the upgrade, against how many there were before it. */
import type {Settings} from '../config/settings.ts';
import {readLogErrors, type LogReading} from '../integrations/logs.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import type {KeptFigures} from './baseline.ts';
import type {Look} from './check.ts';
import type {Upgraded} from './needed.ts';
import {count} from './verdict.ts';

export interface ComparedLog extends LogReading {
	/** Error lines that were not there before the upgrade already; null when the log could not be read. */
	fresh: number | null;
	/** Kinds of error among them that the time before did not have. */
	newKinds: string[];
	/** More of them than before, or other ones. */
	more: boolean;
	/** Such as `2 error lines in 5.0 min (0.40/min, 0.33/min before)`. */
	words: string;
	/** Why it proves nothing; null when it does. */
	missing: string | null;
}

/**
 * Runs the log commands with the upgrade's start in HOLDPOINT_SINCE. A command that can't look back to a moment shows older lines too:
 * those that the reading before the upgrade had seen don't count.
 */
export async function compareLogs(look: Look, {upgrade: {startedAt}, kept, only = () => true}: {upgrade: Upgraded; kept: KeptFigures | null; only?: (log: Settings['logs'][number]) => boolean}): Promise<ComparedLog[]> {
	const {settings, now} = look;
	const wanted = settings.logs.filter(only);
	const logs = await readLogErrors(wanted, {directory: settings.project, environment: {...settings.alembic.environment, ...(startedAt && {HOLDPOINT_SINCE: startedAt})}});
	const minutes = startedAt === null ? null : Math.max(0, now.getTime() - Date.parse(startedAt)) / 60_000;
	return logs.map(log => compareLog(log, {minutes, earlier: kept?.outside?.logs.find(each => each.name === log.name && each.ok) ?? null, earlierMinutes: kept?.outside?.logMinutes ?? 0}));
}

/** Pure. Twice as many a minute as before are more; where nothing is known of before, any is. */
export function compareLog(log: LogReading, {minutes, earlier, earlierMinutes}: {minutes: number | null; earlier: Pick<LogReading, 'seen' | 'count' | 'kinds'> | null; earlierMinutes: number}): ComparedLog {
	if (!log.ok) return {...log, fresh: null, newKinds: [], more: false, words: `could not be read: it ${log.reason}`, missing: `${log.name} could not be read: it ${log.reason}`};
	const known = new Set(earlier?.seen);
	const old = log.seen.filter(line => known.has(line)).length;
	const fresh = log.count! - old;
	const newKinds = fresh === 0 ? [] : Object.keys(log.kinds).filter(kind => !earlier?.kinds[kind]);
	const expected = earlier === null || minutes === null || earlierMinutes === 0 ? null : 2 * earlier.count! / earlierMinutes * minutes;
	const rate = (number: number, time: number) => `${(number / time).toFixed(2)}/min`;
	return {
		...log, fresh, newKinds, more: fresh > 0 && (newKinds.length > 0 || expected === null || fresh > Math.max(1, expected)), missing: null,
		words: `${fresh === 0 ? 'no error line' : count(fresh, 'error line')} in ${count(log.lines!, 'line')}${minutes ? ` of ${minutes.toFixed(1)} min${fresh === 0 ? '' : ` (${rate(fresh, minutes)}${expected === null ? '' : `, ${rate(earlier!.count!, earlierMinutes)} before`})`}` : ''}${old > 0 ? `; ${count(old, 'older one')} not counted` : ''}`,
	};
}

export function logEvidence(log: ComparedLog): Evidence {
	const kinds = Object.entries(log.kinds).map(([kind, number]) => `${number} ${kind}`).join(', ');
	return {kind: 'command', title: `${log.name}: ${log.words}${kinds === '' ? '' : `; ${kinds}`}`, command: log.command, exit: log.exit, body: log.errors.join('\n')};
}
