/** A real run on each version: two revisions up through a room, every check that needs no person, and back down; no check may fail for a query that the version does not understand. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, expect, test} from 'vitest';
import type {RunState} from '../../source/journal/shapes/run.ts';
import {openSite, revisionFile, type Site} from '../room/site.ts';
import {primaryServer} from '../servers.ts';

let site: Site;
afterAll(async () => {
	await site?.close();
});

const revisions = {
	'a1.py': revisionFile({revision: 'a1', doc: 'items', upgrade: ['pass']}),
	'b2.py': revisionFile({revision: 'b2', down: 'a1', doc: 'say what an item is', upgrade: ["op.execute('ALTER TABLE items ADD COLUMN note text')", "op.execute(\"UPDATE items SET note = 'one'\")"], downgrade: ["op.execute('ALTER TABLE items DROP COLUMN note')"]}),
	'c3.py': revisionFile({revision: 'c3', down: 'b2', doc: 'find it', upgrade: ['with op.get_context().autocommit_block():', "    op.execute('CREATE INDEX CONCURRENTLY items_note ON items (note)')"], downgrade: ["op.execute('DROP INDEX items_note')"]}),
};

test('upgrade, every check, downgrade', async ({task}) => {
	if ((await primaryServer()).programs.version < 14) task.meta.absent = '`client_connection_check_interval`: the backend of a migration whose client died works on until its statement ends; it is found and can be cancelled all the same';
	site = await openSite({
		revisions, checklist: readFileSync(path.resolve(import.meta.dirname, '../../checklists/migration-deployment.md'), 'utf8'),
		sql: "CREATE TABLE items (id bigint PRIMARY KEY, name text); INSERT INTO items SELECT g, 'item ' || g FROM generate_series(1, 5000) g; CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1'); ANALYZE",
	});
	const room = await site.enter({}, {acts: true});
	const up = await room.client.ask('upgrade', {confirmed: true});
	expect(up).toMatchObject({status: 'done', exit: 0, to: ['c3'], database: {version: ['c3'], invalidIndexes: []}});
	await room.client.ask('check', {items: 'all'});
	const {state} = await room.client.ask<{state: RunState}>('state');
	const looked = state.items.filter(({state}) => state !== 'open');
	expect(looked.length).toBeGreaterThan(30);
	expect(looked.filter(({state}) => state === 'errored').map(({check}) => check)).toEqual([]);
	const down = await room.client.ask('downgrade', {revision: 'a1', confirmed: true});
	expect(down).toMatchObject({status: 'done', exit: 0, to: ['a1']});
}, 300_000);
