/** What the view of a rehearsal says, at the narrowest terminal. */
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {rehearsalLines} from '../../../../source/console/panels/rehearsal/view.ts';
import {textOf} from '../../../../source/console/parts/line.ts';
import {rehearsalSchema} from '../../../../source/journal/shapes/rehearsal.ts';

const statement = {sql: 'SELECT 1', seconds: 0.0001, locks: [], rewrote: [], scanned: [], rows: null, walBytes: 0};
const rehearsal = rehearsalSchema.parse({
	basis: 'the backup of shop', seconds: 40, restoreSeconds: 20, ok: false, problems: ['after the downgrade 1 object of the schema differ'], warnings: ['The copy is on PostgreSQL 16.'], fit: ['roles: ann are made there'],
	revisions: [{revision: 'b2', up: 1.5, down: 0, again: 0, ran: {up: true, down: true, again: false}}], commands: [], check: {clean: true, differences: []},
	schema: {afterDowngrade: [{object: 'type public.mood', kind: 'extra', after: 'enum \'glad\''}], afterSecondUpgrade: []},
	data: [{table: 'public.items', before: '9 rows', after: '9 rows', equal: true, loses: '3 values of the new column note', written: 'it is gone', fate: 'gone', notCompared: 'its contents, only their number'}],
	unpromised: ['b2: ran, and --sql does not have it: DELETE FROM items'],
	statements: [statement, statement, {
		sql: 'ALTER TABLE items ALTER amount TYPE bigint', seconds: 1.2, revision: 'b2', locks: [{table: 'public.items', mode: 'ACCESS EXCLUSIVE'}], rewrote: ['public.items'], scanned: ['public.items'], rows: 9, walBytes: 2048,
		unmeasured: 'scans are not known', estimateSeconds: 3.6, estimateBasis: 'rewrites the table and its indexes: public.items is 3.00 times as large as on the copy',
	}, {...statement, seconds: 0.5, sql: 'CREATE INDEX i ON items (a)', estimateSeconds: null, estimateBasis: 'the copy held too little'}],
	compatibility: {
		applications: [{which: 'old', schema: 'new', argv: ['t'], exit: 1, seconds: 2, output: 'no column name', ok: false, reason: 'ended with exit code 1'}], api: ['- {"a":1}'],
		statements: {planned: 12, broken: [{query: 'SELECT name FROM items', calls: 1204, problem: 'column "name" does not exist (42703)'}], unclear: []},
	},
});

test('losses, leftovers and costs stand there by name, on 78 columns', () => {
	const lines = rehearsalLines(rehearsal, 78).map(textOf);
	expect(lines.filter(each => stringWidth(each) > 78)).toEqual([]);
	expect(lines).toEqual(expect.arrayContaining([
		'! after the downgrade 1 object of the schema differ', '? The copy is on PostgreSQL 16.', expect.stringMatching(/^b2 +1\.5 s +0\.0 s did not run$/),
		'after the downgrade, against before the upgrade: 1 difference', '  type public.mood was left behind', '    after: enum \'glad\'',
		'after the second upgrade, against after the first: not known, since it did', 'public.items: 9 rows, the same', '  the downgrade loses 3 values of the new column note', '  a row written after the upgrade: it is gone', '  not compared: its contents, only their number',
		'released application on the new schema: ended with exit code 1 (2.0 s)', '  no column name', '  - {"a":1}', '  column "name" does not exist (42703), 1,204 calls',
		'  b2: ran, and --sql does not have it: DELETE FROM items', '    1.2 s  ALTER TABLE items ALTER amount TYPE bigint', '           on the target: about 3.6 s (rewrites the table and its indexes:', '           locks: ACCESS EXCLUSIVE on public.items', '           rewrote: public.items',
		'           read from end to end: public.items', '           9 rows, WAL 2.0 kB, b2', '           not measured: scans are not known', '           on the target: unknown (the copy held too little)', 'and 2 more that took less than 5 ms and locked nothing', 'roles: ann are made there',
	]));
	expect(lines.findIndex(each => each.includes('ALTER TABLE'))).toBeLessThan(lines.findIndex(each => each.includes('CREATE INDEX')));
});
