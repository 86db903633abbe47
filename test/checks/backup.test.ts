/** Checks of the backup: taken, whole, restored, documented, kept, and the WAL archived after it. */
import {createHash} from 'node:crypto';
import {mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {backupCompleted} from '../../source/checks/backup-completed.ts';
import {backupDocumented} from '../../source/checks/backup-documented.ts';
import {backupPitr} from '../../source/checks/backup-pitr.ts';
import {backupRetention} from '../../source/checks/backup-retention.ts';
import {backupVerified} from '../../source/checks/backup-verified.ts';
import {preflightBackup} from '../../source/checks/preflight-backup.ts';
import type {Settings} from '../../source/config/settings.ts';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {eventually, primaryServer} from '../servers.ts';
import {cases} from './cases.ts';
import {backedUp, defaultSettings, folder, look, target, type Given} from './look.ts';
import {openShop, type Shop} from './shop.ts';

let shop: Shop;
let archive: Cluster;
const sessions: Session[] = [];
beforeAll(async () => {
	shop = await openShop();
	const {programs} = await primaryServer();
	archive = await startCluster({
		directory: path.join(inject('testRun').folder, `archive-${process.pid}`), purpose: 'archive', programs, durable: false, settings: {archive_mode: 'on', archive_command: ''},
		from: await readCachedDataDirectory({programs, user: await findServerUser(), cache: path.resolve(import.meta.dirname, '../../.cache')}), owner: inject('testRun').owner,
	});
});
afterAll(async () => {
	await Promise.all(sessions.map(async session => session.close()));
	await archive.remove();
	await shop.close();
});

async function archiveSession(): Promise<Session> {
	const session = await connect(await parseConninfo(archive.url('postgres'), process.env, '/'), {application: 'holdpoint-test'});
	sessions.push(session);
	return session;
}

/** A real file, as a custom dump would lie there. */
function dump(more: Partial<typeof backedUp> = {}): typeof backedUp {
	const file = path.join(folder(), 'shop.dump');
	writeFileSync(file, 'PGDMP');
	return {...backedUp, path: file, sha256: createHash('sha256').update('PGDMP').digest('hex'), ...more};
}
const held = (more: Partial<typeof backedUp> = {}) => (): Given => ({backup: dump(more), session: shop.session});
/** It was whole, and one byte of it is another now. */
const damaged = (more: Partial<typeof backedUp> = {}) => (): Given => {
	const backup = dump(more);
	writeFileSync(backup.path, 'PGDMQ');
	return {backup, session: shop.session};
};
const restored = {list: true, read: true, restore: {database: 'shop_restored', seconds: 12.5, tables: 3, rowsCompared: 2010, differences: [] as string[]}};

/** As the command of `backup.external` prints it. */
const managed = {label: 'snap-1', tool: 'the cloud', finishedAt: '2026-03-01T11:40:00Z', ok: true, systemIdentifier: target.systemIdentifier};
const external = (printed: object | string, more: Given = {}) => async (): Promise<Given> => {
	const file = path.join(folder(), 'printed.json');
	writeFileSync(file, typeof printed === 'string' ? printed : JSON.stringify(printed));
	return {session: shop.session, settings: {backup: {...(await defaultSettings()).backup, external: ['cat', file]}}, ...more};
};
const shown = {restore: {database: 'copy', seconds: 60, tables: 3, rowsCompared: 2010, differences: []}};

cases(backupCompleted, {
	'of this database, young enough': {given: held(), answers: 'passed', words: /backup of 3 tables \(977 kB\) was completed 20 min ago/},
	'none': {given: {backup: null}, answers: 'failed', words: /no backup of this run yet/},
	'too old': {given: held({finishedAt: '2026-03-01T09:00:00.000Z'}), answers: 'failed', words: /The newest backup is 3 h old, and `backup\.max_age` is 60 min/},
	'of another server': {given: held({systemIdentifier: '1'}), answers: 'failed', words: /of another server/},
	'of another database': {given: held({database: 'blog'}), answers: 'failed', words: /of the database blog, not of shop/},
	'deleted': {given: held({path: '/nowhere/x.dump'}), answers: 'failed', words: /is not there any more/},
	'a snapshot of a service': {given: external(managed), answers: 'passed', words: /^the cloud completed snap-1 20 min ago without an error; a restore would lose an amount that is not known at most/},
	'that failed': {given: external({...managed, ok: false, error: 'quota'}), answers: 'failed', words: /no good one of .*: the last backup of .*snap-1.* failed: quota/},
	'that failed after a good one': {given: external([managed, {...managed, label: 'snap-2', finishedAt: '2026-03-01T11:50:00Z', ok: false, error: 'quota'}]), answers: 'warned', words: /completed 20 min ago, but .*snap-2.* failed: quota/},
	'of who knows which server': {given: external({...managed, systemIdentifier: undefined}), answers: 'failed', words: /does not say which server it is of/},
	'of another server than the target': {given: external({...managed, systemIdentifier: '42'}), answers: 'failed', words: /another server \(system identifier 42/},
	'printed something else': {given: external('Success!'), answers: 'failed', words: /can't be judged: it printed no JSON/},
	'printed too little': {given: external({label: 'x'}), answers: 'failed', words: /not what it has to print: finishedAt/},
	'the dump is too old, the service\'s is not': {given: async () => ({...await external(managed)(), backup: dump({finishedAt: '2026-03-01T09:00:00.000Z'})}), answers: 'passed', words: /the cloud completed/},
	'damaged since': {given: damaged(), answers: 'failed', words: /The backup is not as it was taken: .*shop\.dump has changed since/},
});

test('the backup says how much WAL a restore would lose', async () => {
	const [{lsn}] = await shop.session.query<{lsn: string}>('SELECT pg_current_wal_lsn()::text AS lsn') as [{lsn: string}];
	await shop.sql('CREATE TABLE later AS SELECT generate_series(1, 5000)');
	const result = await backupCompleted.run(await look(held({lsn})()));
	expect(result.summary).toMatch(/a restore would lose \d[\d.]* (k|M)B of WAL/);
});

cases(backupVerified, {
	'restored': {given: held({verified: restored}), answers: 'passed', words: /Restored to shop_restored in 12\.5 s: 3 tables, 2,010 rows compared/},
	'restored, and different': {given: held({verified: {...restored, restore: {...restored.restore, differences: ['items has 9 rows instead of 10']}}}), answers: 'failed', words: /items has 9 rows instead of 10/},
	'read': {given: held(), answers: 'warned', words: /Every block of the backup was read/},
	'restored, and damaged since': {given: damaged({verified: restored}), answers: 'failed', words: /not what was verified any more: .*shop\.dump has changed since/},
	'restored, one table too large to be counted': {given: held({verified: {...restored, restore: {...restored.restore, uncounted: 1}}}), answers: 'passed', words: /no difference; 1 table too large to be counted/},
	'taken by a service, and never restored': {given: external(managed), answers: 'failed', words: /no restore of it was shown/},
	'taken by a service, which claims to have verified it': {given: external({...managed, verified: true}), answers: 'failed', words: /no backup/},
	'taken by a service, whose restore was shown': {given: external({...managed, verified: shown}), answers: 'passed', words: /Restored to copy in 60\.0 s: 3 tables, 2,010 rows/},
	'only listed': {given: held({verified: {list: true, read: false}}), answers: 'failed', words: /only listed, which proves nothing/},
	'none': {given: {backup: null}, answers: 'failed', words: /no backup/},
});

/** What no server here can be, by what its catalogs would say. */
const elsewhere = (more: object): Given => ({session: {...shop.session, query: async () => [{mode: 'off', level: 'replica', command: null, library: null, managed: false, archived: '0', failed: '0', lastArchived: null, lastSegment: null, lastFailed: null, failing: false, secondsAgo: null, receivers: 0, ...more}]} as never});
/** A real server of its own that archives by this command; the state of its archiver is waited for. */
const archiving = (command: string, until: string) => async (): Promise<Given> => {
	const client = await archive.connect();
	await client.query(`ALTER SYSTEM SET archive_command = '${command}'`);
	await client.query('SELECT pg_reload_conf()');
	await client.query('CREATE TABLE IF NOT EXISTS written AS SELECT 1');
	await client.query('SELECT txid_current(), pg_switch_wal()');
	await eventually(until, async () => (await client.query(`SELECT ${until} AS yes FROM pg_stat_archiver`)).rows[0].yes);
	await client.end();
	return {session: await archiveSession()};
};
cases(backupPitr, {
	'this server archives nothing': {given: () => ({session: shop.session}), answers: 'not-applicable', words: /archives no WAL \(archive_mode is off\)/},
	'on, and nothing archived yet': {given: async () => ({session: await archiveSession()}), answers: 'failed', words: /neither an archive_command nor/},
	'archiving works': {given: archiving('true', 'last_archived_time IS NOT NULL'), answers: 'passed', words: /works: \d+ segments, the last \d+ s ago/},
	'a forced switch was archived': {given: async () => ({...await archiving('true', 'last_archived_time IS NOT NULL')(), state: {backups: [{...backedUp, archived: {segment: '000000010000000000000002', seconds: 0.4, why: null, at: '2026-03-01T11:55:00Z'}}]}}), answers: 'passed', words: /a switch forced at 2026-03-01T11:55:00Z was archived after 0\.4 s/},
	'a forced switch was not': {given: async () => ({session: await archiveSession(), state: {backups: [{...backedUp, archived: {segment: null, seconds: null, why: 'it was not archived within 60 s', at: '2026-03-01T11:55:00Z'}}]}}), answers: 'failed', words: /forced at 2026-03-01T11:55:00Z was not archived: it was not archived within 60 s/},
	'archiving fails': {given: archiving('false', 'last_failed_time > last_archived_time'), answers: 'failed', words: /Archiving fails: the last attempt failed at \d{4}/},
	'a managed service': {given: () => elsewhere({managed: true}), answers: 'warned', words: /For a person: .*managed service/},
	'a managed service that tells until when': {given: external({...managed, recoverableUntil: '2026-03-01T11:55:00Z'}), answers: 'passed', words: /can restore to any moment up to 2026-03-01T11:55:00Z, 5 min ago/},
	'one that is far behind': {given: external({...managed, recoverableUntil: '2026-03-01T10:00:00Z'}), answers: 'failed', words: /120 min|2 h ago: more than 15 min/},
	'a receiver of a backup tool': {given: () => elsewhere({receivers: 1}), answers: 'passed', words: /1 WAL receiver/},
});

/** A folder with the parts that a backup has beside it, which are none, and an older one in a directory of its own. */
const keptBeside = () => async (): Promise<Given> => {
	const given = await kept(1)();
	const {directory} = given.settings!.backup!;
	const [globals, older] = [path.join(directory!, 'old.globals.sql'), path.join(directory!, 'shop-1')];
	mkdirSync(older);
	writeFileSync(path.join(older, 'toc.dat'), 'PGDMP');
	writeFileSync(globals, 'CREATE ROLE a');
	utimesSync(globals, 0, 0);
	utimesSync(older, new Date('2026-02-25T12:00:00Z'), new Date('2026-02-25T12:00:00Z'));
	return given;
};
const kept = (days: number, more: Partial<Settings['backup']> = {}) => async (): Promise<Given> => {
	const directory = folder();
	const file = path.join(directory, 'old.dump');
	writeFileSync(file, 'PGDMP');
	const at = new Date(Date.parse('2026-03-01T12:00:00Z') - days * 24 * 3600 * 1000);
	utimesSync(file, at, at);
	return {backup: {...backedUp, path: file}, settings: {backup: {...(await defaultSettings()).backup, directory, ...more}}};
};
cases(backupRetention, {
	'one that old is there': {given: kept(9), answers: 'passed', words: /oldest of 1 backup is 9 days old: they are kept for 7 days/},
	'the roles beside a backup are none, and a directory is one': {given: keptBeside(), answers: 'warned', words: /oldest of 2 backups is 4 days old/},
	'the oldest is younger': {given: kept(1), answers: 'warned', words: /For a person: the oldest of 1 backup is 24 h old/},
	'a service that says so': {given: external({...managed, retentionDays: 14}), answers: 'passed', words: /keeps backups for 14 days \(as it says\)/},
	'a service that keeps them too short': {given: external({...managed, retentionDays: 3}), answers: 'failed', words: /keeps backups for 3 days; 7 are asked for/},
	'a service whose oldest is old enough': {given: external([{...managed, label: 'snap-0', finishedAt: '2026-02-01T00:00:00Z'}, managed]), answers: 'passed', words: /oldest of 2 backups .* is 29 days old/},
	'a service that says nothing': {given: external(managed), answers: 'warned', words: /oldest of 1 backup of .* is 20 min old/},
	'the policy is too short': {given: kept(9, {retentionDays: 3}), answers: 'failed', words: /retention_days` is 3/},
	'none at all': {given: {backup: null}, answers: 'failed', words: /no backup at all/},
});

cases(backupDocumented, {
	'there, with its hash': {given: held(), answers: 'passed', words: /Taken 2026-03-01T11:40:00\.000Z, kept as .*shop\.dump, sha256 [0-9a-f]{12}/},
	'a directory with its list of hashes': {given: () => {
		const directory = path.join(folder(), 'shop.dir');
		mkdirSync(directory);
		writeFileSync(path.join(directory, 'toc.dat'), 'PGDMP');
		writeFileSync(`${directory}.sha256`, `${createHash('sha256').update('PGDMP').digest('hex')}  shop.dir/toc.dat\n`);
		return held({format: 'directory', path: directory, sha256: undefined, manifest: `${directory}.sha256`})();
	}, answers: 'passed', words: /shop\.dir/},
	'gone': {given: held({path: '/nowhere/x'}), answers: 'failed', words: /is not there, or this user may not read it/},
	'damaged since': {given: damaged(), answers: 'failed', words: /not there any more: .*shop\.dump has changed since/},
	'no hash': {given: held({sha256: undefined}), answers: 'failed', words: /no list of hashes/},
	'kept by another tool': {given: held({format: 'external', path: 's3://bucket/x'}), answers: 'warned', words: /For a person/},
	'none': {given: {backup: null}, answers: 'failed', words: /no backup/},
});

test('how to restore it stands in the record, quoted for a shell', async () => {
	const file = path.join(folder(), 'it\'s.dump');
	writeFileSync(file, 'PGDMP');
	const {evidence} = await backupDocumented.run(await look(held({path: file, globals: {path: '/b/shop.globals.sql', why: null}})()));
	expect(evidence.find(each => each.title === 'how to restore it')?.body).toMatch(/^psql -X -d postgres -f '\/b\/shop\.globals\.sql' /);
	expect(evidence.find(each => each.title === 'how to restore it')?.body).toContain(`pg_restore --exit-on-error -d 'shop_restored' '${file.replace('\'', '\'\\\'\'')}'`);
});

cases(preflightBackup, {
	'complete and restored': {given: held({verified: restored}), answers: 'passed', words: /was completed 20 min ago.*Restored to/},
	'the worse of the two counts': {given: held(), answers: 'warned', words: /Every block of the backup was read/},
	'damaged since': {given: damaged({verified: restored}), answers: 'failed', words: /not as it was taken.*not what was verified any more/},
	'too old by now': {given: () => ({...held({verified: restored})(), now: '2026-03-01T15:00:00.000Z'}), answers: 'failed', words: /^The newest backup is 3 h old[^]*$/},
});
