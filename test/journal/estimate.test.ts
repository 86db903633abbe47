import {expect, test} from 'vitest';
import {estimateStatements, estimateUpgrade} from '../../source/journal/estimate.ts';

const statement = (sql: string, more: object = {}) => ({sql, seconds: 2, revision: 'b2', locks: [{table: 'public.items', mode: 'ACCESS EXCLUSIVE'}], rewrote: [], scanned: [], rows: null, walBytes: null, ...more});
const items = ['public.items'];
const copy = [{table: 'public.items', rows: 1000, bytes: 10_000_000}, {table: 'public.empty', rows: 0, bytes: 0}];
const target = [{table: 'public.items', rows: 4000, bytes: 30_000_000}, {table: 'public.empty', rows: 500_000, bytes: 90_000_000}];

test.for<[what: string, ran: object & {sql: string}, seconds: number | null, basis: RegExp]>([
	['the catalog only', statement('ALTER TABLE items ADD COLUMN x int'), 2, /^changes the catalog only$/],
	['a rewrite', statement('ALTER TABLE items ALTER id TYPE bigint', {rewrote: items, scanned: items}), 8, /^rewrites the table and its indexes: public.items is 4.00 times as large/],
	['a scan', statement('ALTER TABLE items ADD CHECK (id > 0)', {scanned: items}), 8, /^reads the table from end to end/],
	['an update by rows', statement('UPDATE items SET a = 1', {rows: 10}), 8, /^goes with the rows/],
	['an update of nothing, by an index', statement('UPDATE items SET a = 1 WHERE id = -1', {rows: 0}), 2, /^changed no rows$/],
	['a truncated table has a new file', statement('TRUNCATE items', {rewrote: items}), 2, /removes files/],
	['scans that could not be counted', statement('CREATE INDEX CONCURRENTLY i ON items (a)', {unmeasured: 'scans are not known'}), 8, /^reads the table/],
	['rows that were not restored', statement('CREATE INDEX i ON empty (a)', {scanned: ['public.empty']}), null, /the copy held too little of public.empty to tell/],
])('%s', ([, ran, seconds, basis]) => {
	expect(estimateStatements([ran as ReturnType<typeof statement>], {copy, target})).toEqual([{seconds, basis: expect.stringMatching(basis)}]);
});

test('the whole: statements as estimated, and what Alembic takes around them as rehearsed', () => {
	const statements = [statement('ALTER TABLE items ADD COLUMN x int'), statement('CREATE INDEX i ON items (a)', {scanned: items})];
	const revisions = [{revision: 'b2', up: 4.5, down: 1, again: 4.5}];
	expect(estimateUpgrade({statements, revisions, basis: 'a copy'}, {copy, target})).toEqual({seconds: 10.5, basis: 'rehearsed: a copy; 4.0 s there, 1 statement scaled to the size of the target\'s tables'});
	expect(estimateUpgrade({statements, revisions, basis: 'a copy'}, {copy, target: copy})).toEqual({seconds: 4.5, basis: 'rehearsed: a copy'});
	const unknown = estimateUpgrade({statements, revisions, basis: 'schema only'}, {copy: [{table: 'public.items', rows: 0, bytes: 0}], target});
	expect(unknown).toEqual({seconds: 4.5, basis: 'rehearsed: schema only; 1 statement left as rehearsed: reads the table from end to end, and the copy held too little of public.items to tell'});
});
