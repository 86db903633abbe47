/**
 * pgBackRest, for real: a stanza of a private server, recognised by its archive_command and asked by its own JSON.
 * Needs the program: `apt-get install pgbackrest`; without it the test is left out, and says so.
 */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, inject, test} from 'vitest';
import {backupCompleted} from '../../source/checks/backup-completed.ts';
import {backupPitr} from '../../source/checks/backup-pitr.ts';
import {backupRetention} from '../../source/checks/backup-retention.ts';
import {backupVerified} from '../../source/checks/backup-verified.ts';
import type {Check} from '../../source/checks/check.ts';
import {forceArchive} from '../../source/postgres/archive.ts';
import {findServerUser, giveTo} from '../../source/postgres/cluster-place.ts';
import {startCluster, type Cluster} from '../../source/postgres/cluster.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {queryIdentity} from '../../source/postgres/identity.ts';
import {connect, type Session} from '../../source/postgres/session.ts';
import {defaultSettings, look, target, type Given} from '../checks/look.ts';

const there = (await execa('pgbackrest', ['version'], {reject: false})).exitCode === 0;
if (!there) console.warn('pgBackRest is not installed here, so that its test is left out: apt-get install pgbackrest');

let server: Cluster;
let session: Session;
let configuration: string;
let systemIdentifier: string;
let pgbackrest: (...words: string[]) => Promise<unknown>;

/** A stanza `main` in a folder of its own; retention is of 14 days. */
async function setUp(): Promise<void> {
	const user = await findServerUser();
	const folder = path.join(inject('testRun').folder, `pgbackrest-${process.pid}`);
	for (const name of ['', 'repo', 'log', 'lock']) {
		mkdirSync(path.join(folder, name), {recursive: true});
		await giveTo(path.join(folder, name), user);
	}
	configuration = path.join(folder, 'pgbackrest.conf');
	server = await startCluster({
		directory: path.join(folder, 'server'), purpose: 'pgbackrest', durable: false, owner: inject('testRun').owner,
		settings: {archive_mode: 'on', archive_command: `pgbackrest --config=${configuration} --stanza=main archive-push %p`},
	});
	writeFileSync(configuration, [
		'[global]', `repo1-path=${folder}/repo`, 'repo1-retention-full=14', 'repo1-retention-full-type=time', `log-path=${folder}/log`, `lock-path=${folder}/lock`, 'log-level-file=off', 'start-fast=y',
		'[main]', `pg1-path=${server.data}`, `pg1-port=${server.port}`, `pg1-socket-path=${server.socketDirectory}`, `pg1-user=${server.superuser.name}`, '',
	].join('\n'));
	chmodSync(configuration, 0o644);
	pgbackrest = async (...words) => execa('pgbackrest', [`--config=${configuration}`, '--stanza=main', ...words], user ? {uid: user.uid, gid: user.gid} : {});
	session = await connect(parseConninfo(server.url('postgres'), {}, '/'), {application: 'holdpoint-test'});
	systemIdentifier = (await queryIdentity(session)).systemIdentifier!;
	// Recognised, it is asked as the user's own configuration has it.
	process.env['PGBACKREST_CONFIG'] = configuration;
}

beforeAll(async () => {
	if (there) await setUp();
}, 60_000);
afterAll(async () => {
	delete process.env['PGBACKREST_CONFIG'];
	await session?.close();
	await server?.remove();
});

const given = async (more: Given = {}): Promise<Given> => ({session, now: new Date().toISOString(), state: {target: {...target, database: 'postgres', systemIdentifier}}, ...more});
const answer = async (check: Check, more?: Given) => {
	const {status, summary} = await check.run(await look(await given(more)));
	return [status, summary];
};

test.runIf(there)('recognised by archive_command, asked, and judged by what it says', async () => {
	expect(await answer(backupCompleted)).toEqual(['failed', 'There is no backup of this run, and no good one of pgBackRest: pgBackRest complains: stanza main: missing stanza path.']);
	await pgbackrest('stanza-create');
	expect(await answer(backupCompleted)).toEqual(['failed', expect.stringMatching(/pgBackRest complains: stanza main: no valid backups/)]);
	expect(await answer(backupPitr)).toEqual(['warned', expect.stringMatching(/has not archived a segment yet/)]);
}, 60_000);

test.runIf(there)('a backup, its archive and its retention', async () => {
	await pgbackrest('backup', '--type=full');
	expect(await answer(backupCompleted)).toEqual(['passed', expect.stringMatching(/^pgBackRest \(full\) completed main\/\d{8}-\d{6}F \d+ s ago without an error; a restore would lose .*WAL at most, less where WAL was archived since\.$/)]);
	expect(await answer(backupVerified)).toEqual(['failed', expect.stringMatching(/^pgBackRest \(full\) took main\/.*, and no restore of it was shown/)]);
	const archived = await forceArchive(session);
	expect(archived).toEqual({segment: expect.stringMatching(/^[\dA-F]{24}$/), seconds: expect.any(Number), why: null, at: expect.any(String)});
	expect(await answer(backupPitr)).toEqual(['passed', expect.stringMatching(new RegExp(`^WAL archiving works: .*the repository of pgBackRest has it up to ${archived.segment}`))]);
	const external = [`pgbackrest`, `--config=${configuration}`, '--stanza=main', 'info', '--output=json'];
	const settings = {backup: {...(await defaultSettings()).backup, external}};
	expect(await answer(backupRetention, {settings})).toEqual(['passed', '`pgbackrest` of `backup.external` keeps backups for 14 days (repo1-retention-full=14 days).']);
	expect(await answer(backupRetention, {settings: {backup: {...settings.backup, retentionDays: 30}}})).toEqual(['failed', expect.stringMatching(/for 14 days; 30 are asked for/)]);
	// Of another server than the target, it proves nothing.
	expect(await answer(backupCompleted, {state: {target}})).toEqual(['failed', expect.stringMatching(/of another server \(system identifier \d{19}, the target has 7000000000000000001\)/)]);
}, 60_000);
