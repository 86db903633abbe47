/** The files of a backup: their hashes, the manifest that `sha256sum -c` reads too, and the check of both. */
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {open, readFile, readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import type {Backup} from '../journal/shapes/backup.ts';

export interface HashedFile {
	/** Relative to the folder that holds the backup. */
	name: string;
	sha256: string;
	bytes: number;
}

/** sha256 of a file, read as a stream. */
export async function readSha256(file: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(file), hash);
	return hash.digest('hex');
}

/** Hashes a file, or every file below a folder, in the order of their names. */
export async function readHashes(root: string, base: string): Promise<HashedFile[]> {
	const files: HashedFile[] = [];
	for (const file of await listFiles(root)) {
		files.push({name: path.relative(base, file), sha256: await readSha256(file), bytes: (await stat(file)).size});
	}
	return files;
}

/** The text of a manifest: `hash  name`, as sha256sum writes it. */
export function writeManifestText(files: readonly HashedFile[]): string {
	return files.map(file => `${file.sha256}  ${file.name}\n`).join('');
}

/** Puts a folder's own entries (a rename in it) on the disk. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** What is wrong with a backup's files now, one sentence each; empty when each file is there and unchanged. */
export async function verifyBackup(backup: Backup): Promise<string[]> {
	if (backup.format === 'external') return [];
	const expected = backup.manifest === undefined
		? new Map([[path.basename(backup.path), backup.sha256 ?? '']])
		: await readManifest(backup.manifest);
	if (expected === null) return [`The manifest ${backup.manifest} can't be read, so the backup ${backup.path} can't be proven unchanged.`];
	const base = path.dirname(backup.path);
	const present = new Set(await listFiles(backup.path).then(files => files.map(file => path.relative(base, file)), () => []));
	const problems: string[] = [];
	for (const [name, sha256] of expected) {
		const actual = await readSha256(path.join(base, name)).catch(() => null);
		if (actual === null) problems.push(`${path.join(base, name)} is missing or can't be read.`);
		else if (actual !== sha256) problems.push(`${path.join(base, name)} has changed since the backup was taken (sha256 ${actual.slice(0, 12)}…, expected ${sha256.slice(0, 12)}…).`);
		present.delete(name);
	}
	return [...problems, ...[...present].map(name => `${path.join(base, name)} was not there when the backup was taken.`)];
}

/** Size, times and place on the disk of each of its files, as one text: it changes with them, and costs no reading. `none` when they are gone. */
export async function readStamp(backup: Backup): Promise<string> {
	try {
		const listed = backup.manifest === undefined ? [] : [backup.manifest, ...[...await readManifest(backup.manifest) ?? []].map(([name]) => path.join(path.dirname(backup.path), name))];
		const files = [...new Set([...await listFiles(backup.path), ...listed])];
		const stamps = await Promise.all(files.map(async file => {
			// Nobody can set the time of the last change of an inode back, as `touch` sets the other one.
			const {size, mtimeMs, ctimeMs, ino} = await stat(file);
			return `${file} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
		}));
		return createHash('sha256').update(stamps.join('\n')).digest('hex');
	} catch {
		return 'none';
	}
}

async function readManifest(file: string): Promise<Map<string, string> | null> {
	const text = await readFile(file, 'utf8').catch(() => null);
	if (text === null || text === '') return null;
	const lines = text.trimEnd().split('\n').map(line => /^([\da-f]{64}) {2}(.+)$/.exec(line));
	return lines.every(line => line !== null) ? new Map(lines.map(line => [line![2]!, line![1]!])) : null;
}

async function listFiles(root: string): Promise<string[]> {
	if ((await stat(root)).isFile()) return [root];
	const entries = await readdir(root, {withFileTypes: true, recursive: true});
	return entries.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name)).sort();
}
