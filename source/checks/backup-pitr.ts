/** The server archives its WAL, so that any moment can be gone back to. */
import type {Backup} from '../journal/shapes/backup.ts';
import type {Evidence} from '../journal/shapes/evidence.ts';
import {describeAge} from './backups.ts';
import {queryEvidence, type Check, type CheckResult, type Look} from './check.ts';
import {readExternal} from './external-backups.ts';
import {failed, notApplicable, passed, warned} from './verdict.ts';

/** Managed services ship WAL every five minutes or so. */
const mostBehindMs = 15 * 60 * 1000;

interface Archiver {
	mode: string;
	level: string;
	command: string | null;
	library: string | null;
	managed: boolean;
	archived: string;
	failed: string;
	lastArchived: string | null;
	lastSegment: string | null;
	lastFailed: string | null;
	/** The last attempt was a failure. */
	failing: boolean;
	secondsAgo: number | null;
	receivers: number;
}

const query = `SELECT current_setting('archive_mode') AS mode, current_setting('wal_level') AS level, nullif(nullif(current_setting('archive_command'), '(disabled)'), '') AS command, nullif(current_setting('archive_library', true), '') AS library,
	EXISTS (SELECT FROM pg_settings WHERE name ~ '^(rds|cloudsql|azure|alloydb)\\.') AS managed, a.archived_count::text AS archived, a.failed_count::text AS failed, a.last_archived_time::text AS "lastArchived", a.last_archived_wal AS "lastSegment", a.last_failed_time::text AS "lastFailed",
	coalesce(a.last_failed_time > coalesce(a.last_archived_time, '-infinity'), false) AS failing, extract(epoch FROM now() - a.last_archived_time)::float8 AS "secondsAgo",
	(SELECT count(*)::int FROM pg_stat_replication WHERE application_name ~* 'receivewal|barman|pgbackrest|wal-g') AS receivers
	FROM pg_stat_archiver a`;

export const backupPitr: Check = {
	id: 'backup.pitr',
	says: 'WAL archiving is on and works, or a receiver streams it to a backup tool.',
	why: 'Between the backup and the failure only archived WAL brings rows back. Archiving can fail from one minute to the next. Whether a restore to a moment was ever rehearsed, and how a managed service is configured, a person must know.',
	proves: 'partly',
	dependsOn: ['target'],
	ttlMs: 10 * 60 * 1000,
	async run(look) {
		const rows = await (await look.session()).query<Archiver>(query);
		const archiver = rows[0]!;
		const external = await readExternal(look);
		// A command may carry credentials; that there is one is enough.
		const evidence = [queryEvidence('WAL archiving', query, rows.map(row => ({...row, command: row.command === null ? null : `set (${row.command.split(' ')[0]} …)`}))), ...(external?.evidence ?? [])];
		const until = external?.answer.backups.at(-1)?.recoverableUntil;
		if (until !== undefined) return judgeMoment(look, {name: external!.name, until, evidence});
		if (archiver.receivers > 0) return passed(`${archiver.receivers} WAL receiver of a backup tool is connected; wal_level is ${archiver.level}.`, evidence);
		if (archiver.managed) return warned('For a person: this looks like a managed service, whose point-in-time recovery shows only in its own console; look there and attest, or let `backup.external` print `recoverableUntil`.', evidence);
		if (archiver.mode === 'off') return notApplicable('This server archives no WAL (archive_mode is off), no backup tool receives it, and it is no managed service: point-in-time recovery is not used here.', evidence);
		if (archiver.command === null && archiver.library === null) return failed(`archive_mode is ${archiver.mode}, but there is neither an archive_command nor an archive_library: WAL piles up and is never archived.`, evidence);
		if (archiver.failing) return failed(`Archiving fails: the last attempt failed at ${archiver.lastFailed}, the last success was ${archiver.lastArchived ?? 'never'}.`, evidence);
		if (archiver.lastArchived === null) return warned('WAL archiving is on and has not archived a segment yet. `holdpoint backup --switch-wal` shows whether it works.', evidence);
		const forced = describeSwitch(look);
		if (forced?.why != null) return failed(`The WAL switch forced at ${forced.at} was not archived: ${forced.why}.`, evidence);
		const missing = external?.answer.lastSegment != null && archiver.lastSegment !== null && isSegment(archiver.lastSegment) && external.answer.lastSegment.slice(8) < archiver.lastSegment.slice(8);
		if (missing) return failed(`The server calls ${archiver.lastSegment} archived, and the repository of ${external.name} has WAL only up to ${external.answer.lastSegment}.`, evidence);
		if (external?.problem != null && external.stanza !== null) return warned(`For a person: the server's archiver works, but ${external.problem}.`, evidence);
		const seen = external?.answer.lastSegment ? `; the repository of ${external.name} has it up to ${external.answer.lastSegment}` : '';
		const proof = forced ? `; a switch forced at ${forced.at} was archived after ${forced.seconds?.toFixed(1) ?? '?'} s` : '; no switch was forced to see it (`holdpoint backup --switch-wal` does)';
		return passed(`WAL archiving works: ${archiver.archived} segments, the last ${Math.round(archiver.secondsAgo ?? 0)} s ago, no failure since${seen}${proof}.`, evidence);
	},
};

/** A service's own word, no older than its usual few minutes. */
function judgeMoment(look: Look, {name, until, evidence}: {name: string; until: string; evidence: Evidence[]}): CheckResult {
	const behind = look.now.getTime() - Date.parse(until);
	const words = `${name} can restore to any moment up to ${until}, ${describeAge(behind)} ago`;
	return behind <= mostBehindMs ? passed(`${words}.`, evidence) : failed(`${words}: more than ${describeAge(mostBehindMs)} of work would be lost.`, evidence);
}

/** The newest forced switch of this run. */
function describeSwitch(look: Look): Backup['archived'] {
	return look.state.backups.findLast(backup => backup.archived !== undefined)?.archived;
}

function isSegment(name: string): boolean {
	return /^[\dA-F]{24}$/.test(name);
}
