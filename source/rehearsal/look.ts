/** What a backup needs of the server that it is restored onto, looked at before anything is restored. */
import {statfs} from 'node:fs/promises';
import {byteWords} from '../journal/byte-words.ts';
import {Refusal} from '../journal/refusal.ts';
import type {Backup} from '../journal/shapes/backup.ts';
import {runClient} from '../postgres/client-program.ts';
import {describeHost} from '../postgres/connect-error.ts';
import type {SnapshotRecord} from '../postgres/dump-snapshot.ts';
import {queryIdentity} from '../postgres/identity.ts';
import {findRestoreTool, type ProgramSearch} from '../postgres/programs.ts';
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

export interface Fit {
	/** What was looked at and found, one line each. */
	lines: string[];
	/** What will be otherwise on the copy, one sentence each. */
	warnings: string[];
}

/** @throws Refusal 2 with what is missing, before anything was made */
export async function lookBeforeRestore(options: LookOptions): Promise<Fit> {
	const {record, server, own, schemaOnly} = options;
	const [has] = await server.query<ServerFacts>(serverQuery);
	const {refusal, warnings, lines} = decideFit({needs: await readNeeds(options), has: has!, record, own, place: describeHost(server.host), version: Math.floor(server.versionNumber / 10_000)});
	if (refusal !== null) throw new Refusal(2, refusal);
	if (own) return {lines, warnings};
	// A clone of the whole server has the same one; there it is said for nothing.
	const shared = record.identity.systemIdentifier !== null && (await queryIdentity(server)).systemIdentifier === record.identity.systemIdentifier;
	const space = schemaOnly ? {lines: ['space: of the schema only'], warnings: []} : await lookForSpace(server, {record, shared});
	return {
		lines: [...lines, ...space.lines],
		warnings: [...(shared ? [`The copy lies on the target's own server (they have one system identifier) and shares its disk, memory and WAL: what is measured disturbs its users, and they disturb it.`] : []), ...warnings, ...space.warnings],
	};
}

export interface FitInput {
	needs: BackupNeeds;
	has: ServerFacts;
	record: Pick<SnapshotRecord, 'identity' | 'collation'>;
	own: boolean;
	/** The server's name in sentences, and its major version. */
	place: string;
	version: number;
}

/** Whether a server can take a backup: the first reason why not, what was found, and what the copy will have otherwise; pure. */
export function decideFit({needs, has, record, own, place, version}: FitInput): {refusal: string | null} & Fit {
	const {database, versionNumber} = record.identity;
	const original = Math.floor(versionNumber / 10_000);
	const extensions = needs.extensions.filter(name => !has.extensions.includes(name));
	const strangers = own ? [] : needs.roles.filter(name => !has.roles.includes(name));
	const locales = [...new Set([record.collation.collate, record.collation.ctype])].filter(locale => !has.locales.some(name => plain(name) === plain(locale)));
	const refusals: [boolean, string][] = [
		[version < original, `The backup is of PostgreSQL ${original} and the server ${place} is ${version}, which can't take it; name a server of version ${original} with --against URL, or rehearse with --local.`],
		[!has.mayCreate, `The role ${has.role} may not create databases on ${place}; run ALTER ROLE ${has.role} CREATEDB there, name another role, or rehearse with --local.`],
		[extensions.length > 0, `${many(extensions, 'extension')} of ${database} can't be had on ${place}; install the package there, or name a server that has it with --against URL.`],
		[needs.icuCollations.length > 0 && !has.icu, `${many(needs.icuCollations, 'collation')} of ${database} comes from ICU, which the server ${place} was built without; name another with --against URL.`],
		[strangers.length > 0, `${many(strangers, 'role')}, with things of its own or rights in ${database}, does not exist on ${place}; create it there, or rehearse with --local.`],
	];
	const warnings: [boolean, string][] = [
		[version > original, `The copy is on PostgreSQL ${version} and the original on ${original}: locks, plans and times may differ.`],
		[locales.length > 0, `The server ${place} lacks the locale ${locales.join(' and ')}: the copy sorts texts by their bytes, so that indexes on texts take other times.`],
		[needs.icuDefault !== null, `The original sorts by ICU's ${needs.icuDefault} and the copy by libc: texts may come in another order.`],
		[needs.tablespaces.length > 0, `${many(needs.tablespaces, 'tablespace')} of the original is not on the copy, which lies in one place: times may differ, and a migration that names it fails there.`],
	];
	const lines = [
		`server: PostgreSQL ${version}, ${version === original ? 'as the original' : `the original is ${original}`}`,
		`extensions: ${needs.extensions.length === 0 ? 'none are needed' : `${needs.extensions.join(', ')} can be had`}`,
		`collations: ${record.collation.collate}${locales.length === 0 ? ' is there' : ' is not there'}${needs.icuCollations.length > 0 ? `; ICU for ${needs.icuCollations.join(', ')}` : ''}`,
		`roles: ${needs.roles.length === 0 ? 'none are needed' : `${needs.roles.join(', ')} ${own ? 'are made there' : 'are there'}`}`,
		`tablespaces: ${needs.tablespaces.length === 0 ? 'only the default one' : `${needs.tablespaces.join(', ')} not there, all in one place`}`,
	];
	return {refusal: refusals.find(([applies]) => applies)?.[1] ?? null, lines, warnings: warnings.flatMap(([applies, text]) => applies ? [text] : [])};
}

