/** Starts the server process of a private cluster, apart from our terminal, and waits until it takes connections. */
import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {Refusal} from '../journal/refusal.ts';
import {giveTo} from './cluster-place.ts';
import type {ServerUser} from './cluster-place.ts';
import type {Programs} from './programs.ts';

/**
 * Runs `postgres -D directory/data` in a process group of its own (Ctrl-C in our terminal is not for it), its log in `directory/log`.
 * @throws Refusal (2) with the log's last words when it ends or is not ready after 60 s
 */
export async function runPostmaster({programs, directory, user}: {programs: Programs; directory: string; user: ServerUser | null}): Promise<void> {
	const data = path.join(directory, 'data');
	const log = openSync(path.join(directory, 'log'), 'a', 0o600);
	await giveTo(data, user);
	const child = spawn(programs.postgres, ['-D', data], {
		...user === null ? {} : {uid: user.uid, gid: user.gid},
		cwd: directory,
		detached: true,
		stdio: ['ignore', log, log],
		env: {PATH: process.env['PATH'] ?? '', HOME: directory, LC_ALL: 'C', LANG: 'C'},
	});
	closeSync(log);
	let ended: string | null = null;
	child.once('error', error => {
		ended = error.message;
	});
	child.once('exit', (code, signal) => {
		ended ??= `it ended with ${code ?? signal}`;
	});
	child.unref();
	const deadline = Date.now() + 60_000;
	while (!await isReady(data, child.pid)) {
		if (ended !== null || Date.now() > deadline) {
			throw new Refusal(2, `The private PostgreSQL server in ${directory} did not start (${ended ?? 'not ready after 60 s'}): ${await readReason(directory)}`);
		}
		await wait(15);
	}
}

/** The eighth line of postmaster.pid says what the postmaster says of itself; the first is its pid, so that an old file is told apart. */
async function isReady(data: string, pid: number | undefined): Promise<boolean> {
	const lines = (await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
	return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

async function readReason(directory: string): Promise<string> {
	const lines = (await readFile(path.join(directory, 'log'), 'utf8').catch(() => '')).trim().split('\n');
	const telling = lines.filter(line => /FATAL|PANIC|ERROR|HINT|could not|invalid|unrecognized/.test(line)).slice(-3);
	return (telling.length > 0 ? telling : lines.slice(-2)).join(' ').slice(0, 600) || 'its log is empty.';
}
