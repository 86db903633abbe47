/** Rehearsals that can't be, that fail, or that are cancelled: said in a sentence, and nothing is left. */
import {readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Refusal} from '../../source/journal/refusal.ts';
import type {RehearsalOptions} from '../../source/rehearsal/rehearse.ts';
import {revisionFile} from '../servers.ts';
import {openSite, settings, type Site} from './site.ts';

const added = revisionFile({
	revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN note text")`, `op.execute("UPDATE items SET note = name WHERE id <= 3")`, `op.create_index('ix_items_note', 'items', ['note'])`],
	downgrade: [`op.drop_column('items', 'note')`],
});
let site: Site;
beforeAll(async () => {
	site = await openSite('trouble');
});
afterAll(async () => site.close());

test('a migration that fails ends the rehearsal with its reason', async () => {
	const {rehearsal} = await site.play({'b2.py': revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD CONSTRAINT ck CHECK (id > 10)")`]})}, 'b2');
	expect(rehearsal.problems).toEqual([expect.stringMatching(/^the upgrade failed: check constraint "ck" of relation "items" is violated by some row \(23514\) in b2/)]);
	expect(rehearsal.commands.map(one => one.exit)).toEqual([1]);
	expect(site.copiesLeft()).toEqual([]);
});

test('a downgrade that fails only with rows written after the upgrade', async () => {
	const downgrade = [`op.drop_column('items', 'x')`, `op.execute("ALTER TABLE items ADD CONSTRAINT few CHECK (id <= 5000)")`, `op.execute("ALTER TABLE items DROP CONSTRAINT few")`];
	const {rehearsal} = await site.play({'b2.py': revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.execute("ALTER TABLE items ADD COLUMN x int")`], downgrade})}, 'b2', {place: site.named()});
	expect(rehearsal).toMatchObject({
		ok: true, data: [{table: 'public.items', fate: 'fails', written: expect.stringMatching(/^the downgrade fails once such rows are there: check constraint "few"/)}],
		warnings: [expect.stringMatching(/^The copy lies on the target's own server/), expect.stringMatching(/^The downgrade succeeded on the rows of the backup and failed once a copy of a row had been written to public.items/)],
	});
});

test('an env.py that makes its connections itself can\'t be turned to the copy, and is refused before it migrates the original', async () => {
	const envPy = path.join(site.project.directory, 'migrations/env.py');
	const text = await readFile(envPy, 'utf8');
	await writeFile(envPy, `import psycopg, sqlalchemy\nfrom alembic import context\nengine = sqlalchemy.create_engine('postgresql+psycopg://', creator=lambda: psycopg.connect('${site.database.urlAs(site.owner)}'))\nwith engine.connect() as connection:\n    context.configure(connection=connection)\n    with context.begin_transaction():\n        context.run_migrations()\n`);
	try {
		const {rehearsal} = await site.play({'b2.py': added}, 'b2', {place: site.named()});
		expect(rehearsal.problems).toEqual([expect.stringMatching(/the upgrade failed: env.py opens its connection in a way that can't be turned to the copy/)]);
	} finally {
		await writeFile(envPy, text);
	}
	expect(await site.version()).toBe('a1');
});

test('too large for a full copy is refused with the numbers', async () => {
	const refusal = await site.play({}, 'a1', {settings: {...settings, rehearsal: {...settings.rehearsal, limitBytes: 1000}}}).catch((error: Refusal) => error);
	expect(refusal).toMatchObject({exit: 2, message: expect.stringMatching(/above the limit of .* --schema-only/)});
});

test.for<[when: string, place: () => RehearsalOptions['place'], at: RegExp]>([
	['while its upgrade runs, on a private copy', () => ({kind: 'local'}), /^upgrade b2/],
	['while its upgrade runs, on a server that was named', () => site.named(), /^upgrade b2/],
	['while it restores', () => site.named(), /^restoring the backup/],
])('a rehearsal that is cancelled %s leaves nothing', async ([, place, at]) => {
	const stop = new AbortController();
	const slow = revisionFile({revision: 'b2', down: 'a1', upgrade: [`op.execute("CREATE TABLE half (a int)")`, `op.execute("SELECT pg_sleep(100)")`]});
	const end = await site.play({'b2.py': slow}, 'b2', {place: place(), signal: stop.signal, onProgress: text => at.test(text) && stop.abort()}).catch((error: Refusal) => error);
	expect(end).toMatchObject({exit: 4, message: expect.stringMatching(/cancelled/)});
	expect(site.copiesLeft()).toEqual([]);
	const admin = await site.database.server.connect();
	const left = await admin.query(`SELECT datname FROM pg_database WHERE datname LIKE 'holdpoint_rehearsal%' UNION ALL SELECT query FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`);
	expect(left.rows).toEqual([]);
	await admin.end();
	expect(await site.version()).toBe('a1');
});
