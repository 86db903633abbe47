/** The downgrade leaves no index and no constraint behind. */
import type {Check} from './check.ts';
import {noteEvidence} from './evidence.ts';
import {needRehearsal, rehearsalEvidence} from './needed.ts';
import {differenceLines, isIndexOrConstraint} from './rollback-differences.ts';
import {failed, listed, notApplicable, passed} from './verdict.ts';

export const rollbackIndexes: Check = {
	id: 'rollback.indexes',
	says: 'After the rehearsed downgrade the indexes and constraints are those from before the upgrade.',
	why: 'A unique constraint left behind refuses rows that the old application may write; an index that is gone makes its queries slow. All definitions in the catalogs were compared, also whether they are valid.',
	proves: 'wholly',
	dependsOn: ['plan', 'files', 'rehearsal'],
	async run(look) {
		if ((await look.plan()).revisions.length === 0) return notApplicable('No migration is pending, so there is nothing to take back.');
		const rehearsal = await needRehearsal(look);
		const lines = differenceLines(rehearsal.schema.afterDowngrade.filter(isIndexOrConstraint));
		const evidence = [rehearsalEvidence(rehearsal), noteEvidence('indexes and constraints after the downgrade that are not as before', lines)];
		if (!wentBack(rehearsal)) return failed('The rehearsal did not get through its downgrade, so nothing is known of what it leaves.', evidence);
		if (lines.length > 0) return failed(`After the downgrade ${listed(lines, 3)}.`, evidence);
		return passed('After the downgrade every index and constraint is as before the upgrade.', evidence);
	},
};

/** An empty list of differences means something only when the way back was walked. */
export function wentBack({commands}: {commands: {argv: string[]; exit: number | null}[]}): boolean {
	return commands.some(command => command.exit === 0 && command.argv.some(word => word.includes('downgrade')));
}
