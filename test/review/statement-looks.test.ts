/** What the review tells of each statement, besides its findings. */
import {expect, test} from 'vitest';
import {reviewSql} from '../../source/review/review.ts';
import {collectLooks} from '../../source/review/statement-looks.ts';
import type {Knowledge} from '../../source/review/knowledge.ts';
import {indexMeasured} from '../../source/review/measured.ts';

const sql = `BEGIN;
-- Running upgrade a1 -> b2
ALTER TABLE orders
	ADD COLUMN note text;
CREATE TABLE made (id bigint REFERENCES customers);
CREATE INDEX i ON made (id);
UPDATE alembic_version SET version_num = 'b2' WHERE version_num = 'a1';
-- Running upgrade b2 -> c3
DO $$ BEGIN
	DELETE FROM customers;
	LOCK TABLE orders;
END $$;
COMMIT;
`;
const knowledge: Knowledge = {
	tables: [{schema: 'public', name: 'orders', rows: 1_200_000, bytes: 96_000_000}, {schema: 'public', name: 'customers', rows: 10, bytes: 8192}],
	searchPath: ['public'],
	measured: indexMeasured([{sql: 'ALTER TABLE orders ADD COLUMN note text', seconds: 0.5, estimateSeconds: 2, locks: [], rewrote: [], scanned: []}]),
};

test('a statement is told with its lines, its revision, the strongest lock on each table that is not new, the size, and what was measured', async () => {
	const {listen, looks} = collectLooks(knowledge);
	await reviewSql({text: sql, knowledge, onStatement: listen});
	const unknown = {rows: null, bytes: null};
	expect(looks.map(({number, line, endLine, ...rest}) => [number, `${line}-${endLine}`, rest])).toEqual([
		[1, '1-1', {locks: [], ...unknown}],
		[2, '3-4', {revision: 'b2', locks: [{table: 'orders', mode: 'ACCESS EXCLUSIVE'}], rows: 1_200_000, bytes: 96_000_000, seconds: 2}],
		[3, '5-5', {revision: 'b2', locks: [{table: 'customers', mode: 'SHARE ROW EXCLUSIVE'}], rows: 10, bytes: 8192}],
		[4, '6-6', {revision: 'b2', locks: [], ...unknown}],
		[5, '7-7', {revision: 'b2', locks: [], ...unknown}],
		[6, '9-12', {revision: 'c3', locks: [{table: 'orders', mode: 'ACCESS EXCLUSIVE'}, {table: 'customers', mode: 'ROW EXCLUSIVE'}], rows: 1_200_000, bytes: 96_000_000}],
		[7, '13-13', {revision: 'c3', locks: [], ...unknown}],
	]);
});
