/** Checks of the way back, the backup and the pre-flight. */
import {createHash} from 'node:crypto';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {backupCompleted} from '../../source/checks/backup-completed.ts';
import {backupDocumented} from '../../source/checks/backup-documented.ts';
import {backupPitr} from '../../source/checks/backup-pitr.ts';
import {backupRetention} from '../../source/checks/backup-retention.ts';
import {backupVerified} from '../../source/checks/backup-verified.ts';
import {preflightBackup} from '../../source/checks/preflight-backup.ts';
import {preflightNotified} from '../../source/checks/preflight-notified.ts';
import {preflightRollbackPlan} from '../../source/checks/preflight-rollback-plan.ts';
import {rollbackApplication} from '../../source/checks/rollback-application.ts';
import {rollbackData} from '../../source/checks/rollback-data.ts';
import {rollbackDowngrade} from '../../source/checks/rollback-downgrade.ts';
import {rollbackIndexes} from '../../source/checks/rollback-indexes.ts';
import {rollbackTriggers} from '../../source/checks/rollback-triggers.ts';
import type {Settings} from '../../source/config/settings.ts';
import type {Difference} from '../../source/journal/shapes/rehearsal.ts';
import {readCachedDataDirectory} from '../../source/postgres/cluster-data.ts';
import {findServerUser} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {eventually, primaryServer} from '../servers.ts';
import {cases} from './cases.ts';
import {backedUp, defaultSettings, folder, look, type Given} from './look.ts';
import {openShop, type Shop} from './shop.ts';

let shop: Shop;
let server: Server;
let url: string;
let archive: Cluster;
const sessions: Session[] = [];
beforeAll(async () => {
	shop = await openShop();
	const {programs} = await primaryServer();
	archive = await startCluster({directory: path.join(inject('testRun').folder, `archive-${process.pid}`), purpose: 'archive', programs, durable: false, settings: {archive_mode: 'on', archive_command: ''}, from: await readCachedDataDirectory({programs, user: await findServerUser(), cache: path.resolve(import.meta.dirname, '../../.cache')}), owner: inject('testRun').owner});
	server = createServer((request, response) => response.writeHead(request.url === '/good' ? 200 : 503).end('ok'));
	await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
	server.close();
	await Promise.all(sessions.map(async session => session.close()));
	await archive.remove();
	await shop.close();
});

async function archiveSession(): Promise<Session> {
	const session = await connect(await parseConninfo(archive.url('postgres'), process.env, '/'), {application: 'holdpoint-test'});
	sessions.push(session);
	return session;
}

const nothingPending: Given = {plan: {revisions: []}};
const left = (...afterDowngrade: Difference[]): Given => ({rehearsal: {schema: {afterDowngrade, afterSecondUpgrade: []}}});
const brokenDowngrade = {commands: [{argv: ['alembic', 'upgrade', 'b2'], exit: 0, seconds: 1, output: ''}, {argv: ['alembic', 'downgrade', 'a1'], exit: 1, seconds: 1, output: 'boom'}]};
const index: Difference = {object: 'index public.ix_items_status', kind: 'extra', after: 'CREATE INDEX …'};
const constraint: Difference = {object: 'constraint uq on public.items', kind: 'missing', before: 'UNIQUE (name)'};
const type: Difference = {object: 'type public.status', kind: 'extra', after: "enum 'a'"};
const trigger: Difference = {object: 'trigger t on public.items', kind: 'extra', after: 'CREATE TRIGGER …'};

