/** What the checks of the backup have in common: its age, its source, what would be lost by going back to it. */
import {countedWords} from '../journal/backup-words.ts';
import {byteWords} from '../journal/byte-words.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import {keepsChecksum} from '../postgres/dump-compression.ts';
import {readStamp, verifyBackup} from '../postgres/dump-files.ts';
import {queryEvidence, type Look} from './check.ts';
import {isThere, noteEvidence} from './evidence.ts';

export function describeAge(ms: number): string {
	const minutes = Math.round(ms / 60_000);
	if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
	return minutes < 120 ? `${minutes} min` : minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

/** Why this backup can't stand for the target before an upgrade now; null when it can. */
export async function findBackupFault(look: Look, backup: Backup): Promise<string | null> {
	const {target} = look.state;
	const age = look.now.getTime() - Date.parse(backup.finishedAt);
	if (backup.database !== target.database) return `the newest backup is of the database ${backup.database}, not of ${target.database}`;
	if (backup.systemIdentifier === 'not told') return 'what took the newest backup does not say which server it is of (systemIdentifier), so that nothing proves that it is the target\'s';
	if (backup.systemIdentifier !== target.systemIdentifier) return `the newest backup is of another server (system identifier ${backup.systemIdentifier}, the target has ${target.systemIdentifier})`;
	if (backup.bytes <= 0 && backup.format !== 'external') return 'the newest backup is empty';
	if (backup.format !== 'external' && !await isThere(backup.path)) return `the backup ${backup.path} is not there any more`;
	const damage = await findDamage(backup);
	if (damage !== null) return `the backup is not as it was taken: ${damage.replace(/\.$/, '')}`;
	if (age > look.settings.backup.maxAgeMs) return `the newest backup is ${describeAge(age)} old, and \`backup.max_age\` is ${describeAge(look.settings.backup.maxAgeMs)}`;
	return null;
}

/** Of one process: files whose hashes were right a moment ago, and have not been touched since, are not read again by the next check. */
const proven = new Map<string, {stamp: string; at: number}>();
const provenForMs = 15 * 60_000;

/** A backup whose files were hashed and then read back to their last block just now is not hashed once more by the check that follows. */
export async function trustFresh(backup: Backup): Promise<void> {
	if (backup.verified.read && keepsChecksum(backup.compression)) proven.set(backup.path, {stamp: await readStamp(backup), at: Date.now()});
}

/** What is wrong with its files now, as one sentence, by the hashes that were taken with it; null when nothing is. */
export async function findDamage(backup: Backup): Promise<string | null> {
	if (backup.format === 'external') return null;
	const stamp = await readStamp(backup);
	const known = proven.get(backup.path);
	if (known?.stamp === stamp && Date.now() - known.at < provenForMs) return null;
	const [first, ...more] = await verifyBackup(backup);
	if (first !== undefined) return more.length === 0 ? first : `${first} (and ${more.length} more)`;
	proven.set(backup.path, {stamp, at: Date.now()});
	return null;
}

/** Where it is, when it was taken and what it holds. */
export function backupEvidence(backup: Backup): Evidence {
	if (backup.format === 'external') {
		return noteEvidence(`${backup.path}, taken by ${backup.tool ?? 'another tool'}`, [
			`taken ${backup.startedAt} to ${backup.finishedAt}, ${backup.bytes > 0 ? byteWords(backup.bytes) : 'its size was not told'}`, `system identifier ${backup.systemIdentifier}; WAL position ${backup.lsn ?? 'not told'}`,
		]);
	}
	return {
		kind: 'file',
		title: `${backup.format} backup of ${backup.database}, ${byteWords(backup.bytes)}`,
		path: backup.path,
		...(backup.sha256 !== undefined && {sha256: backup.sha256}),
		body: [
			`taken ${backup.startedAt} to ${backup.finishedAt} from PostgreSQL ${backup.serverVersion}, system identifier ${backup.systemIdentifier}`,
			...(backup.source ? [`from the standby ${backup.source.host}:${backup.source.port}, ${backup.source.behindBytes} bytes of WAL behind the target then`] : []),
			`${backup.tables} tables; WAL position ${backup.lsn ?? 'not known to this role'}${backup.compression === undefined ? '' : `; compressed by ${backup.compression}`}`,
			...(backup.warnings ?? []).map(each => `warning: ${each}`),
			...(backup.counted ? [`rows: ${countedWords(backup.counted)}`] : []),
			...(backup.manifest === undefined ? [] : [`hashes of its files: ${backup.manifest}`]),
			...(backup.globals === undefined ? [] : [backup.globals.path === null ? `roles and tablespaces not backed up: ${backup.globals.why ?? 'unknown why'}` : `roles (without passwords) and tablespaces: ${backup.globals.path}`]),
		].join('\n'),
	};
}

/** WAL written since the backup's snapshot: what a restore would lose, at most. Null where it can't be told. */
export async function queryLoss(look: Look, backup: Backup): Promise<{bytes: number | null; evidence: Evidence}> {
	if (backup.lsn === null) return {bytes: null, evidence: noteEvidence('written since the backup', ['not known: its WAL position was not readable'])};
	// The insert position: with synchronous_commit off, committed work is ahead of what was written.
	const query = 'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1::pg_lsn)::text AS bytes, pg_current_wal_insert_lsn()::text AS now';
	try {
		const rows = await (await look.session()).query<{bytes: string; now: string}>(query, [backup.lsn]);
		return {bytes: Number(rows[0]!.bytes), evidence: queryEvidence(`WAL written since ${backup.lsn}: what a restore would lose`, query, rows)};
	} catch (error) {
		if (error instanceof Refusal) throw error;
		return {bytes: null, evidence: noteEvidence('written since the backup', [`not known: ${(error as Error).message}`])};
	}
}
