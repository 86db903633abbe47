/** The main job in a real terminal, with the keyboard alone, as the screen shows it; and what becomes of a run whose terminals die. */
import {afterEach, expect, test} from 'vitest';
import {verifyRun} from '../../source/journal/verify.ts';
import {gate, openGate, openSite, revisionFile, type Site} from '../room/site.ts';
import {eventually} from '../servers.ts';
import {openConsole, type OpenConsole, type OpenOptions} from './console.ts';

let site: Site;
const consoles: OpenConsole[] = [];
afterEach(async () => {
	for (const each of consoles.splice(0)) {
		each.signal('SIGKILL');
		await each.ended;
	}
	await site?.close();
});

function open(options?: OpenOptions): OpenConsole {
	const opened = openConsole(site, options);
	consoles.push(opened);
	return opened;
}

const revisions = {
	'a1.py': revisionFile({revision: 'a1', doc: 'create items', upgrade: ["op.execute('CREATE TABLE items (id bigint)')"], downgrade: ["op.execute('DROP TABLE items')"]}),
	'b2.py': revisionFile({revision: 'b2', down: 'a1', doc: 'add a column', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN x int')", `op.execute("${gate}")`], downgrade: ["op.execute('ALTER TABLE items DROP COLUMN x')"]}),
};

async function inDatabase(): Promise<{version: string | null; columns: string[]}> {
	const client = await site.database.client();
	const {rows} = await client.query("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('items') AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
	const {rows: [version]} = await client.query('SELECT version_num FROM alembic_version');
	return {version: version?.version_num ?? null, columns: rows.map(row => row.attname as string)};
}

test('80×24, production: move, review, attest, upgrade by the database\'s name, detach, attach, downgrade, quit', async () => {
	site = await openSite({revisions});
	const first = open({args: ['--environment', 'production']});
	const opened = await first.see('Somebody has looked');
	for (const words of ['PRODUCTION', `${site.database.name} on 127.0.0.1`, '(env.py)', 'at base', '0 of 2 satisfied', 'no run yet']) expect(opened).toContain(words);
	await first.press('s');
	await first.see('ALTER TABLE items ADD COLUMN x int;');
	await first.press('1');
	await first.see('Revisions are in order');
	// A key held down on a slow line comes in one piece.
	await first.press('jj', 'Up');
	await first.see('›  [ ] Somebody has looked');
	await first.press('t');
	await first.see('What you saw');
	await first.type('looked at it');
	await first.press('Enter');
	await first.see(/\[A\] Somebody has looked +attested ana/);
	await first.press('u');
	await first.see('› b2  add a column');
	await first.press('Enter');
	const confirmation = await first.see(`Type ${site.database.name} to upgrade:`);
	for (const words of ['upgrade base to b2, 2 revisions', 'digest ', 'one transaction: a failure takes everything back', 'every required item before this hold point is satisfied']) expect(confirmation).toContain(words);
	await first.press('Enter');
	await first.see(`type ${site.database.name} to upgrade, or Esc to leave it`);
	await first.type(site.database.name);
	await first.press('Enter');
	await first.see(/in b2 +statement \d+ runs/);
	await first.press('q');
	expect(await first.ended).toBe(0);
	await openGate(site);
	expect((await first.screen()).replaceAll('\n', '')).toMatch(/Detached; the upgrade goes on: holdpoint attach \S+/);

	const second = open({columns: 120, rows: 40, args: ['attach']});
	await second.see(/\bat b2 ┃/);
	expect(await inDatabase()).toEqual({version: 'b2', columns: ['id', 'x']});
	await second.press('d');
	await second.see('› base  where the last upgrade came from');
	await second.press('Down', 'Enter');
	await second.see(`Type ${site.database.name} to downgrade:`);
	await second.type(site.database.name);
	await second.press('Enter');
	await second.see(/\bat a1 ┃/);
	expect(await inDatabase()).toEqual({version: 'a1', columns: ['id']});
	await second.press('q');
	expect(await second.ended).toBe(0);
	const run = site.run();
	expect(run.state.actions.map(({action, status, to}) => [action, status, to])).toEqual([['upgrade', 'done', ['b2']], ['downgrade', 'done', ['a1']]]);
	expect(await verifyRun(run, {folder: run.folder})).toMatchObject({ok: true, problems: []});
	// The first was there before there was a run.
	expect(run.events.flatMap(({kind}) => (kind.startsWith('console-') || kind === 'item-attested' ? [kind] : []))).toEqual(['console-attached', 'item-attested', 'console-detached', 'console-attached', 'console-detached']);
}, 120_000);

test('120×40, development: a terminal too small and resized; hung up and killed consoles leave the run alone; it ends when nobody needs it', async () => {
	site = await openSite({revisions, yaml: ['room: {idle_minutes: 0.02}']});
	const first = open({columns: 50, rows: 10, args: ['--environment', 'development']});
	expect(await first.see('needs 60x15')).toContain('This terminal is 50x10');
	first.resize(120, 40);
	await first.see(/DEVELOPMENT[\s\S]*Somebody has looked[\s\S]*Live {2}PostgreSQL/);
	await first.press('u');
	await first.see('› b2  add a column');
	await first.press('Enter');
	await first.see('y upgrade');
	await first.press('y');
	await first.see('UPGRADE  base → b2');
	const second = open({args: ['attach', '--read-only']});
	await second.see(/LOOK ONLY[\s\S]*upgrade runs/);
	second.signal('SIGKILL');
	first.signal('SIGHUP');
	await Promise.all([first.ended, second.ended]);
	expect(site.run().state.running).not.toBeNull();
	await openGate(site);
	const {outcome} = await eventually('the upgrade has ended without them', () => site.events('action-finished')[0]);
	expect(outcome).toMatchObject({status: 'done', exit: 0, attempts: 1});
	expect(await eventually('the room has ended', () => site.events('room-ended')[0])).toMatchObject({reason: expect.stringContaining('nobody was there')});
	expect(await inDatabase()).toEqual({version: 'b2', columns: ['id', 'x']});
}, 120_000);
