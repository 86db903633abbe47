/** Takes a backup of the target, verifies it, and restores it where that was asked for. */
import path from 'node:path';
import {readSecret} from '../config/secrets.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {parseConninfo, type Conninfo} from '../postgres/conninfo.ts';
import {runDump, type DumpProgress} from '../postgres/dump.ts';
import {restoreOnScratch} from '../rehearsal/restore-check.ts';
import type {ActionContext} from './context.ts';
import {undertake} from './undertaking.ts';

export interface BackupRequest {
	format?: 'directory' | 'custom';
	jobs?: number;
	/** How far it is verified; default `read`: every block of it. */
	verify?: 'list' | 'read' | 'restore';
	/** URL of a standby to dump from. */
	from?: string;
}

/** @throws Refusal 2, 3 or 4; a backup that is not whole is removed */
export async function takeBackup(context: ActionContext, {format, jobs, verify = 'read', from}: BackupRequest): Promise<Backup> {
	const {settings} = context;
	const {conninfo, elsewhere} = await sourceOf(context, from);
	const original = elsewhere ? {original: {session: await context.session(), proofKey: await context.proofKey()}} : {};
	const {result} = await undertake(context, 'backup', {
		async work() {
			const {backup, artifacts} = await runDump({
				conninfo, ...original, directory: settings.backup.directory ?? path.join(context.folder, 'artifacts'),
				format: format ?? settings.backup.format, jobs: jobs ?? settings.backup.jobs,
				verify: verify === 'list' ? 'list' : 'read', signal: context.signal,
				onProgress: progress => tell(context, progress),
			});
			for (const artifact of artifacts) context.keepFile(artifact);
			const restore = verify === 'restore' ? await restoreOnScratch({backup, settings, signal: context.signal, onProgress: text => context.tell(text)}) : undefined;
			const verified: Backup = restore ? {...backup, verified: {...backup.verified, restore}} : backup;
			context.record('backup-taken', {backup: verified});
			return verified;
		},
		describe: backup => ({reason: `${backup.tables} tables in ${backup.path}`}),
	});
	return result;
}

async function sourceOf(context: ActionContext, from: string | undefined): Promise<{conninfo: Conninfo; elsewhere: boolean}> {
	const {settings, environment} = context;
	const home = environment['HOME'] ?? '/';
	const named = from ?? (settings.backup.from ? await readSecret(settings.backup.from) : undefined);
	return named === undefined ? {conninfo: await context.conninfo('backup'), elsewhere: false} : {conninfo: parseConninfo(named, environment, home), elsewhere: true};
}

function tell(context: ActionContext, progress: DumpProgress): void {
	if (progress.kind === 'warning') context.tell(progress.text);
	else if (progress.kind === 'verifying') context.tell(progress.step === 'read' ? 'reading every block of it' : progress.step === 'hash' ? 'hashing its files' : 'reading its table of contents');
	else context.tell(`${progress.done} of ${progress.total} tables`, progress.total > 0 ? progress.done / progress.total : undefined);
}
