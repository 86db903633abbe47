/** Which of downgrade, restore, roll forward is open, with what was measured of it; pure. */
import type {WayBack} from './shapes/plan.ts';
import type {RunState} from './shapes/run.ts';

/** Times are measured in a rehearsal or a restore, or absent; never guessed. */
export function waysBack({rehearsal, backups}: Pick<RunState, 'rehearsal' | 'backups'>): WayBack[] {
	const ways: WayBack[] = [];
	if (rehearsal) {
		const seconds = rehearsal.revisions.reduce((sum, each) => sum + each.down, 0);
		const loses = rehearsal.data.filter(each => !each.equal || each.loses).map(each => each.loses ?? `${each.table} is not as before`);
		if (rehearsal.schema.afterDowngrade.length === 0 && rehearsal.problems.length === 0) ways.push({kind: 'downgrade', seconds, ...(loses.length > 0 && {loses: loses.join('; ')})});
	} else {
		ways.push({kind: 'downgrade', loses: 'what is not known, since it was never rehearsed'});
	}
	const backup = backups.at(-1);
	if (backup) {
		const seconds = backup.verified.restore?.seconds;
		ways.push({kind: 'restore', ...(seconds !== undefined && {seconds}), loses: `everything written since ${backup.startedAt}`});
	}
	ways.push({kind: 'forward'});
	return ways;
}
