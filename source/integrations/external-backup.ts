/** What `backup.external` prints: pgBackRest's own JSON, or the fields of `externalBackupSchema`; pure. */
import {externalBackupSchema, type Backup, type ExternalBackup} from '../journal/shapes/backup.ts';
import {parseInfo} from './pgbackrest.ts';

export interface ExternalAnswer {
	/** Newest last; by their end. */
	backups: ExternalBackup[];
	/** What the tool itself complains of. */
	problems: string[];
	lastSegment: string | null;
}

/** @returns a sentence when the output is nothing that can be judged */
export function parseExternal(text: string): ExternalAnswer | string {
	const stanzas = parseInfo(text);
	if (stanzas !== null && stanzas.length > 0) {
		return {
			backups: byEnd(stanzas.flatMap(stanza => stanza.backups)), lastSegment: stanzas.flatMap(stanza => stanza.lastSegment ?? []).at(-1) ?? null,
			problems: stanzas.flatMap(({stanza, problem}) => (problem === null ? [] : [`stanza ${stanza}: ${problem}`])),
		};
	}
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return 'it printed no JSON';
	}
	const backups: ExternalBackup[] = [];
	for (const each of Array.isArray(value) ? value : [value]) {
		const parsed = externalBackupSchema.safeParse(each);
		if (!parsed.success) {
			const [issue] = parsed.error.issues;
			return `its JSON is not what it has to print: ${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'unknown'}`;
		}
		backups.push(parsed.data);
	}
	return {backups: byEnd(backups), problems: [], lastSegment: null};
}

/** As a backup of the run. It is verified as far as a restore of it was shown, and not at all by being there. */
export function asBackup(external: ExternalBackup, {database, serverVersion}: {database: string; serverVersion: string}): Backup {
	const {label, startedAt, finishedAt, bytes, lsn, systemIdentifier, tool, verified} = external;
	return {
		path: label, format: 'external', bytes: bytes ?? 0, startedAt: startedAt ?? finishedAt, finishedAt, serverVersion: external.serverVersion ?? serverVersion,
		systemIdentifier: systemIdentifier ?? 'not told', database: external.database ?? database, lsn: lsn ?? null, tables: verified?.restore.tables ?? 0,
		...(tool !== undefined && {tool}), verified: {list: false, read: false, ...(verified && {restore: verified.restore})},
	};
}

function byEnd(backups: ExternalBackup[]): ExternalBackup[] {
	return backups.sort((a, b) => Date.parse(a.finishedAt) - Date.parse(b.finishedAt));
}
