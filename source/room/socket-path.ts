/** Where a room's socket lies: in the state folder, or in a checked folder of ours where that path is too long or on a network. */
import {lstatSync, mkdirSync, statfsSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {Refusal} from '../journal/refusal.ts';
import {hash, type TargetKey} from './run-folder.ts';

/** listen() cuts longer paths off without a word (measured; sun_path is 104 to 108 bytes). */
const maxPathBytes = 100;

/** f_type of NFS, SMB, CIFS, SMB2, 9p, FUSE, AFS, Ceph: where locks and sockets can't be relied on. From Linux' magic.h. */
const networkFileSystems = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x5346414f, 0x00c36400]);

/** The socket's name comes from project and target, so that any console of either finds the room. */
export function socketPath({stateDir, project}: {stateDir: string; project: string}, target: TargetKey): string {
	const name = `${hash([stateDir, project, target.host, target.port, target.database].join('\n')).slice(0, 8)}.sock`;
	const folder = path.join(stateDir, 's');
	if (Buffer.byteLength(path.join(folder, name)) <= maxPathBytes && !isOnNetwork(stateDir)) return path.join(ownFolder(folder), name);
	return path.join(ownFolder(temporaryFolder()), name);
}

/** Every folder in which a room of a state folder may listen; they need not exist. */
export function socketFolders(stateDir: string): string[] {
	return [path.join(stateDir, 's'), temporaryFolder()];
}

/** Whether a folder, or the nearest one above it that exists, lies on a network file system. */
export function isOnNetwork(folder: string): boolean {
	try {
		return networkFileSystems.has(statfsSync(folder).type);
	} catch {
		return folder !== path.dirname(folder) && isOnNetwork(path.dirname(folder));
	}
}

function temporaryFolder(): string {
	return path.join(tmpdir(), `holdpoint-${userInfo().uid}`);
}

/** Makes a 0700 folder, or checks that the one there is ours alone: in a shared temporary folder somebody may have put it there first. */
function ownFolder(folder: string): string {
	mkdirSync(folder, {recursive: true, mode: 0o700});
	const status = lstatSync(folder);
	if (!status.isDirectory() || status.uid !== userInfo().uid || (status.mode & 0o077) !== 0) {
		throw new Refusal(2, `The folder ${folder}, where the room's socket would lie, is not a folder of yours alone (mode 0700); remove it or choose another --state-dir.`);
	}
	return folder;
}
