/** Who started a private cluster, kept beside its data so that a later start can find and remove what a killed process left. */
import {existsSync, lstatSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {readdir, rm} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {readCommandLine, readLife, readProcessIdentity} from './process-identity.ts';
import type {ProcessIdentity} from './process-identity.ts';

export {readLife, readProcessIdentity};
export type {ProcessIdentity};

/** `owner.json` in a folder of ours, mode 0600: whose it is. */
export interface FolderRecord {
	owner: ProcessIdentity;
}

/** The same in a cluster's folder. */
export interface ClusterRecord extends FolderRecord {
	purpose: string;
	port: number;
	/** May lie outside the cluster's folder when that path is too long for a socket. */
	socketDirectory: string;
	password: string;
	settings: Record<string, string | number>;
}

/** Where a socket folder goes when the cluster's own is too long. */
export const shortSocketPrefix = '/tmp/holdpoint-s-';

const recordFile = 'owner.json';

export function writeFolderRecord(directory: string, record: FolderRecord | ClusterRecord): void {
	writeFileSync(path.join(directory, recordFile), `${JSON.stringify(record, null, '\t')}\n`, {mode: 0o600});
}

/**
 * The record in that folder; null when there is none, it can't be read, or another user wrote it:
 * the temporary folder is everyone's, and what is named in a record gets removed.
 */
export function readFolderRecord(directory: string): FolderRecord & Partial<ClusterRecord> | null {
	const file = path.join(directory, recordFile);
	try {
		const stats = lstatSync(file);
		if (!stats.isFile() || stats.uid !== (process.getuid?.() ?? stats.uid) || !lstatSync(directory).isDirectory()) {
			return null;
		}
		return JSON.parse(readFileSync(file, 'utf8')) as FolderRecord & Partial<ClusterRecord>;
	} catch {
		return null;
	}
}

/** As readFolderRecord, of a cluster's folder. */
export function readClusterRecord(directory: string): ClusterRecord | null {
	const record = readFolderRecord(directory);
	return record?.socketDirectory === undefined ? null : record as ClusterRecord;
}

/**
 * Removes the folders right below `parent` whose owner is dead, after stopping every cluster in them; those of the living, of other machines and of other users stay.
 * @param prefix only folders whose name starts so
 * @returns the folders that were removed
 */
export async function removeOrphans(parent: string, prefix = ''): Promise<string[]> {
	const removed: string[] = [];
	for (const entry of await readdir(parent).catch(() => [])) {
		const directory = path.join(parent, entry);
		const record = entry.startsWith(prefix) ? readFolderRecord(directory) : null;
		if (record !== null && readLife(record.owner) === 'dead') {
			await removeOwnedFolder(directory);
			removed.push(directory);
		}
	}
	return removed;
}

/** Removes a folder of ours with everything in it: clusters right below it, or the cluster it is, are stopped first. */
export async function removeOwnedFolder(directory: string): Promise<void> {
	for (const entry of await readdir(directory).catch(() => [])) {
		if (readClusterRecord(path.join(directory, entry)) !== null) {
			await removeOwnedFolder(path.join(directory, entry));
		}
	}
	const socketDirectory = readClusterRecord(directory)?.socketDirectory;
	if (socketDirectory !== undefined) {
		await stopServerOf(directory);
		if (socketDirectory.startsWith(shortSocketPrefix)) {
			await rm(socketDirectory, {recursive: true, force: true});
		}
	}
	await rm(directory, {recursive: true, force: true, maxRetries: 5});
}

/** removeOwnedFolder without a promise, for a handler of `exit`: takes some 50 ms for each server, at most 5 s. */
export function removeOwnedFolderNow(directory: string): void {
	for (const entry of existsSync(directory) ? readdirSync(directory) : []) {
		if (readClusterRecord(path.join(directory, entry)) !== null) {
			removeOwnedFolderNow(path.join(directory, entry));
		}
	}
	const socketDirectory = readClusterRecord(directory)?.socketDirectory;
	if (socketDirectory !== undefined) {
		stopServerNow(directory);
		if (socketDirectory.startsWith(shortSocketPrefix)) {
			rmSync(socketDirectory, {recursive: true, force: true});
		}
	}
	rmSync(directory, {recursive: true, force: true, maxRetries: 20, retryDelay: 50});
}

/** A dying server still writes, and removing under it leaves files; nothing can be awaited on the way out, so sleep in short steps. */
function stopServerNow(directory: string): void {
	const pid = readServerPid(directory);
	if (pid === null) {
		return;
	}
	sendSignal(pid, 'SIGQUIT');
	const nap = new Int32Array(new SharedArrayBuffer(4));
	for (let naps = 0; naps < 250 && readServerPid(directory) !== null; naps++) {
		Atomics.wait(nap, 0, 0, 20);
	}
}

/** Ends the server of a cluster's folder at once, whoever started it, and waits until it is gone. */
export async function stopServerOf(directory: string, signal: 'SIGINT' | 'SIGQUIT' | 'SIGTERM' = 'SIGQUIT'): Promise<void> {
	const pid = readServerPid(directory);
	if (pid === null) {
		return;
	}
	sendSignal(pid, signal);
	const deadline = Date.now() + 30_000;
	while (readServerPid(directory) !== null) {
		if (Date.now() > deadline) {
			sendSignal(pid, 'SIGKILL');
		}
		await wait(20);
	}
}

/** The process may have ended between the look and the signal: that is what was wanted. */
function sendSignal(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
			throw error;
		}
	}
}

/** The postmaster of a cluster's folder, or null when none runs; a reused pid is told apart by its command line. */
export function readServerPid(directory: string): number | null {
	let data: string;
	let pid: number;
	try {
		data = path.join(realpathSync(directory), 'data');
		pid = Number(readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
	} catch {
		return null;
	}
	if (!Number.isInteger(pid) || pid <= 1 || readProcessIdentity(pid) === null) {
		return null;
	}
	return readCommandLine(pid).includes(data) ? pid : null;
}
