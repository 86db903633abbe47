/** When the backup was taken, where it is, and how it is restored stands in the record. */
import {access, constants, stat} from 'node:fs/promises';
import path from 'node:path';
import type {Backup} from '../journal/shapes/backup.ts';
import {backupEvidence, findBackupFault, findDamage} from './backups.ts';
import type {Check} from './check.ts';
import {readStanding} from './external-backups.ts';
import {isThere, noteEvidence, readSha256} from './evidence.ts';
import {failed, passed, warned} from './verdict.ts';

export const backupDocumented: Check = {
	id: 'backup.documented',
	says: 'The backup\'s time, place, hash and restore command are in the run\'s record, and it is there now.',
	why: 'Whoever restores it may not be who took it. Seen from this machine only: whether the place survives the loss of the database server, a person must know.',
	proves: 'partly',
	dependsOn: ['target', 'backup'],
	ttlMs: 3600 * 1000,
	async run(look) {
		const {backup, external} = await readStanding(look, one => findBackupFault(look, one));
		if (backup === null) return failed('There is no backup of this run yet: `holdpoint backup` takes one.');
		const evidence = [backupEvidence(backup), noteEvidence('how to restore it', restoreCommands(backup)), ...(external?.evidence ?? [])];
		if (backup.format === 'external') return warned(`For a person: the backup ${backup.path} is kept by another tool, so that it is there now was not seen; attest it.`, evidence);
		const readable = await access(backup.path, constants.R_OK).then(() => true, () => false);
		if (!readable) return failed(`The backup ${backup.path} is not there, or this user may not read it.`, evidence);
		const proof = backup.manifest ?? (backup.sha256 === undefined ? undefined : backup.path);
		if (proof === undefined || !await isThere(proof)) return failed(`The backup ${backup.path} has no list of hashes any more: nothing would show a damage.`, evidence);
		const damage = await findDamage(backup);
		if (damage !== null) return failed(`What is documented is not there any more: ${damage}`, evidence);
		if (backup.manifest !== undefined) evidence.push({kind: 'file', title: 'the hashes of its files', path: backup.manifest, sha256: await readSha256(backup.manifest)});
		const {mtime, uid, mode} = await stat(backup.path);
		evidence.push(noteEvidence('as it is there now', [`changed last ${mtime.toISOString()}, owner uid ${uid}, mode ${(mode & 0o777).toString(8)}`]));
		return passed(`Taken ${backup.finishedAt}, kept as ${backup.path}${backup.sha256 ? `, sha256 ${backup.sha256.slice(0, 12)}` : ''}, ${backup.lsn === null ? 'WAL position not known' : `WAL position ${backup.lsn}`}.`, evidence);
	},
};

/** Word for word, as a shell takes them. */
function restoreCommands({format, path: place, database, globals, tool}: Backup): string[] {
	if (format === 'external') return [tool?.startsWith('pgBackRest') ? `pgbackrest --stanza=${place.split('/')[0]} --set=${place.split('/').at(-1)} --delta restore   (on the server, stopped; with --type=time --target=… to a moment)` : 'with the tool that took it'];
	const quoted = (text: string): string => `'${text.replaceAll('\'', '\'\\\'\'')}'`;
	const copy = quoted(`${database}_restored`);
	return [
		...(globals?.path ? [`psql -X -d postgres -f ${quoted(globals.path)}   (roles and tablespaces, on a new server only; they get no passwords, which pg_dump does not read: set them with \\password)`] : []),
		`createdb ${copy}`,
		`pg_restore --exit-on-error${format === 'directory' ? ' -j 4' : ''} -d ${copy} ${quoted(place)}`,
		...(globals?.path ? [] : [`(${path.basename(place)} has neither roles nor tablespaces${globals?.why ? `, since ${globals.why}` : ''}: pg_dumpall --globals-only does)`]),
	];
}
