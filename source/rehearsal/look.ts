/** What a backup needs of the server that it is restored onto, looked at before anything is restored. */
import {statfs} from 'node:fs/promises';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {runClient} from '../postgres/client-program.ts';
import {describeHost} from '../postgres/connect-error.ts';
import type {SnapshotRecord} from '../postgres/dump-snapshot.ts';
import {findClientTool, type ProgramSearch} from '../postgres/programs.ts';
import type {Session} from '../postgres/session.ts';

export interface LookOptions {
	backup: Backup;
	record: SnapshotRecord;
	/** On the server to restore onto. */
	server: Session;
	/** A server of our own: its roles are made as they are needed, its disk was looked at. */
	own: boolean;
	schemaOnly: boolean;
	search?: ProgramSearch;
}

export interface BackupNeeds {
	extensions: string[];
	/** Collations of the schema's own that are ICU's. */
	icuCollations: string[];
	/** The database's default collation is ICU's. */
	icuDefault: string | null;
	tablespaces: string[];
	/** They own something in it, or are granted something. */
	roles: string[];
}

/**
 * Returns what will be otherwise on the copy, one sentence each.
 * @throws Refusal 2 with what is missing, before anything was made
 */
export async function lookBeforeRestore(options: LookOptions): Promise<string[]> {
	const {record, server, own, schemaOnly} = options;
	const place = describeHost(server.host);
	const needs = await readNeeds(options);
	const [has] = await server.query<ServerFacts>(serverQuery);
	const [theirs, ours] = [Math.floor(record.identity.versionNumber / 10_000), Math.floor(server.versionNumber / 10_000)];
	const refuse = (reason: string): never => {
		throw new Refusal(2, reason);
	};

	if (ours < theirs) refuse(`The backup is of PostgreSQL ${theirs} and the server ${place} is ${ours}, which can't take it; name a server of version ${theirs}, or rehearse with --local.`);
	if (!has!.mayCreate) refuse(`The role ${server.conninfo.user} may not create databases on ${place}; run ALTER ROLE … CREATEDB there, name another role, or rehearse with --local.`);
	const lacking = needs.extensions.filter(name => !has!.extensions.includes(name));
	if (lacking.length > 0) refuse(`The extension${lacking.length === 1 ? '' : 's'} ${lacking.join(', ')} of ${record.identity.database} can't be had on ${place}; install the package there, or name a server that has it with --against URL.`);
	if (needs.icuCollations.length > 0 && !has!.icu) refuse(`The collation${needs.icuCollations.length === 1 ? '' : 's'} ${needs.icuCollations.join(', ')} need ICU, which the server ${place} was built without; name another with --against URL.`);
	const strangers = own ? [] : needs.roles.filter(name => !has!.roles.includes(name));
	if (strangers.length > 0) refuse(`The role${strangers.length === 1 ? '' : 's'} ${strangers.join(', ')} own or may do something in ${record.identity.database} and do not exist on ${place}; create them there, or rehearse with --local.`);

	const {collate, ctype} = record.collation;
	const unknown = [...new Set([collate, ctype])].filter(locale => !has!.locales.some(name => plain(name) === plain(locale)));
	return [
		...(ours > theirs ? [`The copy is on PostgreSQL ${ours} and the original on ${theirs}: locks, plans and times may differ.`] : []),
		...(unknown.length > 0 ? [`The server ${place} lacks the locale ${unknown.join(', ')}: the copy sorts texts by their bytes, so that indexes on texts take other times and unique texts may compare otherwise.`] : []),
		...(needs.icuDefault !== null ? [`The original sorts by ICU's ${needs.icuDefault} and the copy by libc: texts may come in another order.`] : []),
		...(needs.tablespaces.length > 0 ? [`The original has the tablespace${needs.tablespaces.length === 1 ? '' : 's'} ${needs.tablespaces.join(', ')} and the copy lies in one place: times may differ, and a migration that names one fails here.`] : []),
		...(own || schemaOnly ? [] : await lookForSpace(server, record)),
	];
}

