/** Where a backup goes: enough space, what is written beside it, and the rename that makes it one. */
import {open, readdir, rename, rm, stat, statfs, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {byteWords} from '../journal/byte-words.ts';
import {Refusal} from '../journal/refusal.ts';
import {type FileHashes, readSha256, syncFolder, writeManifestText} from './dump-files.ts';
import type {DumpSnapshot, SnapshotRecord} from './dump-snapshot.ts';

export interface Placed {
	/** Of the dump itself. */
	bytes: number;
	/** Of the one file of a custom dump. */
	sha256: string | undefined;
	manifest: string;
	globals: string | null;
	artifacts: {path: string; sha256: string; what: string}[];
}

/** Writes the files beside it, and renames last: a dump at its final name is a whole one. @param hashes of the dump at its name before; globals: SQL of the roles and tablespaces */
export async function placeDump({partial, final, hashes, record, globals}: {partial: string; final: string; hashes: FileHashes; record: SnapshotRecord; globals: string | null}): Promise<Placed> {
	const files = (await hashes.all()).map(file => ({...file, name: path.join(path.basename(final), file.name)}));
	const beside = {record: snapshotPath(final), globals: `${final}.globals.sql`, manifest: `${final}.sha256`};
	const keep = async (file: string, text: string, what: string) => ({path: file, sha256: await writeSynced(file, text), what});
	try {
		const artifacts = [await keep(beside.record, JSON.stringify(record, null, '\t') + '\n', 'row counts, schema and position of the backup\'s snapshot')];
		if (globals !== null) artifacts.push(await keep(beside.globals, globals, 'roles and tablespaces, which a dump lacks; without passwords'));
		const all = [...files, ...artifacts.map(each => ({name: path.basename(each.path), sha256: each.sha256, bytes: 0}))];
		artifacts.push(await keep(beside.manifest, writeManifestText(all), 'sha256 of each file of the backup'));
		await rename(partial, final);
		await syncFolder(path.dirname(final));
		return {bytes: files.reduce((sum, file) => sum + file.bytes, 0), sha256: files[0]?.sha256, manifest: beside.manifest, globals: globals === null ? null : beside.globals, artifacts};
	} catch (error) {
		await Promise.all(Object.values(beside).map(async file => rm(file, {force: true})));
		throw error;
	}
}

/** Where the snapshot record of a backup is. */
export function snapshotPath(backup: string): string {
	return `${backup}.snapshot.json`;
}

async function writeSynced(file: string, text: string): Promise<string> {
	await writeFile(file, text, {mode: 0o600});
	const handle = await open(file, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
	return readSha256(file);
}

/** A compressed dump takes a fraction of the tables' size, which can't be known before: little space warns, hopelessly little refuses. */
export async function refuseWithoutSpace(directory: string, snapshot: DumpSnapshot): Promise<string[]> {
	const {bavail, bsize} = await statfs(directory);
	const free = bavail * bsize;
	const data = snapshot.tables.reduce((sum, table) => sum + table.dataBytes, 0);
	if (free < data * 0.05) throw new Refusal(4, `There is not enough space for a backup in ${directory}: ${byteWords(free)} free for tables of ${byteWords(data)}; free some, or name another folder with backup.directory.`);
	return free < data ? [`Space may run out in ${directory}: ${byteWords(free)} free for tables of ${byteWords(data)} (a compressed dump is usually smaller).`] : [];
}

/** What a killed process of ours left; its pid is in the name. */
export async function removeStalePartials(directory: string): Promise<void> {
	for (const entry of await readdir(directory)) {
		const pid = /\.(\d+)\.partial$/.exec(entry)?.[1];
		if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(directory, entry), {recursive: true, force: true});
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

export async function exists(file: string): Promise<boolean> {
	return stat(file).then(() => true, () => false);
}

