/** pgBackRest: recognised by the server's archive_command, and read by what its `info --output=json` says; pure. */
import type {ExternalBackup} from '../journal/shapes/backup.ts';

export interface StanzaInfo {
	stanza: string;
	/** Why the stanza is not in order, in pgBackRest's words; null: it is. */
	problem: string | null;
	/** Newest last. */
	backups: ExternalBackup[];
	/** The last WAL segment in its repository. */
	lastSegment: string | null;
}

/** The stanza that an archive_command pushes to; null when it is not pgBackRest's. Nothing else of the text is used: it comes from the server. */
export function readStanzaName(archiveCommand: string | null): string | null {
	if (archiveCommand === null || !/(^|[\s/])pgbackrest\s/.test(archiveCommand)) return null;
	return /\s--stanza[= ]([\w.-]+)/.exec(archiveCommand)?.[1] ?? null;
}

/** How the program of this machine's PATH is asked about a stanza. */
export function infoCommand(stanza: string): string[] {
	return ['pgbackrest', `--stanza=${stanza}`, 'info', '--output=json'];
}

/** Null when the text is not an answer of `info --output=json`. */
export function parseInfo(text: string): StanzaInfo[] | null {
	let stanzas: unknown;
	try {
		// System identifiers are written as numbers above 2^53, which a number here can't hold.
		stanzas = JSON.parse(text.replace(/("system-id"\s*:\s*)(\d+)/g, '$1"$2"'));
	} catch {
		return null;
	}
	if (!Array.isArray(stanzas) || !stanzas.every(isStanza)) return null;
	return stanzas.map(stanza => ({
		stanza: stanza.name,
		problem: stanza.status.code === 0 ? null : stanza.status.message,
		backups: stanza.backup.map(backup => describeBackup(stanza, backup)),
		lastSegment: stanza.archive.map(archive => archive.max).filter(max => max !== null).sort().at(-1) ?? null,
	}));
}

interface Stanza {
	name: string;
	status: {code: number; message: string};
	db: {id: number; 'repo-key': number; 'system-id': string; version: string}[];
	archive: {id: string; max: string | null}[];
	backup: {
		label: string;
		type: string;
		error: boolean | null;
		timestamp: {start: number; stop: number};
		lsn?: {start: string | null; stop: string | null};
		info: {size: number};
		database: {id: number; 'repo-key': number};
	}[];
}

function isStanza(value: unknown): value is Stanza {
	const {name, status, backup, archive, db} = (value ?? {}) as Partial<Stanza>;
	return typeof name === 'string' && typeof status?.code === 'number' && Array.isArray(backup) && Array.isArray(archive) && Array.isArray(db);
}

function describeBackup({name, db}: Stanza, {label, type, error, timestamp, lsn, info, database}: Stanza['backup'][number]): ExternalBackup {
	const of = db.find(each => each.id === database.id && each['repo-key'] === database['repo-key']);
	const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
	return {
		label: `${name}/${label}`, tool: `pgBackRest (${type})`, startedAt: time(timestamp.start), finishedAt: time(timestamp.stop), bytes: info.size,
		// Null before 2.36, which did not tell: then there was no page whose checksum was wrong, or none was looked at.
		ok: error !== true, ...(error === true && {error: 'pages with wrong checksums were found while it was taken'}),
		...(of && {systemIdentifier: of['system-id'], serverVersion: of.version}), ...(lsn?.start && {lsn: lsn.start}),
	};
}

/** Days that full backups are kept for, by the text of its configuration: only a retention by time says so. Null: the text is not about this stanza. */
export function readRetention(configuration: string, stanza: string): {days: number | null; words: string} | null {
	const values = new Map<string, string>();
	let section = '';
	for (const line of configuration.split('\n')) {
		section = /^\s*\[(.+)\]\s*$/.exec(line)?.[1] ?? section;
		const [, key, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
		// The stanza's own section counts more, wherever it stands.
		if (key !== undefined && value !== undefined && (section === stanza || (section === 'global' && !values.has(key)))) values.set(key, value);
	}
	if (![...values.keys()].some(key => key.startsWith('repo') || key.startsWith('pg'))) return null;
	const full = values.get('repo1-retention-full');
	if (full === undefined) return {days: Number.POSITIVE_INFINITY, words: 'no repo1-retention-full: full backups are never expired'};
	return values.get('repo1-retention-full-type') === 'time' ? {days: Number(full), words: `repo1-retention-full=${full} days`} : {days: null, words: `repo1-retention-full=${full} full backups`};
}
