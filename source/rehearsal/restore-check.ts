/** Proves a backup by restoring it: into a private cluster or onto the rehearsal server, compared with its own counts, and removed. */
import type {Settings} from '../config/settings.ts';
import {readSecret} from '../config/secrets.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {parseConninfo} from '../postgres/conninfo.ts';
import type {RestoreResult} from '../postgres/restore.ts';
import {type Place, withScratch} from './scratch.ts';

export interface RestoreCheckOptions {
	backup: Backup;
	settings: Settings;
	signal?: AbortSignal;
	onProgress?: (text: string, share?: number) => void;
}

/** @throws Refusal 2 when it can't be begun, 4 when the restore failed */
export async function restoreOnScratch({backup, settings, signal, onProgress}: RestoreCheckOptions): Promise<RestoreResult> {
	return withScratch({
		backup, place: await placeOf(settings), limitBytes: settings.rehearsal.limitBytes,
		...(signal === undefined ? {} : {signal}), ...(onProgress === undefined ? {} : {onProgress}),
	}, async scratch => scratch.restore);
}

/** `rehearsal.url` names another server; a private cluster is the default. */
export async function placeOf({rehearsal}: Settings, environment: NodeJS.ProcessEnv = process.env): Promise<Place> {
	if (rehearsal.local || rehearsal.url === null) return {kind: 'local'};
	return {kind: 'server', conninfo: parseConninfo(await readSecret(rehearsal.url), environment, environment['HOME'] ?? '/')};
}
