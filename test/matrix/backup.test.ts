/** Backup, test restore and rehearsal on each version with programs that fit it; and what is said, before anything begins, of programs that do not. */
import {execa} from 'execa';
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, afterEach, beforeAll, expect, inject, test, vi} from 'vitest';
import type {Rehearsal} from '../../source/journal/shapes/rehearsal.ts';
import type {Backup} from '../../source/journal/shapes/backup.ts';
import {parseConninfo} from '../../source/postgres/conninfo.ts';
import {runDump} from '../../source/postgres/dump.ts';
import {withScratch} from '../../source/rehearsal/scratch.ts';
import {openSite, program, revisionFile, type Site} from '../room/site.ts';
import {primaryServer} from '../servers.ts';

const clients = inject('clientsOfMatrix') ?? {};
let site: Site;
let major: number;
beforeAll(async () => {
	({version: major} = (await primaryServer()).programs);
	site = await openSite({
		revisions: {
			'a1.py': revisionFile({revision: 'a1', doc: 'items', upgrade: ['pass']}),
			'b2.py': revisionFile({revision: 'b2', down: 'a1', doc: 'say what an item is', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN note text')", "op.execute(\"UPDATE items SET note = 'one'\")"], downgrade: ["op.execute('ALTER TABLE items DROP COLUMN note')"]}),
			'c3.py': revisionFile({revision: 'c3', down: 'b2', doc: 'find it', upgrade: ['with op.get_context().autocommit_block():', "    op.execute('CREATE INDEX CONCURRENTLY items_note ON items (note)')"], downgrade: ["op.execute('DROP INDEX items_note')"]}),
		},
		sql: `CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text CHECK (name <> ''), m mood DEFAULT 'glad', twice bigint GENERATED ALWAYS AS (length(name) * 2) STORED); CREATE VIEW v AS SELECT count(*) FROM items;
			INSERT INTO items (name) SELECT 'item ' || g FROM generate_series(1, 3000) g; CREATE TABLE parted (k int) PARTITION BY LIST (k); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1); INSERT INTO parted VALUES (1);
			CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1'); ANALYZE`,
	});
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(async () => site?.close());

test('a backup proven by its restore, and a rehearsal of the upgrade on a copy', async () => {
	const room = await site.enter({}, {acts: true});
	const backup = await room.client.ask<Backup>('backup', {verify: 'restore'});
	expect(backup).toMatchObject({format: 'directory', tables: 3, verified: {list: true, read: true, restore: {tables: 3, rowsCompared: 3002, differences: []}}});
	const rehearsal = await room.client.ask<Rehearsal>('rehearse', {});
	expect(rehearsal).toMatchObject({ok: true, problems: [], schema: {afterDowngrade: [], afterSecondUpgrade: []}, revisions: [{revision: 'b2'}, {revision: 'c3'}]});
	expect(rehearsal.statements.find(({sql}) => sql.startsWith('ALTER TABLE items ADD'))).toMatchObject({locks: expect.arrayContaining([{table: 'public.items', mode: 'ACCESS EXCLUSIVE'}]), rewrote: []});
	if (clients[major]) expect(rehearsal.basis).toContain(`PostgreSQL ${major} on this machine`);
}, 300_000);

const newest = String(Math.max(...Object.keys(clients).map(Number)));

test.runIf(clients[newest])(`client programs of the newest version, for an older server: the copy is on a server of that version, and what can't go back is said`, async context => {
	if (Number(newest) <= major) context.skip('it is the newest');
	const directory = await mkdtemp(path.join(os.tmpdir(), 'holdpoint-newest-'));
	try {
		const search = {directory: clients[newest]!};
		const {backup, record, warnings} = await runDump({conninfo: parseConninfo(site.database.url, {}, directory), directory, format: 'directory', jobs: 2, search});
		expect(record.program).toBe(Number(newest));
		const said = expect.stringMatching(new RegExp(`onto PostgreSQL ${major} only by a person who ignores pg_restore's error about transaction_timeout`)) as string;
		expect(warnings).toEqual(major < 17 ? [said] : []);
		const restored = await withScratch({backup, place: {kind: 'local'}, limitBytes: 1e9, search}, async ({restore, fit}) => ({restore, warnings: fit.warnings}));
		expect(restored).toMatchObject({restore: {tables: 3, rowsCompared: 3002, differences: []}, warnings: [expect.stringMatching(`The copy is on PostgreSQL ${newest} and the original on ${major}`)]});
		const back = withScratch({backup, place: {kind: 'server', conninfo: parseConninfo(site.database.server.url('postgres'), {}, directory)}, limitBytes: 1e9, search}, async ({restore}) => restore.differences);
		if (major < 17) await expect(back).rejects.toMatchObject({exit: 2, message: expect.stringMatching(`written by pg_dump ${newest} and can't be restored onto PostgreSQL ${major}: .* Take a new one by pg_dump ${major}; install it`)});
		else expect(await back).toEqual([]);
	} finally {
		await rm(directory, {recursive: true, force: true});
	}
}, 300_000);

test('client programs that are older than the server: one sentence, before anything begins, also of doctor', async context => {
	const folder = clients[major - 1];
	if (folder === undefined) return context.skip('there are none');
	vi.stubEnv('PG_BIN', folder);
	const room = await site.enter({}, {acts: true});
	const before = site.events('action-started').length;
	await expect(room.client.ask('backup', {})).rejects.toMatchObject({exit: 2, message: expect.stringMatching(new RegExp(`^${folder}/pg_dump is version ${major - 1}, older than the server's ${major}, and would refuse; install it .*postgresql-client-${major}`))});
	await expect(room.client.ask('rehearse', {local: true})).rejects.toMatchObject({exit: 2, message: expect.stringMatching(`^A rehearsal needs a PostgreSQL server of version ${major} or newer here, and only ${major - 1} was found`)});
	expect(site.events('action-started')).toHaveLength(before);
	const doctor = await execa(program[0]!, [...program.slice(1), 'doctor', '--json'], {cwd: site.project.directory, env: {...site.environment, PG_BIN: folder}, reject: false});
	expect(JSON.parse(doctor.stdout).problems).toEqual(expect.arrayContaining([
		{level: 'error', what: `${folder}/pg_dump is version ${major - 1}, older than the server's ${major}, and would refuse.`, fix: expect.stringMatching(`^Install it .*postgresql-client-${major}`)},
		{level: 'warning', what: expect.stringMatching('^A rehearsal needs a PostgreSQL server'), fix: expect.stringMatching('with --against URL')},
	]));
}, 300_000);
