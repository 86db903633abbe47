/** Which of downgrade, restore, roll forward is open, with what was measured of it; pure. */
import {lossOf, lossWords, type Moment} from './loss.ts';
import type {WayBack} from './shapes/plan.ts';
import type {Rehearsal} from './shapes/rehearsal.ts';
import type {RunState} from './shapes/run.ts';

/** Times are measured in a rehearsal or a restore, or absent; never guessed. What a restore loses is measured as of `now`, where that is given. */
export function waysBack({rehearsal, backups, restorePoint}: Pick<RunState, 'rehearsal' | 'backups' | 'restorePoint'>, now?: Moment): WayBack[] {
	const ways: WayBack[] = [];
	if (rehearsal) {
		const seconds = secondsDown(rehearsal);
		const loses = rehearsal.data.flatMap(losesOf);
		if (rehearsal.schema.afterDowngrade.length === 0 && rehearsal.problems.length === 0 && seconds !== undefined) ways.push({kind: 'downgrade', seconds, ...(loses.length > 0 && {loses: loses.join('; ')})});
	} else {
		ways.push({kind: 'downgrade', loses: 'what is not known, since it was never rehearsed'});
	}
	// Needs a base backup and the WAL archive, and loses the least of all restores.
	if (restorePoint) ways.push({kind: 'restore', to: restorePoint.name, ...losesSince({startedAt: restorePoint.at, lsn: restorePoint.lsn}, now)});
	const backup = backups.at(-1);
	if (backup) {
		const seconds = backup.verified.restore?.seconds;
		ways.push({kind: 'restore', ...(seconds !== undefined && {seconds}), ...losesSince(backup, now)});
	}
	ways.push({kind: 'forward'});
	return ways;
}

function losesSince(since: Parameters<typeof lossOf>[0], now: Moment | undefined): Pick<WayBack, 'loses' | 'losesSeconds' | 'losesBytes'> {
	const lost = now && lossOf(since, now);
	return {
		loses: `everything written since ${since.startedAt}${lost ? ` (${lossWords(lost)})` : ''}`,
		...(lost && {losesSeconds: lost.seconds}), ...(lost?.bytes != null && {losesBytes: lost.bytes}),
	};
}

/** Of the rehearsed downgrade over the whole path; undefined where it did not run over every revision. */
export function secondsDown({revisions}: Pick<Rehearsal, 'revisions'>): number | undefined {
	return revisions.every(each => each.ran?.down !== false) ? revisions.reduce((sum, each) => sum + each.down, 0) : undefined;
}

function losesOf({table, equal, loses, fate}: Rehearsal['data'][number]): string[] {
	return [
		...(!equal || loses ? [loses ?? `${table} is not as before`] : []),
		...(fate === 'fails' ? [`its own way, since the downgrade fails once a row is written to ${table}`] : fate === 'gone' ? [`rows written to ${table} since`] : []),
	];
}
