/** Where a private cluster may live and as whom its server runs: `postgres` refuses to run as root. */
import {chown, mkdir, stat} from 'node:fs/promises';
import {mkdtempSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {Refusal} from '../journal/refusal.ts';
import {readProcessIdentity, writeFolderRecord} from './cluster-owner.ts';
import type {ProcessIdentity} from './cluster-owner.ts';

export interface ServerUser {
	uid: number;
	gid: number;
	name: string;
}

/**
 * The unprivileged user for servers when we are root (`postgres`, else `nobody`); null when we are not root and servers run as we do.
 * @throws Refusal (2) when we are root and neither user exists
 */
export async function findServerUser(): Promise<ServerUser | null> {
	if (process.getuid?.() !== 0) {
		return null;
	}
	for (const name of ['postgres', 'nobody']) {
		const {stdout, exitCode} = await execa('id', ['-u', name], {reject: false, stdin: 'ignore'});
		const group = await execa('id', ['-g', name], {reject: false, stdin: 'ignore'});
		if (exitCode === 0 && group.exitCode === 0) {
			return {uid: Number(stdout), gid: Number(group.stdout), name};
		}
	}
	throw new Refusal(2, 'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as: start as an ordinary user.');
}

/**
 * Makes a fresh private folder (0700) for clusters below `parent` if the server's user can reach that, else below the system's temporary folder.
 * It carries its owner's name, so that removeOrphans finds it and all clusters in it when the owner is dead; while it lives, removeOwnedFolder takes it away.
 * @param prefix start of the folder's name
 * @param owner default: this process
 */
export async function makeClusterParent(prefix: string, {parent: wanted, owner}: {parent?: string; owner?: ProcessIdentity} = {}): Promise<string> {
	const user = await findServerUser();
	for (const parent of [...wanted === undefined ? [] : [wanted], os.tmpdir(), '/tmp']) {
		if (await canTraverse(parent, user)) {
			await mkdir(parent, {recursive: true});
			const folder = mkdtempSync(path.join(parent, prefix));
			writeFolderRecord(folder, {owner: owner ?? readProcessIdentity()!});
			await giveTo(folder, user);
			return folder;
		}
	}
	throw new Refusal(2, `The user "${user?.name ?? os.userInfo().username}" can reach neither ${os.tmpdir()} nor /tmp, so no server can run there: set TMPDIR to a folder it can reach.`);
}

/** Whether a server's user may pass through a folder and all above it (those that don't exist yet count as reachable). */
export async function canTraverse(folder: string, user: ServerUser | null): Promise<boolean> {
	if (user === null) {
		return true;
	}
	for (let current = path.resolve(folder); ; current = path.dirname(current)) {
		const stats = await stat(current).catch(() => null);
		if (stats !== null) {
			const bit = stats.uid === user.uid ? 0o100 : stats.gid === user.gid ? 0o010 : 0o001;
			if ((stats.mode & bit) === 0) {
				return false;
			}
		}
		if (current === path.dirname(current)) {
			return true;
		}
	}
}

/** Hands a folder to the server's user; nothing to do when servers run as we do. */
export async function giveTo(folder: string, user: ServerUser | null): Promise<void> {
	if (user !== null) {
		await chown(folder, user.uid, user.gid);
	}
}
