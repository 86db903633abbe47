/** The files of a backup: their hashes, the manifest that `sha256sum -c` reads too, and the check of both. */
import {createHash} from 'node:crypto';
import {open, readFile, readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import type {Backup} from '../journal/shapes/backup.ts';

export interface HashedFile {
	/** Relative to the folder that holds the backup. */
	name: string;
	sha256: string;
	bytes: number;
}

/** sha256 of a file. One large buffer over and over: a stream's many small ones cost more than the hash itself. @throws the signal's reason when it is aborted */
export async function readSha256(file: string, signal?: AbortSignal): Promise<string> {
	const hash = createHash('sha256');
	const handle = await open(file, 'r');
	try {
		const buffer = Buffer.allocUnsafe(Math.min(2 ** 20, Math.max(1, (await handle.stat()).size)));
		for (;;) {
			signal?.throwIfAborted();
			const {bytesRead} = await handle.read(buffer, 0, buffer.length);
			if (bytesRead === 0) return hash.digest('hex');
			hash.update(buffer.subarray(0, bytesRead));
		}
	} finally {
		await handle.close();
	}
}

/** The hashes of a dump's files: taken while other files of it are still being written or read, and of what each file is when they are asked for. */
export class FileHashes {
	readonly #root: string;
	readonly #signal: AbortSignal | undefined;
	readonly #taken = new Map<string, {stamp: string; sha256: string}>();
	#queue: Promise<void> = Promise.resolve();

	/** @param root the file, or the folder of all files */
	constructor(root: string, signal?: AbortSignal) {
		this.#root = root;
		this.#signal = signal;
	}

	/** Hashes a file that is whole, after those that were named before; one that is not there is left to `all`. */
	add(file: string): void {
		this.#queue = this.#queue.then(async () => {
			await this.#hash(file);
		}).catch(() => undefined);
	}

	/** Every file, in the order of their names; one that was not hashed yet, or was touched since, is hashed now. */
	async all(): Promise<HashedFile[]> {
		await this.#queue;
		const files: HashedFile[] = [];
		for (const file of await listFiles(this.#root)) {
			const {size: bytes} = await stat(file);
			const known = this.#taken.get(file);
			const sha256 = known !== undefined && known.stamp === await stampOf(file) ? known.sha256 : await this.#hash(file);
			files.push({name: path.relative(this.#root, file), sha256, bytes});
		}
		return files;
	}

	async #hash(file: string): Promise<string> {
		const stamp = await stampOf(file);
		const sha256 = await readSha256(file, this.#signal);
		this.#taken.set(file, {stamp, sha256});
		return sha256;
	}
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
		const stamps = await Promise.all(files.map(stampOf));
		return createHash('sha256').update(stamps.join('\n')).digest('hex');
	} catch {
		return 'none';
	}
}

async function stampOf(file: string): Promise<string> {
	// Nobody can set the time of the last change of an inode back, as `touch` sets the other one.
	const {size, mtimeMs, ctimeMs, ino} = await stat(file);
	return `${file} ${size} ${mtimeMs} ${ctimeMs} ${ino}`;
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
