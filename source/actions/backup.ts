/** Takes a backup of the target, verifies it, and restores it where that was asked for. */
import path from 'node:path';
import {trustFresh} from '../checks/backups.ts';
import {listed} from '../checks/verdict.ts';
import {readSecret} from '../config/secrets.ts';
import {runUserCommand} from '../integrations/command.ts';
import {asBackup, parseExternal} from '../integrations/external-backup.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {forceArchive} from '../postgres/archive.ts';
import {parseConninfo, type Conninfo} from '../postgres/conninfo.ts';
import {wordsFor} from '../postgres/dump-compression.ts';
import {findDumpPrograms, runDump, type DumpProgress} from '../postgres/dump.ts';
import {findServerPrograms} from '../postgres/programs.ts';
import {placeOf, restoreOnScratch} from '../rehearsal/restore-check.ts';
import type {Place} from '../rehearsal/scratch.ts';
import type {ActionContext} from './context.ts';
import {undertake} from './undertaking.ts';

export interface BackupRequest {
	format?: 'directory' | 'custom';
	jobs?: number;
	/** As `pg_dump --compress` has it. */
	compress?: string;
	/** How far it is verified; default `read`: every block of it. */
	verify?: 'list' | 'read' | 'restore';
	/** URL of a standby to dump from. */
	from?: string;
	/** Force a WAL switch afterwards, and wait until it is archived. */
	switchWal?: boolean;
}

/** Dumps, or asks `backup.external` where that is configured and no format is named. @throws Refusal 2, 3 or 4; a backup that is not whole is removed */
export async function takeBackup(context: ActionContext, request: BackupRequest): Promise<Backup> {
	const {external} = context.settings.backup;
	const asks = external !== null && request.format === undefined && request.from === undefined;
	const source = asks ? null : await sourceOf(context, request.from);
	if (!asks) await requirePrograms(context, {dumps: true, compress: request.compress, restores: request.verify === 'restore' ? await placeOf(context.settings, context.environment) : null});
	const {result} = await undertake(context, 'backup', {
		async work() {
			const taken = source === null ? await askExternal(context, external!) : await dump(context, source, request);
			const backup: Backup = request.switchWal ? {...taken, archived: await switchWal(context)} : taken;
			context.record('backup-taken', {backup});
			return backup;
		},
		describe: backup => ({reason: backup.format === 'external' ? `${backup.path} of ${backup.finishedAt}, taken by ${backup.tool ?? 'another tool'}` : `${backup.tables} tables in ${backup.path}`}),
	});
	return result;
}

/** A backup of the target, or of `backup.from`, read back in full, for an action that needs one; it is not recorded. @throws Refusal 2, 3 or 4 */
export async function dumpForAction(context: ActionContext): Promise<Backup> {
	return dump(context, await sourceOf(context, undefined), {});
}

/** What a backup, or a rehearsal's copy, is made with: asked for before anything begins, since a dump may take an hour. @throws Refusal 2 when something is missing, older than the server, or too old for the compression */
export async function requirePrograms(context: ActionContext, {dumps, compress, restores}: {dumps: boolean; compress?: string | undefined; restores: Place | null}): Promise<void> {
	const major = Math.floor((await context.session()).versionNumber / 10_000);
	if (dumps) wordsFor(compress ?? context.settings.backup.compression, (await findDumpPrograms(major)).version);
	// What another server takes is asked of it before the restore.
	if (restores?.kind === 'local') await findServerPrograms(major);
}

async function dump(context: ActionContext, {conninfo, elsewhere}: Source, {format, jobs, compress, verify = 'read'}: BackupRequest): Promise<Backup> {
	const {settings} = context;
	const original = elsewhere ? {original: {session: await context.session(), proofKey: await context.proofKey()}} : {};
	const {backup: dumped, artifacts, warnings} = await runDump({
		conninfo, ...original, directory: settings.backup.directory ?? path.join(context.folder, 'artifacts'),
		format: format ?? settings.backup.format, jobs: jobs ?? settings.backup.jobs,
		compression: compress ?? settings.backup.compression, rowLimit: settings.backup.countRows,
		verify: verify === 'list' ? 'list' : 'read', signal: context.signal,
		onProgress: progress => tell(context, progress),
	});
	const backup: Backup = warnings.length > 0 ? {...dumped, warnings} : dumped;
	await trustFresh(backup);
	for (const artifact of artifacts) context.keepFile(artifact);
	const restore = verify === 'restore' ? await restoreOnScratch({backup, settings, signal: context.signal, onProgress: text => context.tell(text)}) : undefined;
	return restore ? {...backup, verified: {...backup.verified, restore}} : backup;
}

async function askExternal(context: ActionContext, command: string[]): Promise<Backup> {
	const {settings, project, signal} = context;
	context.tell(`asking ${command[0]} for its newest backup`);
	const end = await runUserCommand({command, directory: settings.project, environment: project.environment, timeoutMs: 10 * 60_000, signal});
	if (!end.ok) throw new Refusal(signal.aborted ? 4 : 2, `\`backup.external\` (${command[0]}) ${end.reason}${end.stderr ? `: ${end.stderr.split('\n').at(-1)}` : ''}; no backup was recorded.`);
	const answer = parseExternal(end.stdout);
	if (typeof answer === 'string') throw new Refusal(2, `\`backup.external\` (${command[0]}) can't be judged: ${answer}; \`holdpoint schema ExternalBackup\` tells what it has to print.`);
	const last = answer.backups.at(-1);
	const why = answer.problems[0] ?? (last ? last.error ?? 'it is not ok' : 'it has none');
	if (!last?.ok) throw new Refusal(4, `\`backup.external\` (${command[0]}) has no good newest backup: ${why}.`);
	return asBackup(last, context.state().target);
}

async function switchWal(context: ActionContext): Promise<NonNullable<Backup['archived']>> {
	context.tell('waiting for the forced WAL switch to be archived');
	const session = await context.openSession('backup');
	try {
		return await forceArchive(session, {signal: context.signal});
	} finally {
		await session.close();
	}
}

interface Source {
	conninfo: Conninfo;
	/** Another server than the target. */
	elsewhere: boolean;
}

async function sourceOf(context: ActionContext, from: string | undefined): Promise<Source> {
	const {settings, environment} = context;
	const home = environment['HOME'] ?? '/';
	const named = from ?? (settings.backup.from ? await readSecret(settings.backup.from) : undefined);
	return named === undefined ? {conninfo: await context.conninfo('backup'), elsewhere: false} : {conninfo: parseConninfo(named, environment, home), elsewhere: true};
}

const steps = {count: 'counting the rows of its snapshot', list: 'reading its table of contents', read: 'reading every block of it', hash: 'hashing its files'};

function tell(context: ActionContext, progress: DumpProgress): void {
	if (progress.kind === 'warning') context.tell(progress.text);
	else if (progress.kind === 'verifying') context.tell(steps[progress.step]);
	else {
		const {done, total, doneBytes, totalBytes, tables} = progress;
		context.tell(`${done} of ${total} tables${tables.length === 0 ? '' : `, now ${listed(tables, 3)}`}`, totalBytes > 0 ? doneBytes / totalBytes : undefined);
	}
}
