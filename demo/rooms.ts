/** Rooms of sandboxes that go away under them, and what such rooms leave. */
import {readlinkSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {removeOrphans} from '../source/postgres/cluster-owner.ts';
import {readLife, readProcessIdentity} from '../source/postgres/process-identity.ts';
import type {ProcessIdentity} from '../source/postgres/process-identity.ts';
import {rehearsalPrefix} from '../source/rehearsal/scratch.ts';
import {listRunIds, readRoomFile, runFolder} from '../source/room/run-folder.ts';

/** Where a sandbox's runs are. */
export function stateFolderOf(sandbox: string): string {
	return path.join(sandbox, 'state');
}

/** Which process a pid is now; null when there is none. */
export function identify(pid: number): ProcessIdentity | null {
	return readProcessIdentity(pid);
}

/** Waits for the end of a process that was told to end, and insists after 8 s. */
export async function endProcess(identity: ProcessIdentity | null): Promise<void> {
	const isAlive = () => identity !== null && readLife(identity) === 'alive';
	for (const until = Date.now() + 8000; isAlive() && Date.now() < until;) await wait(20);
	if (isAlive()) process.kill(identity!.pid, 'SIGKILL');
}

/** Synchronous, for the way out of a process. A room that can't be told for certain to be this sandbox's ends by itself soon. */
export function killRooms(sandbox: string): void {
	const stateDir = stateFolderOf(sandbox);
	for (const run of listRunIds(stateDir)) {
		const pid = readRoomFile(runFolder(stateDir, run))?.pid;
		if (pid === undefined || !isInside(pid, sandbox)) continue;
		try {
			process.kill(pid, 'SIGKILL');
		} catch {
			// It has ended by itself.
		}
	}
}

/** A room works in its project's folder; the number alone may be another process's by now. */
function isInside(pid: number, sandbox: string): boolean {
	try {
		return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${sandbox}${path.sep}`);
	} catch {
		return false;
	}
}

/** The private servers of rehearsals whose room was killed. */
export async function removeOrphanedRehearsals(): Promise<void> {
	await removeOrphans(os.tmpdir(), rehearsalPrefix);
}
