/** The hashes of a dump's files while it is written, and how the reading of it is shared. */
import {createHash} from 'node:crypto';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {expect, test} from 'vitest';
import {endingFor, wordsFor} from '../../source/postgres/dump-compression.ts';
import {FileHashes, readSha256} from '../../source/postgres/dump-files.ts';
import {splitEntries} from '../../source/postgres/dump-verify.ts';

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

test('a file hashed early counts as it is at the end: touched, it is hashed anew; unknown, it is hashed then', async () => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-hashes-'));
	const write = async (name: string, text: string) => writeFile(path.join(folder, name), text);
	const large = Buffer.alloc(3 * 2 ** 20 + 7, 'x');
	await write('1.dat.gz', 'one');
	await write('2.dat.gz', 'two');
	await writeFile(path.join(folder, 'toc.dat'), large);
	const hashes = new FileHashes(folder);
	hashes.add(path.join(folder, '1.dat.gz'));
	hashes.add(path.join(folder, 'not there'));
	hashes.add(path.join(folder, '2.dat.gz'));
	await hashes.all();
	await write('2.dat.gz', 'TWO');
	expect(await hashes.all()).toEqual([
		{name: '1.dat.gz', sha256: sha256('one'), bytes: 3}, {name: '2.dat.gz', sha256: sha256('TWO'), bytes: 3}, {name: 'toc.dat', sha256: sha256(large), bytes: large.length},
	]);
	await expect(readSha256(path.join(folder, 'toc.dat'), AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
	await rm(folder, {recursive: true});
});

test.each([
	['gzip:3', '3', 'gzip:3', '.gz'], ['gzip', '6', 'gzip', '.gz'], ['6', '6', '6', '.gz'], ['0', '0', '0', ''], ['none', '0', 'none', ''], ['gzip:0', '0', 'gzip:0', ''],
	['zstd:level=3,long', null, 'zstd:level=3,long', '.zst'], ['lz4', null, 'lz4', '.lz4'],
])('compression %s: to pg_dump 15 %s, to 16 %s, in files *%s', (compression, to15, to16, ending) => {
	if (to15 === null) expect(() => wordsFor(compression, 15)).toThrow(/pg_dump 15 can't compress with/);
	else expect(wordsFor(compression, 15)).toBe(to15);
	expect([wordsFor(compression, 16), endingFor(compression)]).toEqual([to16, ending]);
});

test('every entry of the table of contents is read by exactly one of the programs, the largest ones apart', () => {
	const entries = ['4; 0 1 TABLE public a u', '5; 0 2 TABLE DATA public a u', '6; 0 3 TABLE DATA public b u', '7; 0 4 TABLE DATA public c u', '8; 0 5 BLOBS - BLOBS '];
	const sizes = new Map([[5, 90], [6, 100], [7, 20]]);
	expect(splitEntries(entries, sizes, 2)).toEqual([['6; 0 3 TABLE DATA public b u', '4; 0 1 TABLE public a u', '8; 0 5 BLOBS - BLOBS '], ['5; 0 2 TABLE DATA public a u', '7; 0 4 TABLE DATA public c u']]);
	expect(splitEntries(['5; 0 2 TABLE DATA public a u'], sizes, 4)).toEqual([['5; 0 2 TABLE DATA public a u']]);
});
