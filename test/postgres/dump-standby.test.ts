/** Backups from another server: only from a standby of the target, with how far it is behind, and what replay does to it. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, expect, test} from 'vitest';
import {backupKey, holdProof, queryHolder, type HeldKey} from '../../source/postgres/advisory.ts';
import {parseConninfo, type Conninfo} from '../../source/postgres/conninfo.ts';
import {refuseSource} from '../../source/postgres/dump-source.ts';
import {runDump, type DumpOptions} from '../../source/postgres/dump.ts';
import {queryIdentity} from '../../source/postgres/identity.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {eventually, freshDatabase, servers, type FreshDatabase} from '../servers.ts';
import {programsWith} from './programs-with.ts';

let database: FreshDatabase;
let target: Session;
let standby: Session;
let from: Conninfo;
let proof: HeldKey;
let directory: string;
const read = (url: string): Conninfo => parseConninfo(url, {}, '/nonexistent');
beforeAll(async () => {
	database = await freshDatabase();
	target = await connect(read(database.url), {application: 'holdpoint-test'});
	await target.multi('CREATE TABLE big AS SELECT g AS id FROM generate_series(1, 5000) g');
	from = read((await servers()).standby.url(database.name));
	await eventually('the standby has the database', async () => (standby = await connect(from, {application: 'x'})).query('SELECT FROM big'));
	proof = await holdProof(target);
});
afterAll(async () => {
	await Promise.all([target.close(), standby.close()]);
	await database.drop();
});
beforeEach(async () => {
	directory = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-standby-'));
	return async () => rm(directory, {recursive: true, force: true});
});
const dump = async (options: Partial<DumpOptions> = {}) => runDump({conninfo: from, original: {session: target, proofKey: proof.key}, directory, format: 'directory', jobs: 2, ...options}).catch((error: Error) => error.message);

test('a standby that follows: counted in its own snapshot, marked on the target, at a position that it had replayed', async () => {
	const [{lsn}] = await target.query<{lsn: string}>('SELECT pg_current_wal_lsn()::text AS lsn') as [{lsn: string}];
	let marked = false;
	const result = await dump({onProgress: () => void queryHolder(target, backupKey(database.name)).then(holder => (marked ||= holder !== null))});
	expect(result).toMatchObject({
		backup: {tables: 1, source: {host: '127.0.0.1', behindBytes: 0, behindSeconds: null}, globals: {path: expect.any(String)}},
		record: {tables: [{table: 'public.big', rows: 5000}]}, jobs: 2,
	});
	const [later] = await target.query<{ok: boolean}>('SELECT $1::pg_lsn >= $2::pg_lsn AS ok', [(result as Exclude<typeof result, string>).backup.lsn, lsn]);
	expect([later?.ok, marked, await queryHolder(target, backupKey(database.name))]).toEqual([true, true, null]);
});

test('one that replays no more: its lag is said, and kept with the backup', async () => {
	await target.query('CREATE TABLE earlier (a int)');
	await eventually('a transaction was replayed', async () => (await standby.query<{at: string | null}>('SELECT pg_last_xact_replay_timestamp()::text AS at'))[0]?.at);
	await standby.query('SELECT pg_wal_replay_pause()');
	await target.query('CREATE TABLE later AS SELECT generate_series(1, 1000)');
	const result = await dump();
	await standby.query('SELECT pg_wal_replay_resume()');
	await target.query('DROP TABLE earlier, later');
	expect(result).toMatchObject({backup: {source: {behindBytes: expect.any(Number), behindSeconds: expect.any(Number)}}, warnings: [expect.stringMatching(/^The standby is [\d.]+ [kM]B of WAL and \d+ s behind the target: what was written since then is not in this backup\.$/)]});
});

test('what is no standby of the target is refused', async () => {
	const [original, its] = [await queryIdentity(target), await queryIdentity(standby)];
	expect(refuseSource(its, original)).toBeNull();
	expect([{systemIdentifier: '1'}, {systemIdentifier: null}, {databaseOid: '1', database: 'blog'}, {inRecovery: false}, {timeline: 7}].map(change => refuseSource({...its, ...change}, original))).toEqual([
		expect.stringMatching(/another server's \(system identifier 1, the target has \d+\)/), expect.stringMatching(/hidden from this role/), expect.stringMatching(/the database blog, and the target/),
		expect.stringMatching(/no standby any more/), expect.stringMatching(/timeline 7, the target on 1/),
	]);
	// The target itself proves itself by the lock; a lock of nobody does not.
	expect(await dump({conninfo: read(database.url)})).toMatchObject({backup: expect.not.objectContaining({source: expect.anything()})});
	expect(await dump({conninfo: read(database.url), original: {session: target, proofKey: '1'}})).toMatch(/^No backup is taken from .*no standby any more/);
});

test('replay that can wait no longer ends it, and the sentence says what to do', async () => {
	await standby.query('ALTER SYSTEM SET max_standby_streaming_delay = 0');
	await standby.query('SELECT pg_reload_conf()');
	const search = {directory: await programsWith(directory, 'pg_dump', `case "$1" in --version) exec "$real" "$1";; esac; until [ -e ${directory}/go ]; do sleep 0.05; done; exec "$real" "$@"`)};
	const dumping = dump({search});
	const holds = "SELECT FROM pg_stat_activity WHERE application_name = 'holdpoint-backup' AND backend_xmin IS NOT NULL AND state = 'idle in transaction'";
	await eventually('its snapshot is open', async () => (await standby.query(holds)).length > 0);
	await target.query('DELETE FROM big WHERE id < 1000');
	await eventually('replay has ended it', async () => {
		await target.query('VACUUM big');
		return (await standby.query(holds)).length === 0;
	});
	await writeFile(path.join(directory, 'go'), '');
	const message = await dumping;
	await standby.query('ALTER SYSTEM RESET max_standby_streaming_delay');
	await standby.query('SELECT pg_reload_conf()');
	expect(message).toMatch(/failed: the standby cancelled it, since it held up replay .*hot_standby_feedback = on .*or take the backup from the primary; nothing was kept/);
});