/** The archive's own list and its schema as SQL; names only, nothing of the rows. */
async function readNeeds({backup, record, server, search}: LookOptions): Promise<BackupNeeds> {
	const tool = await findClientTool('pg_restore', Math.floor(server.versionNumber / 10_000), search);
	const read = async (...argv: string[]): Promise<string> => {
		const end = await runClient({program: tool.path, environment: {LC_ALL: 'C', PATH: process.env['PATH'] ?? ''}, arguments: [...argv, backup.path]});
		if (end.exitCode !== 0) throw new Refusal(4, `The backup ${backup.path} can't be read: ${end.stderr.trim().split('\n').at(-1) ?? `exit code ${end.exitCode}`}.`);
		return end.stdout;
	};
	const [list, schema] = await Promise.all([read('--list'), read('--schema-only', '--create', '--file=-')]);
	return parseNeeds({list, schema, roles: record.roles.map(role => role.name)});
}

/** @param given roles: those that the backup's record knows, since a function's body may look like a GRANT */
export function parseNeeds({list, schema, roles}: {list: string; schema: string; roles: readonly string[]}): BackupNeeds {
	const all = (pattern: RegExp): string[] => [...new Set([...schema.matchAll(pattern)].map(match => plainName(match[1]!)))];
	const database = /^CREATE DATABASE .*$/m.exec(schema)?.[0] ?? '';
	const mentioned = new Set([...all(/^ALTER [^\n;]* OWNER TO ("(?:[^"]|"")+"|[\w$]+);$/gm), ...all(/^GRANT [^\n;]* TO ("(?:[^"]|"")+"|[\w$]+)(?: WITH GRANT OPTION)?;$/gm)]);
	return {
		extensions: [...list.matchAll(/^\d+; 3079 \d+ EXTENSION - (.+?) *$/gm)].map(match => match[1]!),
		icuCollations: all(/^CREATE COLLATION (\S+) \([^\n)]*\bprovider = icu\b/gm),
		icuDefault: /LOCALE_PROVIDER = icu/.test(database) ? /ICU_LOCALE = '([^']*)'/.exec(database)?.[1] ?? /\bLOCALE = '([^']*)'/.exec(database)?.[1] ?? 'its locale' : null,
		tablespaces: [...new Set([...all(/^SET default_tablespace = ("(?:[^"]|"")+"|[\w$]+);$/gm), ...[...database.matchAll(/ TABLESPACE = ("(?:[^"]|"")+"|[\w$]+)/g)].map(match => plainName(match[1]!))])].filter(name => name !== ''),
		roles: roles.filter(name => mentioned.has(name)),
	};
}

/** Asked of the disk itself where the server is on this machine; else only said. */
async function lookForSpace(server: Session, record: SnapshotRecord): Promise<string[]> {
	const needed = record.databaseBytes * 1.5;
	const {host} = server.host;
	if (host.startsWith('/') || /^(?:localhost|127\.|::1$)/.test(host)) {
		const folder = await server.query<{folder: string}>(`SELECT current_setting('data_directory') AS folder`).then(rows => rows[0]!.folder, () => null);
		const space = folder === null ? null : await statfs(folder).catch(() => null);
		if (space !== null) {
			if (space.bavail * space.bsize >= needed) return [];
			throw new Refusal(2, `A copy of ${record.identity.database} needs about ${gigabytes(needed)} in ${folder}, and ${gigabytes(space.bavail * space.bsize)} are free; free some, or rehearse with --schema-only.`);
		}
	}
	return record.databaseBytes < 1e9 ? [] : [`The free space of ${describeHost(server.host)} can't be seen from here; the copy takes about ${gigabytes(needed)} there.`];
}

interface ServerFacts {
	extensions: string[];
	roles: string[];
	locales: string[];
	icu: boolean;
	mayCreate: boolean;
}

const serverQuery = `SELECT ARRAY(SELECT name::text FROM pg_available_extensions) AS extensions, ARRAY(SELECT rolname::text FROM pg_roles) AS roles,
	ARRAY(SELECT DISTINCT collcollate::text FROM pg_collation WHERE collcollate <> '' UNION SELECT datcollate::text FROM pg_database) AS locales,
	EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i') AS icu, (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user) AS "mayCreate"`;

/** `en_US.UTF-8` and `en_US.utf8` are one locale. */
function plain(locale: string): string {
	return locale.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function plainName(name: string): string {
	return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

function gigabytes(bytes: number): string {
	return `${(bytes / 1e9).toFixed(1)} GB`;
}