cases(rollbackDowngrade, {
	'walked': {given: {rehearsal: {}}, answers: 'passed', words: /The downgrade to a1 succeeded over 1 revision in 0\.4 s/},
	'it failed': {given: {rehearsal: brokenDowngrade}, answers: 'failed', words: /`downgrade a1` ended with 1/},
	'it was not walked at all': {given: {rehearsal: {commands: [brokenDowngrade.commands[0]!], problems: ['the way back is not one revision']}}, answers: 'failed', words: /ran no downgrade: the way back is not one revision/},
	'it never came to one revision': {given: {rehearsal: {revisions: [{revision: 'b2', up: 1, down: 0, again: 0, ran: {up: true, down: false, again: false}}]}}, answers: 'failed', words: /never came to b2/},
	'it fails with rows written since': {given: {rehearsal: {data: [{table: 'public.items', before: '', after: '', equal: true, fate: 'fails', written: 'the downgrade fails once such rows are there: ck'}]}}, answers: 'failed', words: /with a row written to public\.items since the downgrade fails/},
	'not rehearsed': {given: {}, answers: 'open', words: /no rehearsal/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

const row = {table: 'public.items', before: '10 rows', after: '10 rows', equal: true};
cases(rollbackData, {
	'equal': {given: {rehearsal: {data: [row]}}, answers: 'passed', words: /rows of 1 table are after the downgrade what they were/},
	'not equal': {given: {rehearsal: {data: [{...row, after: '9 rows', equal: false}]}}, answers: 'failed', words: /10 rows before, 9 rows after/},
	'a column comes back empty': {given: {rehearsal: {data: [{...row, equal: false, loses: '7 values of note'}]}}, answers: 'failed', words: /loses 7 values of note/},
	'only what is new is lost': {given: {rehearsal: {data: [{...row, loses: '1,204 values of status'}]}}, answers: 'warned', words: /For a person: the downgrade loses 1,204 values of status/},
	'a row written since goes away': {given: {rehearsal: {data: [{...row, fate: 'gone', written: 'it is gone'}]}}, answers: 'warned', words: /of a row written after the upgrade it is gone \(public\.items\)/},
	'a row written since stays': {given: {rehearsal: {data: [{...row, fate: 'stays', written: 'it stays as it was written'}]}}, answers: 'passed', words: /are after the downgrade what they were/},
	'no row could be written': {given: {rehearsal: {data: [{...row, fate: 'not tried', written: 'not tried: it has no primary key'}]}}, answers: 'warned', words: /no row was written to public\.items \(not tried: it has no primary key\)/},
	'with rows written since it fails': {given: {rehearsal: {data: [{...row, fate: 'fails', written: 'the downgrade fails once such rows are there: ck'}]}}, answers: 'failed', words: /written to public\.items after the upgrade the downgrade fails/},
	'too large to compare': {given: {rehearsal: {data: [{...row, notCompared: 'its contents, only their number'}]}}, answers: 'warned', words: /not compared was its contents, only their number \(public\.items\)/},
	'rehearsed without rows': {given: {rehearsal: {basis: 'the backup of shop, schema only, restored onto x', data: [row]}}, answers: 'open', words: /For a person: the rehearsal compared no rows/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

cases(rollbackIndexes, {
	'as before': {given: left(), answers: 'passed', words: /every index and constraint is as before/},
	'an index is left and a constraint gone': {given: left(index, constraint), answers: 'failed', words: /index public\.ix_items_status was left behind and constraint uq on public\.items is gone/},
	'a type is not its concern': {given: left(type), answers: 'passed', words: /every index/},
	'the downgrade broke': {given: {rehearsal: brokenDowngrade}, answers: 'failed', words: /nothing is known of what it leaves/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

cases(rollbackTriggers, {
	'as before': {given: left(), answers: 'passed', words: /every trigger, function, type/},
	'an enum and a trigger are left': {given: left(type, trigger), answers: 'failed', words: /type public\.status was left behind and trigger t on public\.items was left behind/},
	'an index is not its concern': {given: left(index), answers: 'passed', words: /every trigger/},
	'the downgrade broke': {given: {rehearsal: brokenDowngrade}, answers: 'failed', words: /nothing is known/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

const goneBack = (name: string) => (): Given => ({
	upgrade: {}, settings: {smoke: [{name: 'front page', command: null, url: `${url}/${name}`, expect: null}]},
	state: {actions: [{run: 'r1', action: 'downgrade', status: 'done', exit: 0, reason: '', from: ['b2'], to: ['a1'], seconds: 1, revisions: [], statements: [], database: {version: ['a1'], verified: true, invalidIndexes: [], left: []}, guard: [], attempts: 1}]},
});
cases(rollbackApplication, {
	'the same schema as now, for a person': {given: left(), answers: 'warned', words: /For a person: .* equals the one that the application runs on now/},
	'something is gone': {given: left(constraint), answers: 'failed', words: /would not find what it runs on now: constraint uq/},
	'something is left besides': {given: left(type), answers: 'warned', words: /type public\.status was left behind besides/},
	'smoke tests after a real downgrade': {given: goneBack('good'), answers: 'passed', words: /After the downgrade to a1: the one smoke test passed/},
	'that fail': {given: goneBack('bad'), answers: 'failed', words: /front page \(status 503 instead of 2xx\)/},
	'not rehearsed': {given: {}, answers: 'open', words: /no rehearsal/},
	'nothing pending': {given: nothingPending, answers: 'not-applicable', words: /nothing to take back/},
});

/** A real file, as a custom dump would lie there. */
function dump(more: Partial<typeof backedUp> = {}): typeof backedUp {
	const file = path.join(folder(), 'shop.dump');
	writeFileSync(file, 'PGDMP');
	return {...backedUp, path: file, sha256: createHash('sha256').update('PGDMP').digest('hex'), ...more};
}
const held = (more: Partial<typeof backedUp> = {}) => (): Given => ({backup: dump(more), session: shop.session});
const restored = {list: true, read: true, restore: {database: 'shop_restored', seconds: 12.5, tables: 3, rowsCompared: 2010, differences: [] as string[]}};

cases(backupCompleted, {
	'of this database, young enough': {given: held(), answers: 'passed', words: /backup of 3 tables \(977 kB\) was completed 20 min ago/},
	'none': {given: {backup: null}, answers: 'failed', words: /no backup of this run yet/},
	'too old': {given: held({finishedAt: '2026-03-01T09:00:00.000Z'}), answers: 'failed', words: /The newest backup is 3 h old, and `backup\.max_age` is 60 min/},
	'of another server': {given: held({systemIdentifier: '1'}), answers: 'failed', words: /of another server/},
	'of another database': {given: held({database: 'blog'}), answers: 'failed', words: /of the database blog, not of shop/},
	'deleted': {given: held({path: '/nowhere/x.dump'}), answers: 'failed', words: /is not there any more/},
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
	'only listed': {given: held({verified: {list: true, read: false}}), answers: 'failed', words: /only listed, which proves nothing/},
	'none': {given: {backup: null}, answers: 'failed', words: /no backup/},
});

/** What no server here can be, by what its catalogs would say. */
const elsewhere = (more: object): Given => ({session: {...shop.session, query: async () => [{mode: 'off', level: 'replica', command: null, library: null, managed: false, archived: '0', failed: '0', lastArchived: null, lastFailed: null, failing: false, secondsAgo: null, receivers: 0, ...more}]} as never});
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
	'archiving fails': {given: archiving('false', 'last_failed_time > last_archived_time'), answers: 'failed', words: /Archiving fails: the last attempt failed at \d{4}/},
	'a managed service': {given: () => elsewhere({managed: true}), answers: 'warned', words: /For a person: .*managed service/},
	'a receiver of a backup tool': {given: () => elsewhere({receivers: 1}), answers: 'passed', words: /1 WAL receiver/},
});

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
	'the oldest is younger': {given: kept(1), answers: 'warned', words: /For a person: the oldest of 1 backup is 24 h old/},
	'the policy is too short': {given: kept(9, {retentionDays: 3}), answers: 'failed', words: /retention_days` is 3/},
	'none at all': {given: {backup: null}, answers: 'failed', words: /no backup at all/},
});

cases(backupDocumented, {
	'there, with its hash': {given: held(), answers: 'passed', words: /Taken 2026-03-01T11:40:00\.000Z, kept as .*shop\.dump, sha256 [0-9a-f]{12}/},
	'a directory with its list of hashes': {given: () => {
		const directory = path.join(folder(), 'shop.dir');
		mkdirSync(directory);
		writeFileSync(`${directory}.sha256`, 'list');
		return held({format: 'directory', path: directory, sha256: undefined, manifest: `${directory}.sha256`})();
	}, answers: 'passed', words: /shop\.dir/},
	'gone': {given: held({path: '/nowhere/x'}), answers: 'failed', words: /is not there, or this user may not read it/},
	'no hash': {given: held({sha256: undefined}), answers: 'failed', words: /no list of hashes/},
	'kept by another tool': {given: held({format: 'external', path: 's3://bucket/x'}), answers: 'warned', words: /For a person/},
	'none': {given: {backup: null}, answers: 'failed', words: /no backup/},
});

test('how to restore it stands in the record, quoted for a shell', async () => {
	const file = path.join(folder(), 'it\'s.dump');
	writeFileSync(file, 'PGDMP');
	const {evidence} = await backupDocumented.run(await look(held({path: file})()));
	expect(evidence.find(each => each.title === 'how to restore it')?.body).toContain(`pg_restore --exit-on-error -d shop_restored '${file.replace('\'', '\'\\\'\'')}'`);
});

cases(preflightBackup, {
	'complete and restored': {given: held({verified: restored}), answers: 'passed', words: /was completed 20 min ago.*Restored to/},
	'the worse of the two counts': {given: held(), answers: 'warned', words: /Every block of the backup was read/},
	'too old by now': {given: () => ({...held({verified: restored})(), now: '2026-03-01T15:00:00.000Z'}), answers: 'failed', words: /^The newest backup is 3 h old[^]*$/},
});

const channel = {name: 'ops', command: ['true'], webhook: null, on: ['plan-made']};
const logged = (text: string): Given => ({settings: {notify: [channel]}, state: {log: [{seq: 1, at: '2026-03-01T11:00:00Z', by: 'holdpoint', text, level: 'info'}]}});
cases(preflightNotified, {
	'told': {given: logged('ops notified of plan-made'), answers: 'passed', words: /1 channel took the last message: ops at 2026-03-01T11:00:00Z/},
	'refused': {given: logged('ops could not be notified of plan-made: status 500'), answers: 'failed', words: /ops could not be notified of plan-made: status 500/},
	'one of two': {given: {...logged('ops notified of plan-made'), settings: {notify: [channel, {...channel, name: 'mail'}]}}, answers: 'warned', words: /For a person: mail heard nothing/},
	'nothing sent yet': {given: logged('plan made'), answers: 'open', words: /For a person: nothing was sent to ops/},
	'no channel': {given: {}, answers: 'open', words: /For a person: no channel is configured/},
});

const written = (text: string, more: Partial<Settings> = {}) => (): Given => {
	const project = folder();
	writeFileSync(path.join(project, 'rollback.md'), text);
	return {settings: {project, rollbackPlan: 'rollback.md', ...more}};
};
const words = 'Ann decides. Until 22:30: holdpoint downgrade a1. After that: restore the backup.\n';
cases(preflightRollbackPlan, {
	'written': {given: written(words), answers: 'passed', words: /rollback\.md is written \(2 lines, no placeholder\)/},
	'with a placeholder': {given: written(`${words}Call [Slack/Phone].`), answers: 'failed', words: /placeholder \[Slack\/Phone\]/},
	'empty': {given: written(' \n'), answers: 'failed', words: /rollback plan is empty/},
	'not there': {given: {settings: {rollbackPlan: 'gone.md'}}, answers: 'failed', words: /gone\.md can't be read/},
	'contacts are placeholders': {given: written(words, {contacts: [{role: 'DBA On-Call', contact: '[Slack/Phone]', escalation: ''}]}), answers: 'failed', words: /contacts of DBA On-Call are still placeholders/},
	'elsewhere': {given: {settings: {rollbackPlan: 'https://wiki.example.org/rollback'}}, answers: 'warned', words: /For a person: .*wiki\.example\.org/},
	'none, and nothing measured': {given: {plan: {wayBack: [{kind: 'forward'}]}}, answers: 'failed', words: /no way back was measured/},
	'none, but one measured since': {given: {rehearsal: {}}, answers: 'warned', words: /For a person: .*downgrade in 0 s/},
	'none, but a measured downgrade': {given: {plan: {wayBack: [{kind: 'downgrade', seconds: 4}]}}, answers: 'warned', words: /For a person: .*downgrade in 4 s/},
});