/** The archive's own list and its schema as SQL; names only, nothing of the rows. */
async function readNeeds({backup, record, server, search}: LookOptions): Promise<BackupNeeds> {
	const tool = await findRestoreTool({server: Math.floor(server.versionNumber / 10_000), archive: record.program ?? 0}, search);
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

/** Asked of the disk itself where the server is on this machine; else only said, and refused where the target would run out of it. */
async function lookForSpace(server: Session, {record, shared}: {record: SnapshotRecord; shared: boolean}): Promise<Fit> {
	const needed = record.databaseBytes * 1.5;
	const {host} = server.host;
	if (host.startsWith('/') || /^(?:localhost|127\.|::1$)/.test(host)) {
		const folder = await server.query<{folder: string}>(`SELECT current_setting('data_directory') AS folder`).then(rows => rows[0]!.folder, () => null);
		const space = folder === null ? null : await statfs(folder).catch(() => null);
		if (space !== null) {
			if (space.bavail * space.bsize >= needed) return {lines: [spaceLine(needed, space.bavail * space.bsize, folder!)], warnings: []};
			throw new Refusal(2, `A copy of ${record.identity.database} needs about ${byteWords(needed)} in ${folder}, and ${byteWords(space.bavail * space.bsize)} are free; free some, or rehearse with --schema-only.`);
		}
	}
	if (shared) throw new Refusal(2, `${describeHost(server.host)} is the target's own server, and its free disk can't be seen from here; rehearse with --local, --schema-only, or on another server.`);
	return {
		lines: [`space: about ${byteWords(needed)} are needed, what is free on ${describeHost(server.host)} can't be seen from here`],
		warnings: record.databaseBytes < 1e9 ? [] : [`The free space of ${describeHost(server.host)} can't be seen from here; the copy takes about ${byteWords(needed)} there.`],
	};
}

/** Bytes each. */
export function spaceLine(needed: number, free: number, folder: string): string {
	return `space: about ${byteWords(needed)} are needed and ${byteWords(free)} are free where the data will lie, ${folder}`;
}

export interface ServerFacts {
	role: string;
	extensions: string[];
	roles: string[];
	locales: string[];
	icu: boolean;
	mayCreate: boolean;
}

const serverQuery = `SELECT current_user::text AS role, ARRAY(SELECT name::text FROM pg_available_extensions) AS extensions, ARRAY(SELECT rolname::text FROM pg_roles) AS roles,
	ARRAY(SELECT DISTINCT collcollate::text FROM pg_collation WHERE collcollate <> '' UNION SELECT datcollate::text FROM pg_database) AS locales,
	EXISTS (SELECT FROM pg_collation WHERE collprovider = 'i') AS icu, (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user) AS "mayCreate"`;

/** `en_US.UTF-8` and `en_US.utf8` are one locale. */
function plain(locale: string): string {
	return locale.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

function plainName(name: string): string {
	return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

/** `The role a`, `Each of the roles a, b`: either way a singular follows. */
function many(names: readonly string[], what: string): string {
	return names.length === 1 ? `The ${what} ${names[0]}` : `Each of the ${what}s ${names.join(', ')}`;
}
