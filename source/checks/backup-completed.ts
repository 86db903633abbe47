/** A full backup of this very database was taken, and not too long ago. */
import {byteWords} from '../journal/byte-words.ts';
import {backupEvidence, describeAge, findBackupFault, queryLoss} from './backups.ts';
import type {Check} from './check.ts';
import {readStanding} from './external-backups.ts';
import {count, failed, passed, warned} from './verdict.ts';

export const backupCompleted: Check = {
	id: 'backup.completed',
	says: 'There is a complete backup of this database on this server, younger than `backup.max_age`.',
	why: 'What was written after the backup is lost when it is restored; the evidence says how much WAL that is. A backup of another database or of a clone\'s neighbour is none.',
	proves: 'wholly',
	dependsOn: ['target', 'backup'],
	ttlMs: 15 * 60 * 1000,
	async run(look) {
		const {backup, fault, external} = await readStanding(look, one => findBackupFault(look, one));
		const asked = external?.evidence ?? [];
		if (backup === null) return failed(external ? `There is no backup of this run, and no good one of ${external.name}${external.problem === null ? '' : `: ${external.problem}`}.` : 'There is no backup of this run yet: `holdpoint backup` takes one.', asked);
		const loss = await queryLoss(look, backup);
		const evidence = [backupEvidence(backup), loss.evidence, ...asked];
		if (fault !== null) return failed(`${fault.charAt(0).toUpperCase()}${fault.slice(1)}.`, evidence);
		const age = describeAge(look.now.getTime() - Date.parse(backup.finishedAt));
		const lost = `a restore would lose ${loss.bytes === null ? 'an amount that is not known' : `${byteWords(loss.bytes)} of WAL`}`;
		if (external?.problem) return warned(`A backup was completed ${age} ago, but ${external.problem}.`, evidence);
		if (backup.format === 'external') return passed(`${backup.tool ?? external?.name ?? 'Another tool'} completed ${backup.path} ${age} ago without an error; ${lost} at most, less where WAL was archived since.`, evidence);
		return passed(`A backup of ${count(backup.tables, 'table')} (${byteWords(backup.bytes)}) was completed ${age} ago; ${lost}.`, evidence);
	},
};
