/** Where PostgreSQL's programs are on this machine, and which version they have. */
import {access, constants, readdir, realpath} from 'node:fs/promises';
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

/** Where to look; the edge passes what the environment says, nothing here reads it. */
export interface ProgramSearch {
	/** The one folder to use (`PG_BIN`); when given, no other is looked at. */
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
	const candidates = await findFolders(options);
	for (const directory of candidates) {
		if (!await holdsAll(directory, needs)) {
			continue;
		}
		const version = await readMajor(path.join(directory, needs[0]!));
		if (version !== null) {
			const paths = Object.fromEntries(programNames.map(name => [name, path.join(directory, name)])) as Record<ProgramName, string>;
			return Object.freeze({...paths, directory, version});
		}
	}
	const where = options.directory === undefined ? 'on the PATH or in the usual folders' : `in ${options.directory}`;
	throw new Refusal(2, `PostgreSQL's ${needs.join(', ')} not found ${where}: ${howToGet('server')}`);
}

/**
 * Finds the newest `pg_dump`, `pg_restore` or `psql` that is not older than the server (pg_dump refuses a newer server).
 * @param atLeastMajor the server's major version, such as 15
 * @throws Refusal (2) when there is none, or only older ones
 */
export async function findClientTool(name: ProgramName, atLeastMajor: number, options: ProgramSearch = {}): Promise<ClientTool> {
	let newest: ClientTool | null = null;
	for (const directory of await findFolders(options)) {
		const tool = path.join(directory, name);
		const version = await isExecutable(tool) ? await readMajor(tool) : null;
		if (version !== null && (newest === null || version > newest.version)) {
			newest = {path: tool, version};
		}
	}
	if (newest === null) {
		throw new Refusal(2, `${name} not found${options.directory === undefined ? '' : ` in ${options.directory}`}: ${howToGet('client', atLeastMajor)}`);
	}
	if (newest.version < atLeastMajor) {
		throw new Refusal(2, `${newest.path} is version ${newest.version}, older than the server's ${atLeastMajor}, and would refuse: ${howToGet('client', atLeastMajor)}`);
	}
	return newest;
}

async function findFolders(search: ProgramSearch): Promise<string[]> {
	if (search.directory !== undefined) {
		return [path.resolve(search.directory)];
	}
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

/** `pg_dump (PostgreSQL) 15.18 (Debian …)`, `postgres (PostgreSQL) 19beta1`: the number after the bracket. */
async function readMajor(program: string): Promise<number | null> {
	const {stdout, exitCode} = await execa(program, ['--version'], {reject: false, timeout: 10_000, stdin: 'ignore'});
	const major = /\(PostgreSQL\)\s+(\d+)/.exec(stdout ?? '')?.[1];
	return exitCode === 0 && major !== undefined ? Number(major) : null;
}

function howToGet(kind: 'server' | 'client', version?: number): string {
	if (process.platform === 'darwin') {
		return `install it with "brew install postgresql@${version ?? 18}", or name its bin folder in PG_BIN.`;
	}
	const debian = kind === 'server' ? 'postgresql' : `postgresql-client${version === undefined ? '' : `-${version}`}`;
	return `install it (Debian and Ubuntu: "apt-get install ${debian}"), or name its bin folder in PG_BIN.`;
}
