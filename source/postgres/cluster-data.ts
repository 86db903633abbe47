/** How a private cluster gets its data directory: made anew, copied from one at rest, or streamed from a primary. */
import {mkdtemp, mkdir, rename, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {Refusal} from '../journal/refusal.ts';
import {giveTo, makeClusterParent} from './cluster-place.ts';
import type {ServerUser} from './cluster-place.ts';
import type {Programs} from './programs.ts';

/** initdb: UTF-8, no checksums, `trust` on the private socket and a password over TCP. */
export async function makeDataDirectory({programs, user, data}: {programs: Programs; user: ServerUser | null; data: string}): Promise<void> {
	const args = ['-D', data, '-U', 'postgres', '--encoding=UTF8', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-sync'];
	const first = await runAs(user, programs.initdb, [...args, '--locale=C.UTF-8'], path.dirname(data));
	if (first.exitCode === 0) {
		return;
	}
	// C.UTF-8 is not there on every system (macOS, old glibc); plain C is.
	await rm(data, {recursive: true, force: true});
	const second = await runAs(user, programs.initdb, [...args, '--locale=C'], path.dirname(data));
	if (second.exitCode !== 0) {
		throw new Refusal(2, `initdb could not make a data directory in ${data}: ${lastLine(second.stderr)}`);
	}
}

/**
 * Keeps a freshly made data directory in `cache` for later copies; made once, also when several processes ask together.
 * @returns the cached data directory
 */
export async function readCachedDataDirectory({programs, user, cache}: {programs: Programs; user: ServerUser | null; cache: string}): Promise<string> {
	const cached = path.join(cache, `initdb-${programs.version}`);
	if (await holdsData(cached)) {
		return cached;
	}
	const parent = await makeClusterParent('holdpoint-initdb-');
	try {
		await makeDataDirectory({programs, user, data: path.join(parent, 'data')});
		await keepDataDirectory({data: path.join(parent, 'data'), kept: cached});
	} finally {
		await rm(parent, {recursive: true, force: true});
	}
	return cached;
}

/** Copies a data directory at rest to its place in a cache; the first one to come wins, since they are alike. */
export async function keepDataDirectory({data, kept}: {data: string; kept: string}): Promise<void> {
	await mkdir(path.dirname(kept), {recursive: true});
	const fresh = await mkdtemp(`${kept}.`);
	await execa('cp', ['-Rp', data, path.join(fresh, 'data')], {stdin: 'ignore'});
	await rename(path.join(fresh, 'data'), kept).catch(async error => {
		if (!await holdsData(kept)) {
			throw error;
		}
	});
	await rm(fresh, {recursive: true, force: true});
}

/** Copies the data directory of a server at rest (a shared block where the file system can). */
export async function copyDataDirectory({from, to, user}: {from: string; to: string; user: ServerUser | null}): Promise<void> {
	await execa('cp', ['-Rp', from, to], {stdin: 'ignore'});
	if (user !== null) {
		await execa('chown', ['-R', `${user.uid}:${user.gid}`, to], {stdin: 'ignore'});
	}
	await rm(path.join(to, 'postmaster.pid'), {force: true});
}

/** A base backup from a running primary that starts as its streaming standby. */
export async function copyFromPrimary({programs, user, primary, data}: {
	programs: Programs; user: ServerUser | null; primary: {socketDirectory: string; port: number; superuser: {name: string}}; data: string;
}): Promise<void> {
	await mkdir(data, {mode: 0o700});
	await giveTo(data, user);
	const args = ['-D', data, '-h', primary.socketDirectory, '-p', String(primary.port), '-U', primary.superuser.name, '-R', '-X', 'stream', '-c', 'fast', '--no-sync', '-w'];
	const {exitCode, stderr} = await runAs(user, programs.pg_basebackup, args, path.dirname(data));
	if (exitCode !== 0) {
		throw new Refusal(2, `pg_basebackup could not copy the primary on port ${primary.port}: ${lastLine(stderr)}`);
	}
}

/** A finished data directory has this file from initdb's first moments, and only a whole one is ever renamed into a cache. */
export async function holdsData(directory: string): Promise<boolean> {
	return execa('test', ['-f', path.join(directory, 'PG_VERSION')], {reject: false}).then(({exitCode}) => exitCode === 0);
}

async function runAs(user: ServerUser | null, program: string, args: string[], cwd: string) {
	return execa(program, args, {
		...user === null ? {} : {uid: user.uid, gid: user.gid},
		cwd,
		env: {PATH: process.env['PATH'] ?? '', HOME: cwd, LC_ALL: 'C', LANG: 'C', TMPDIR: cwd},
		extendEnv: false,
		stdin: 'ignore',
		reject: false,
	});
}

function lastLine(text: string): string {
	return text.trim().split('\n').at(-1) ?? 'no reason given';
}
