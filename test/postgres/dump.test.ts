import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {Refusal} from '../../source/journal/refusal.ts';
import {holdKey, ownKey} from '../../source/postgres/advisory.ts';
import {compareCatalogs, queryCatalog} from '../../source/postgres/catalog.ts';
import {parseConninfo, type Conninfo} from '../../source/postgres/conninfo.ts';
import {verifyBackup} from '../../source/postgres/dump-files.ts';
import {beginSnapshot, RowCounts} from '../../source/postgres/dump-snapshot.ts';
import {runDump, type DumpProgress} from '../../source/postgres/dump.ts';
import {runRestore} from '../../source/postgres/restore.ts';
import {queryRunningDumps} from '../../source/postgres/running-dumps.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {eventually, freshDatabase, primaryServer, type FreshDatabase} from '../servers.ts';
import {programsWith} from './programs-with.ts';

let database: FreshDatabase;
let conninfo: Conninfo;
let session: Session;
let directory: string;
beforeAll(async () => {
	database = await freshDatabase();
	conninfo = parseConninfo(database.url, {}, '/nonexistent');
	session = await connect(conninfo, {application: 'holdpoint-test'});
	await session.multi(`CREATE TABLE big (id int PRIMARY KEY, noise text); INSERT INTO big SELECT g, md5(g::text) FROM generate_series(1, 20000) g;
		CREATE TABLE "Odd name" (a int REFERENCES big); INSERT INTO "Odd name" VALUES (1), (2); CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1');
		CREATE MATERIALIZED VIEW seen AS SELECT count(*) FROM big; CREATE TABLE parted (k int) PARTITION BY LIST (k)`);
});
afterAll(async () => {
	await session.close();
	await database.drop();
});
beforeEach(async () => {
	directory = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-dump-'));
	return async () => rm(directory, {recursive: true, force: true});
});

const failure = async (promise: Promise<unknown>): Promise<Refusal> => promise.then(() => {
	throw new Error('should have failed');
}, (error: Refusal) => error);

