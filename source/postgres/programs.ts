/** Where PostgreSQL's programs are on this machine, and which version they have. */
import {access, constants, readdir, realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {Refusal} from '../journal/refusal.ts';
import programFolders from './program-folders.json' with {type: 'json'};

const programNames = [
	'postgres', 'initdb', 'pg_ctl', 'pg_basebackup', 'pg_controldata', 'psql', 'pg_dump', 'pg_dumpall', 'pg_restore', 'pg_verifybackup', 'pgbench',
] as const;

export type ProgramName = (typeof programNames)[number];

/** Absolute path of each program in one folder; only those asked for with `needs` are known to be there. */
export interface Programs extends Readonly<Record<ProgramName, string>> {
	readonly directory: string;
	/** Major version of the folder's programs, such as 15. */
	readonly version: number;
}

export interface ClientTool {
	path: string;
	/** Major version. */
	version: number;
}

/** Where to look. */
export interface ProgramSearch {
	/** The one folder to use, default what `PG_BIN` names; when given, no other is looked at. */
	directory?: string;
	/** Colon-separated folders; default: the process's PATH. */
	searchPath?: string;
}

/**
 * Finds one folder that holds all `needs` (default: what a server of our own takes): `directory`, else PATH, else the newest of the usual distribution folders.
 * @throws Refusal (2) when there is none, with how to get it
 */
export async function findPrograms(options: ProgramSearch & {needs?: readonly ProgramName[]} = {}): Promise<Programs> {
	const needs = options.needs ?? ['postgres', 'initdb', 'pg_ctl'];
	for (const directory of await findFolders(options)) {
		const version = await holdsAll(directory, needs) ? await readMajor(path.join(directory, needs[0]!)) : null;
		if (version !== null) return programsIn({directory, version});
	}
	throw notFound(needs, options);
}

/**
 * Finds the `pg_dump`, `pg_restore` or `psql` whose version is nearest to the server's and not older: pg_dump refuses a newer server,
 * and what a newer one writes need not go back onto an older server (as the documentation of pg_dump says; see `findRestoreTool`).
 * @param atLeastMajor the server's major version, such as 15; `whose` it is, for the sentence
 * @throws Refusal (2) when there is none, or only older ones
 */
export async function findClientTool(name: ProgramName, atLeastMajor: number, options: ProgramSearch = {}, whose = 'server'): Promise<ClientTool> {
	const tools = await findAll([name], options);
	const nearest = nearestOf(tools, atLeastMajor);
	if (nearest !== undefined) return {path: path.join(nearest.directory, name), version: nearest.version};
	const [newest] = tools.sort((a, b) => b.version - a.version);
	const directory = oneFolder(options);
	if (newest === undefined) throw new Refusal(2, `${name} not found${directory === undefined ? '' : ` in ${directory}`}; ${howToGet('client', atLeastMajor)}`);
	throw new Refusal(2, `${path.join(newest.directory, name)} is version ${newest.version}, older than the ${whose}'s ${atLeastMajor}, and would refuse; ${howToGet('client', atLeastMajor)}`);
}

/** From 17 on pg_restore begins with `SET transaction_timeout`, which a server before 17 answers with an error: tried with 15 to 18 on servers of 12 to 18. */
const settingSince = 17;

/** Whether what this version of pg_dump writes can go back onto a server, without an error that somebody has to know and ignore. */
export const restoresCleanly = (toolMajor: number, serverMajor: number): boolean => toolMajor < settingSince || serverMajor >= settingSince;

/**
 * Finds a `pg_restore` that reads what `archive` of pg_dump wrote (an older one does not) and that the server takes orders from.
 * @throws Refusal (2) when there is none, with what to install
 */
export async function findRestoreTool({server, archive}: {server: number; archive: number}, options: ProgramSearch = {}): Promise<ClientTool> {
	const tool = await findClientTool('pg_restore', Math.max(server, archive), options, archive > server ? 'backup' : 'server');
	if (restoresCleanly(tool.version, server)) return tool;
	const why = `pg_restore of version ${settingSince} and newer sets transaction_timeout, which PostgreSQL ${server} does not know`;
	throw new Refusal(2, archive >= settingSince
		? `This backup was written by pg_dump ${archive} and can't be restored onto PostgreSQL ${server}: ${why}, and an older one does not read it. Take a new one by pg_dump ${server}; ${howToGet('client', server)}`
		: `${tool.path} can't restore onto PostgreSQL ${server}: ${why}. For one of version ${server}, ${howToGet('client', server)}`);
}

/**
 * Finds the programs for a copy on a private server of the very major version, since plans, locks and times differ between versions; else of the nearest newer one.
 * @throws Refusal (2) when there is none, or only older ones, or no pg_restore for it
 */
export async function findServerPrograms(major: number, options: ProgramSearch = {}): Promise<Programs> {
	const needs = ['postgres', 'initdb'] as const;
	const found = await findAll(needs, options);
	const nearest = nearestOf(found, major);
	if (nearest !== undefined) {
		await findRestoreTool({server: nearest.version, archive: 0}, options);
		return programsIn(nearest);
	}
	const [newest] = found.sort((a, b) => b.version - a.version);
	if (newest === undefined) throw notFound(needs, options);
	throw new Refusal(2, `A rehearsal needs a PostgreSQL server of version ${major} or newer here, and only ${newest.version} was found in ${newest.directory}; ${howToGet('server', major).replace(/\.$/, '')}, or rehearse on another server with --against URL.`);
}

interface Found {
	directory: string;
	version: number;
}

function nearestOf(found: readonly Found[], atLeast: number): Found | undefined {
	return found.filter(({version}) => version >= atLeast).sort((a, b) => a.version - b.version)[0];
}

/** Every folder that holds all `needs`, in the order of the search. */
async function findAll(needs: readonly ProgramName[], options: ProgramSearch): Promise<Found[]> {
	const found = await Promise.all((await findFolders(options)).map(async directory => {
		const version = await holdsAll(directory, needs) ? await readMajor(path.join(directory, needs[0]!)) : null;
		return version === null ? [] : [{directory, version}];
	}));
	return found.flat();
}

function programsIn({directory, version}: Found): Programs {
	const paths = Object.fromEntries(programNames.map(name => [name, path.join(directory, name)])) as Record<ProgramName, string>;
	return Object.freeze({...paths, directory, version});
}

function notFound(needs: readonly ProgramName[], options: ProgramSearch): Refusal {
	const directory = oneFolder(options);
	return new Refusal(2, `PostgreSQL's ${needs.join(', ')} not found ${directory === undefined ? 'on the PATH or in the usual folders' : `in ${directory}`}; ${howToGet('server')}`);
}

/** As the sentences promise, and as `npm run demo` and `npm test` do. */
function oneFolder({directory}: ProgramSearch): string | undefined {
	return directory ?? (process.env['PG_BIN'] || undefined);
}

async function findFolders(search: ProgramSearch): Promise<string[]> {
	const directory = oneFolder(search);
	if (directory !== undefined) return [path.resolve(directory)];
	const onPath = (search.searchPath ?? process.env['PATH'] ?? '').split(path.delimiter).filter(folder => path.isAbsolute(folder));
	const found: string[] = [];
	for (const folder of onPath) {
		found.push(...await foldersBehind(folder));
	}
	for (const folder of await distributionFolders()) {
		found.push(folder);
	}
	return [...new Set(found)];
}

/** The real folder behind a PATH folder's links, where a packager keeps all programs of one version, and the folder itself. */
async function foldersBehind(folder: string): Promise<string[]> {
	const folders: string[] = [];
	for (const name of ['postgres', 'pg_dump', 'psql']) {
		const real = await realpath(path.join(folder, name)).catch(() => null);
		if (real === null) {
			continue;
		}
		// Debian's /usr/bin/pg_dump is a Perl wrapper that chooses by its own rules; the real programs are in the distribution folders.
		if (path.basename(real) !== 'pg_wrapper') {
			folders.push(path.dirname(real), folder);
		}
	}
	return folders;
}

/** The folders that packagers use (the same list as in scripts/setup.mjs), newest version first. */
async function distributionFolders(): Promise<string[]> {
	const found: {folder: string; version: number}[] = [];
	for (const {parent, prefix, rest} of programFolders.versioned) {
		for (const entry of await readdir(parent).catch(() => [])) {
			const version = entry.startsWith(prefix) ? Number(entry.slice(prefix.length)) : Number.NaN;
			if (entry.length > prefix.length && Number.isFinite(version)) {
				found.push({folder: path.join(parent, entry, rest), version});
			}
		}
	}
	const newestFirst = found.sort((a, b) => b.version - a.version).map(({folder}) => folder);
	return [...newestFirst, ...programFolders.fixed];
}

async function holdsAll(directory: string, needs: readonly ProgramName[]): Promise<boolean> {
	const present = await Promise.all(needs.map(async name => isExecutable(path.join(directory, name))));
	return present.every(Boolean);
}

async function isExecutable(file: string): Promise<boolean> {
	return access(file, constants.X_OK).then(() => true, () => false);
}

/** What each file said: a backup looks for its programs before it begins and when it does, a rehearsal more often. */
const majors = new Map<string, number>();

/** `pg_dump (PostgreSQL) 15.18 (Debian …)`, `postgres (PostgreSQL) 19beta1`: the number after the bracket. */
async function readMajor(program: string): Promise<number | null> {
	const {ino, size, mtimeMs} = await stat(program);
	const file = `${program} ${ino} ${size} ${mtimeMs}`;
	const known = majors.get(file);
	if (known !== undefined) return known;
	const {stdout, exitCode} = await execa(program, ['--version'], {reject: false, timeout: 10_000, stdin: 'ignore'});
	const major = /\(PostgreSQL\)\s+(\d+)/.exec(stdout ?? '')?.[1];
	if (exitCode !== 0 || major === undefined) return null;
	majors.set(file, Number(major));
	return Number(major);
}

function howToGet(kind: 'server' | 'client', version?: number): string {
	if (process.platform === 'darwin') {
		return `install it with "brew install postgresql@${version ?? 18}", or name its bin folder in PG_BIN.`;
	}
	const debian = `${kind === 'server' ? 'postgresql' : 'postgresql-client'}${version === undefined ? '' : `-${version}`}`;
	return `install it (Debian and Ubuntu: "apt-get install ${debian}"), or name its bin folder in PG_BIN.`;
}
