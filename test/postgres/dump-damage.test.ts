/** Damaged backups: none is ever called verified at a grade that it can't have, whenever the damage came. */
import {cp, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {findDamage, trustFresh} from '../../source/checks/backups.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';
import {parseConninfo, type Conninfo} from '../../source/postgres/conninfo.ts';
import {readStamp} from '../../source/postgres/dump-files.ts';
import {runDump, type DumpOptions} from '../../source/postgres/dump.ts';
import {runRestore, type RestoreResult} from '../../source/postgres/restore.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';
import {programsWith} from './programs-with.ts';

let database: FreshDatabase;
let conninfo: Conninfo;
let directory: string;
beforeAll(async () => {
	database = await freshDatabase();
	conninfo = parseConninfo(database.url, {}, '/nonexistent');
	await (await database.client()).query(`CREATE TABLE big (id int PRIMARY KEY, noise text DEFAULT 'loud'); INSERT INTO big SELECT g, md5(g::text) FROM generate_series(1, 5000) g; CREATE TABLE small (a int); INSERT INTO small VALUES (1), (2)`);
});
afterAll(async () => database.drop());
beforeEach(async () => {
	directory = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-damage-'));
	return async () => rm(directory, {recursive: true, force: true});
});

/** What is said of a backup: the error's sentence, or what it was verified to be. */
const dumped = async (options: Pick<DumpOptions, 'format' | 'verify' | 'search'>): Promise<string | Backup> => runDump({conninfo, directory: path.join(directory, options.verify ?? 'read'), jobs: 2, ...options}).then(({backup}) => backup, (error: Error) => error.message);
const restored = async (backup: Backup): Promise<string | RestoreResult> => {
	const name = `copy_${database.name}`;
	const result = await runRestore({backup, conninfo: {...conninfo, database: 'postgres'}, database: name}).catch((error: Error) => error.message);
	await (await database.client()).query(`DROP DATABASE IF EXISTS "${name}"`);
	return result;
};

/** As a disk, a memory or a network does it: `at` is a share of the file, or a text in it. */
async function flip(file: string, at: number | string): Promise<void> {
	const bytes = await readFile(file);
	const place = typeof at === 'number' ? Math.floor(bytes.length * at) : bytes.indexOf(at);
	expect(place, `${at} is in ${file}`).toBeGreaterThan(0);
	bytes[place]! ^= 1;
	await writeFile(file, bytes);
}

describe('pg_dump writes it damaged', () => {
	/** The real pg_dump, and then a damage to what it wrote; `$out` is that. */
	const damaging = async (damage: string) => ({directory: await programsWith(directory, 'pg_dump', `case "$1" in --version) exec "$real" "$1";; esac
for word; do case "$word" in --file=*) out="\${word#--file=}";; esac; done
"$real" "$@" || exit 1
flip() { perl -0777 -pi -e "$2" "$1"; }
${damage}`)});
	const bit = (place: string): string => `substr($_, ${place}, 1) ^= chr(1)`;
	const unreadable = /can't be read.*it was removed/;
	test.each<[what: string, format: DumpOptions['format'], damage: string, read: RegExp | 'passes', list?: RegExp | 'passes', restore?: RegExp]>([
		['cut to its head', 'custom', 'truncate -s 200 "$out"', unreadable, unreadable],
		['cut to a quarter', 'custom', 'truncate -s $(( $(stat -c %s "$out") / 4 )) "$out"', unreadable, 'passes'],
		['its last byte cut off', 'custom', 'truncate -s -1 "$out"', unreadable],
		['a bit of a compressed block', 'custom', `flip "$out" '${bit('length() / 2')}'`, unreadable, 'passes'],
		['a bit of a compressed file', 'directory', `for file in "$out"/*.dat.gz; do flip "$file" '${bit('length() / 2')}'; done`, unreadable, 'passes'],
		['a file cut', 'directory', 'for file in "$out"/*.dat.gz; do truncate -s -3 "$file"; done', unreadable],
		['a file missing', 'directory', 'rm "$out"/*.dat.gz', unreadable],
		['no table of contents', 'directory', 'rm "$out"/toc.dat', unreadable],
		['a bit of its magic', 'custom', `flip "$out" '${bit('1')}'`, unreadable],
		// Reading can't see it, since nothing guards the table of contents; only a restore that compares the schema can.
		['a bit of a column\'s name', 'custom', `flip "$out" '${bit('index($_, "noise")')}'`, 'passes', undefined, /failed|column public\.big\.noise is missing/],
		['a bit of a default', 'directory', `flip "$out"/toc.dat '${bit('index($_, "loud")')}'`, 'passes', undefined, /column public\.big\.noise is another one/],
	])('%s (%s)', async (_, format, damage, read, list, restore) => {
		const search = await damaging(damage);
		for (const [grade, expected] of Object.entries({list, read})) {
			if (expected === undefined) continue;
			const answer = await dumped({format, verify: grade as 'list' | 'read', search});
			if (expected === 'passes') expect(answer, grade).toMatchObject({verified: {list: true, read: grade === 'read'}});
			else expect(answer, grade).toMatch(expected);
			if (grade === 'read' && restore) {
				const result = await restored(answer as Backup);
				expect(typeof result === 'string' ? result : result.differences.join('\n')).toMatch(restore);
			}
		}
	});
});

describe('damaged after it was taken', () => {
	let taken: Record<'custom' | 'directory', Backup>;
	let origin: string;
	beforeAll(async () => {
		origin = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-whole-'));
		const take = async (format: 'custom' | 'directory') => (await runDump({conninfo, directory: origin, format, jobs: 2})).backup;
		taken = {custom: await take('custom'), directory: await take('directory')};
		return async () => rm(origin, {recursive: true, force: true});
	});
	const data = async (backup: Backup): Promise<string> => path.join(backup.path, (await readdir(backup.path)).find(name => name.endsWith('.dat.gz'))!);
	test.each<[what: string, format: 'custom' | 'directory', damage: (backup: Backup) => Promise<void>, says: RegExp]>([
		['one bit of the data', 'custom', async backup => flip(backup.path, 0.5), /has changed since the backup was taken/],
		['one bit of the data, its time set back', 'custom', async backup => {
			const {atime, mtime} = await stat(backup.path);
			await flip(backup.path, 0.5);
			await utimes(backup.path, atime, mtime);
		}, /has changed since/],
		['one bit of the table of contents', 'directory', async backup => flip(path.join(backup.path, 'toc.dat'), 'noise'), /toc\.dat has changed since/],
		['one bit of a compressed file', 'directory', async backup => flip(await data(backup), 0.5), /\.dat\.gz has changed since/],
		['cut', 'custom', async backup => truncate(backup.path, 1000), /has changed since/],
		['a file missing', 'directory', async backup => rm(await data(backup)), /\.dat\.gz is missing/],
		['a file more', 'directory', async backup => writeFile(path.join(backup.path, 'stranger'), ''), /stranger was not there/],
		['its counts made to fit', 'custom', async backup => writeFile(`${backup.path}.snapshot.json`, (await readFile(`${backup.path}.snapshot.json`, 'utf8')).replace('"rows": 5000', '"rows": 4999')), /snapshot\.json has changed since/],
		['no manifest', 'directory', async backup => rm(backup.manifest!), /manifest .* can't be read/],
		['a manifest of something else', 'directory', async backup => writeFile(backup.manifest!, 'x\n'), /manifest .* can't be read/],
	])('%s (%s): found by the checks, and not restored', async (_, format, damage, says) => {
		const whole = taken[format];
		const here = (file: string): string => path.join(directory, path.basename(file));
		for (const name of await readdir(origin)) await cp(path.join(origin, name), path.join(directory, name), {recursive: true});
		const backup: Backup = {...whole, path: here(whole.path), manifest: here(whole.manifest!)};
		const before = await readStamp(backup);
		expect(await findDamage(backup)).toBeNull();
		await damage(backup);
		expect(await readStamp(backup), 'its evidence goes stale').not.toBe(before);
		expect(await findDamage(backup)).toMatch(says);
		expect(await restored(backup)).toMatch(/^The backup is not restored, since it is not as it was taken|^The record beside the backup/);
	});
});

test('what was hashed and read back a moment ago is not hashed once more by the check after it, until it is touched; what was only listed is', async () => {
	const {backup} = await runDump({conninfo, directory, format: 'custom'});
	const listed: Backup = {...backup, verified: {list: true, read: false}};
	await flip(backup.path, 0.5);
	await trustFresh(listed);
	expect(await findDamage(listed)).toMatch(/has changed since/);
	await trustFresh(backup);
	expect(await findDamage(backup)).toBeNull();
	await flip(backup.path, 0.25);
	expect(await findDamage(backup)).toMatch(/has changed since/);
});

test('a restore that brings other rows than the snapshot had says so', async () => {
	const {backup} = await runDump({conninfo, directory, format: 'custom'});
	const record = `${backup.path}.snapshot.json`;
	await writeFile(record, (await readFile(record, 'utf8')).replace('"rows": 5000', '"rows": 5001'));
	const {manifest: _, ...unlisted} = backup;
	expect(await restored(unlisted)).toMatchObject({differences: ['public.big has 5000 rows after the restore, and had 5001 in the dump\'s snapshot']});
});