describe('a backup', () => {
	test('in parallel: hashed, counted in its snapshot, readable, nothing half', async () => {
		const seen: DumpProgress[] = [];
		const {backup, record} = await runDump({conninfo, directory, format: 'directory', jobs: 2, onProgress: one => seen.push(one)});
		expect(backup).toMatchObject({format: 'directory', database: database.name, tables: 3, verified: {list: true, read: true}, lsn: expect.stringMatching(/^[\dA-F]+\/[\dA-F]+$/)});
		expect(Object.fromEntries(record.tables.map(one => [one.table, one.rows]))).toEqual({'public.big': 20_000, 'public."Odd name"': 2, 'public.alembic_version': 1});
		expect(seen.filter(one => one.kind === 'tables').at(-1)).toMatchObject({done: 3, total: 3});
		expect((await readdir(directory)).map(name => name.replace(path.basename(backup.path), 'B')).sort()).toEqual(['B', 'B.globals.sql', 'B.sha256', 'B.snapshot.json']);
		expect((await execa('sha256sum', ['--check', '--quiet', backup.manifest!], {cwd: directory})).exitCode).toBe(0);
		expect(await verifyBackup(backup)).toEqual([]);
	});

	test('compressed as asked; a table that is too large to be counted beside it is told', async () => {
		const {backup, record, warnings} = await runDump({conninfo, directory: path.join(directory, 'backups'), format: 'directory', jobs: 2, verify: 'list', compression: 'none', rowLimit: 1000});
		expect(warnings).toEqual([expect.stringMatching(/the compression none has no checksums/)]);
		expect(backup).toMatchObject({compression: 'none', counted: {tables: 2, rows: 3, uncounted: 1, largest: 'public.big'}});
		expect(record.tables.find(one => one.table === 'public.big')).toMatchObject({rows: null});
		expect((await readdir(backup.path)).filter(name => /^\d+\.dat$/.test(name))).toHaveLength(3);
		expect(await failure(runDump({conninfo, directory, format: 'custom', compression: 'best'}))).toMatchObject({exit: 2, message: expect.stringMatching(/no compression "best"; name one such as gzip:6/)});
	});

	test('rows are counted as pg_dump comes to the tables, by one backend, each once; the rest at the end, and nothing after a cancel', async () => {
		const counting = await connect(conninfo, {application: 'holdpoint-test'});
		const asked: string[] = [];
		const spied: Session = {...counting, async query(text, ...more) {
			asked.push(text);
			return counting.query(text, ...more);
		}};
		const abort = new AbortController();
		const counts = new RowCounts(spied, await beginSnapshot(counting), {rowLimit: null, signal: abort.signal});
		counts.add('public.alembic_version');
		counts.add('public.alembic_version');
		expect(counts.busy).toBe(true);
		const {tables} = await counts.all();
		expect(counts.busy).toBe(false);
		expect(Object.fromEntries(tables.map(({table, rows}) => [table, rows]))).toEqual({'public.big': 20_000, 'public.alembic_version': 1, 'public."Odd name"': 2});
		expect(asked.filter(text => /^S(?:ET|ELECT)/.test(text))).toEqual(['SET LOCAL max_parallel_workers_per_gather = 0', ...['alembic_version', 'big', '"Odd name"'].map(name => `SELECT count(*) AS rows FROM ONLY public.${name}`)]);
		await counting.query('COMMIT');
		abort.abort();
		const cancelled = new RowCounts(spied, await beginSnapshot(counting), {rowLimit: null, signal: abort.signal});
		expect((await cancelled.all()).tables.map(({rows}) => rows)).toEqual([null, null, null]);
		await counting.close();
	});

	test('custom format: one file with its hash; restored, its rows and schema are the same', async () => {
		const {backup} = await runDump({conninfo, directory, format: 'custom', verify: 'list'});
		expect(backup).toMatchObject({format: 'custom', sha256: expect.stringMatching(/^[\da-f]{64}$/), verified: {list: true, read: false}});
		expect(await verifyBackup(backup)).toEqual([]);
		const server = await primaryServer();
		const onto = parseConninfo(server.url('postgres'), {}, '/nonexistent');
		const restored = `restored_${database.name}`;
		const result = await runRestore({backup, conninfo: onto, database: restored, jobs: 2});
		expect(result).toMatchObject({database: restored, tables: 3, rowsCompared: 20_003, differences: []});
		const copy = await connect({...onto, database: restored}, {application: 'holdpoint-test'});
		expect(compareCatalogs(await queryCatalog(session), await queryCatalog(copy))).toEqual([]);
		await copy.close();
		expect((await failure(runRestore({backup, conninfo: onto, database: restored}))).message).toMatch(/exists already/);
		await session.query(`DROP DATABASE "${restored}"`);
	});

	test('roles and tablespaces beside it, without passwords, also as a plain role; what keeps them away is said', async () => {
		await session.multi(`DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD 'Sesame'; ALTER ROLE reader SET work_mem = '7MB'; ${session.versionNumber < 140_000 ? 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO reader' : 'GRANT pg_read_all_data TO reader'}`);
		const asReader = parseConninfo(database.urlAs({name: 'reader', password: 'Sesame'}), {}, '/nonexistent');
		const {backup, artifacts} = await runDump({conninfo: asReader, directory, format: 'custom', verify: 'list'});
		const search = {directory: await programsWith(directory, 'pg_dumpall', 'case "$1" in --version) exec "$real" "$1";; esac; echo "pg_dumpall: error: query failed: ERROR:  permission denied for table pg_auth_members" >&2; exit 1')};
		const without = await runDump({conninfo: asReader, directory: path.join(directory, 'other'), format: 'custom', verify: 'list', search});
		await session.multi('DROP OWNED BY reader; DROP ROLE reader');
		const sql = await readFile(backup.globals!.path!, 'utf8');
		expect(sql).toMatch(/CREATE ROLE reader;[^]*ALTER ROLE reader SET work_mem TO '7MB'/);
		expect(sql).not.toMatch(/PASSWORD|SCRAM/);
		expect(artifacts.map(each => each.path)).toContain(backup.globals!.path);
		expect([without.backup.globals, without.warnings]).toEqual([{path: null, why: expect.stringMatching(/may not read pg_auth_members/)}, [expect.stringMatching(/roles and tablespaces of the server were not backed up/)]]);
	});

});

