/** The backup was restored, or at least read to its end. */
import type {Backup} from '../journal/shapes/backup.ts';
import {backupEvidence, findBackupFault, findDamage} from './backups.ts';
import type {Check} from './check.ts';
import {readStanding} from './external-backups.ts';
import {noteEvidence} from './evidence.ts';
import {count, failed, listed, passed, warned} from './verdict.ts';

export const backupVerified: Check = {
	id: 'backup.verified',
	says: 'The newest backup was restored to another database and its rows compared; or, one grade lower, every block of it was read.',
	why: '`pg_restore --list` reads only the table of contents at the file\'s beginning: a dump cut to a quarter passes it. Reading every block finds damage; only a restore finds what can\'t be restored, and measures how long that takes.',
	proves: 'wholly',
	dependsOn: ['target', 'backup'],
	ttlMs: 24 * 3600 * 1000,
	async run(look) {
		const {backup, external} = await readStanding(look, one => findBackupFault(look, one));
		if (backup === null) return failed('There is no backup of this run yet: `holdpoint backup` takes one.', external?.evidence);
		const {list, read, restore} = backup.verified;
		const evidence = [backupEvidence(backup), noteEvidence('how far it was verified', [`listed (pg_restore --list): ${list ? 'yes' : 'no'}`, `read to the last block (pg_restore -f /dev/null): ${read ? 'yes' : 'no'}`, ...restoreLines(restore)]), ...(external?.evidence ?? [])];
		const damage = await findDamage(backup);
		if (damage !== null) return failed(`The backup is not what was verified any more: ${damage}`, evidence);
		if (restore && restore.differences.length > 0) return failed(`The restored database is not the one that was backed up: ${listed(restore.differences, 3)}.`, evidence);
		if (restore) return passed(`Restored to ${restore.database} in ${restore.seconds.toFixed(1)} s: ${count(restore.tables, 'table')}, ${restore.rowsCompared.toLocaleString('en-US')} rows compared, no difference${restore.uncounted ? `; ${count(restore.uncounted, 'table')} too large to be counted` : ''}.`, evidence);
		if (backup.format === 'external') return failed(`${backup.tool ?? 'Its tool'} took ${backup.path}, and no restore of it was shown; a person attests when one was rehearsed last, or \`holdpoint backup --format directory --verify restore\`.`, evidence);
		if (read) return warned('Every block of the backup was read, and it was not restored: `holdpoint backup --verify restore` proves that too.', evidence);
		return failed(list ? 'The backup was only listed, which proves nothing about its data: `holdpoint backup --verify read` reads every block.' : 'The backup was never verified: `holdpoint backup --verify restore` does.', evidence);
	},
};

function restoreLines(restore: Backup['verified']['restore']): string[] {
	return restore ? [`restored to ${restore.database}: ${restore.seconds.toFixed(1)} s, ${restore.tables} tables, ${restore.rowsCompared.toLocaleString('en-US')} rows compared, ${restore.uncounted ?? 0} tables too large to be counted`, ...restore.differences] : ['restored: no'];
}
