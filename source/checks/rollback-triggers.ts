/** The downgrade leaves no trigger, function, type or other helper behind. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {differenceLines, isRoutine} from './rollback-differences.ts';
import {wentBack} from './rollback-indexes.ts';
import {failed, listed, notApplicable, passed} from './verdict.ts';

export const rollbackTriggers: Check = {
	id: 'rollback.triggers',
	says: 'After the rehearsed downgrade the triggers, functions, types, sequences, views and policies are those from before the upgrade.',
	why: 'A trigger left behind runs against a table that no longer has its column; an enum that drop_table leaves makes the next upgrade fail with "already exists".',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		if ((await look.plan()).revisions.length === 0) return notApplicable('No migration is pending, so there is nothing to take back.');
		const rehearsal = await needRehearsal(look);
		const lines = differenceLines(rehearsal.schema.afterDowngrade.filter(isRoutine));
		const evidence = [rehearsalEvidence(rehearsal), noteEvidence('triggers, functions, types and the like after the downgrade that are not as before', lines)];
		if (!wentBack(rehearsal)) return failed('The rehearsal did not get through its downgrade, so nothing is known of what it leaves.', evidence);
		if (lines.length > 0) return failed(`After the downgrade ${listed(lines, 3)}.`, evidence);
		return passed('After the downgrade every trigger, function, type, sequence and view is as before the upgrade.', evidence);
	},
};