describe('what goes wrong leaves nothing', () => {
	test.each([
		['no space', 'ulimit -f 8; exec "$real" "$@"', 4, /no space left|larger than this process may write/],
		['pg_dump dies', 'mkdir -p "$(echo "$*" | sed "s/.*--file=\\([^ ]*\\).*/\\1/")"; kill -9 $$', 4, /ended by SIGKILL/],
		['pg_dump is older', 'echo "pg_dump (PostgreSQL) 9.6.24"', 2, /version 9, older than the server's 1\d/],
	])('%s', async (_, script, exit, sentence) => {
		const search = {directory: await programsWith(directory, 'pg_dump', `case "$1" in --version) ${script.startsWith('echo') ? script : 'exec "$real" --version'};; *) ${script};; esac`)};
		const error = await failure(runDump({conninfo, directory: path.join(directory, 'backups'), format: 'directory', jobs: 1, search}));
		expect({exit: error.exit, message: error.message}).toEqual({exit, message: expect.stringMatching(sentence)});
		expect(await readdir(path.join(directory, 'backups')).catch(() => [])).toEqual([]);
	});

	test.skipIf(process.getuid?.() !== 0)('a disk that is full, as only root can make one', async context => {
		const small = path.join(directory, 'small');
		await mkdir(small);
		if ((await execa('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'holdpoint', small], {reject: false})).exitCode !== 0) context.skip('tmpfs can not be mounted here');
		try {
			const error = await failure(runDump({conninfo, directory: small, format: 'directory', jobs: 1}));
			expect({exit: error.exit, message: error.message}).toEqual({exit: 4, message: expect.stringMatching(/^The backup of .* failed: there was no space left on the disk; nothing was kept/)});
			expect(await readdir(small)).toEqual([]);
			await session.query('ALTER TABLE big ADD COLUMN wide text');
			await session.query(`UPDATE big SET wide = repeat(md5(id::text), 20)`);
			expect(await failure(runDump({conninfo, directory: small, format: 'directory', jobs: 1}))).toMatchObject({exit: 4, message: expect.stringMatching(/not enough space .*: \d+ kB free for tables of \d+\.\d MB/)});
			await session.query('ALTER TABLE big DROP COLUMN wide');
		} finally {
			await execa('umount', [small]);
		}
	});

	test('a role that may not read a table', async () => {
		await session.multi(`DROP ROLE IF EXISTS dumper; CREATE ROLE dumper LOGIN PASSWORD 'd'; GRANT SELECT ON big TO dumper`);
		const error = await failure(runDump({conninfo: parseConninfo(database.urlAs({name: 'dumper', password: 'd'}), {}, '/nonexistent'), directory, format: 'directory'}));
		await session.multi('DROP OWNED BY dumper; DROP ROLE dumper');
		expect({exit: error.exit, message: error.message}).toEqual({exit: 4, message: expect.stringMatching(/may not read .*; GRANT pg_read_all_data/)});
	});

	test.each([['the snapshot', 'big'], ['pg_dump', 'parted']])('cancelled while %s waits: it ends, on the server too', async (_, table) => {
		await session.multi(`BEGIN; LOCK TABLE ONLY ${table}`);
		const abort = new AbortController();
		const running = failure(runDump({conninfo, directory, format: 'directory', jobs: 2, signal: abort.signal}));
		await eventually('it waits for the lock', async () => (await session.query('SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass', [table])).length > 0);
		expect((await queryRunningDumps(session)).length).toBeGreaterThan(0);
		abort.abort();
		expect(await running).toMatchObject({exit: 4, message: expect.stringMatching(/was cancelled; nothing was kept/)});
		await session.query('ROLLBACK');
		expect(await readdir(directory)).toEqual([]);
		await eventually('no dump is left', async () => (await queryRunningDumps(session)).length === 0);
	});

	test('refused while a migration is at work', async () => {
		const own = await holdKey(session, ownKey(database.name));
		expect(await failure(runDump({conninfo, directory, format: 'directory'}))).toMatchObject({exit: 3, message: expect.stringMatching(/migration of .* is at work/)});
		await own!.release();
	});

	test('what a killed process left is removed by the next backup', async () => {
		const child = execa('true');
		await child;
		await writeFile(path.join(directory, `x.${child.pid}.partial`), '');
		await runDump({conninfo, directory, format: 'custom', verify: 'list'});
		expect((await readdir(directory)).filter(name => name.endsWith('.partial'))).toEqual([]);
	});
});
