/** What lies behind the statement at hand: blocks of PL/pgSQL, a later statement that mends an earlier one, a rehearsal's measurements. */
import {expect, test} from 'vitest';
import {indexMeasured, normaliseSql} from '../../source/review/measured.ts';
import {reviewSql} from '../../source/review/review.ts';
import {reviewText} from './report.ts';

const block = `DO $body$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type) THEN
    ALTER TABLE t DROP COLUMN a;
  END IF;
  EXECUTE 'DROP TABLE u';
  EXECUTE format('DROP TABLE %I', 'w');
EXCEPTION WHEN others THEN
  CREATE INDEX CONCURRENTLY ix ON t (b);
END $body$;
DROP TABLE z;`;

test('the statements of a DO block are reviewed where they stand; what is put together at run time is said not to be', async () => {
	expect(await reviewText(block)).toEqual(['ban-drop-column@4:17', 'ban-drop-table@6:12', 'wide-lock-window@6:12', 'unsafe-execute@7:11', 'ban-concurrent-index-creation-in-transaction@9:3', 'ban-drop-table@11:1']);
	const {statements, findings} = await reviewSql({text: block});
	expect(statements).toBe(2);
	expect(findings.filter(({statement}) => statement === 1).map(({source}) => source?.trim())).toContain('ALTER TABLE t DROP COLUMN a;');
});

test.each([
	['in another language', 'DO LANGUAGE plpython3u $$ plpy.execute("DROP TABLE t") $$;', ['unsafe-execute@1:1']],
	['that PL/pgSQL refuses', 'DO $$ BEGIN IF; END $$;', ['syntax-error@1:1']],
	['with a statement that nobody can parse', 'DO $$ BEGIN DROP TABEL t; DROP TABLE u; END $$;', ['syntax-error@1:1']],
	['in quotes', 'DO \'BEGIN DROP TABLE t; END\';', ['ban-drop-table@1:11']],
	['that commits between its batches', 'DO $$ BEGIN ALTER TABLE t ADD a int; COMMIT; UPDATE u SET b = 1 WHERE c = 2; END $$;', []],
	['that does not', 'DO $$ BEGIN ALTER TABLE t ADD a int; UPDATE u SET b = 1 WHERE c = 2; END $$;', ['backfill-in-schema-transaction@1:45']],
	['of a function is not run', 'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$;', []],
	['in a loop', 'DO $$ DECLARE i int; BEGIN FOR i IN 1..3 LOOP DELETE FROM t; END LOOP; END $$;', ['dml-without-where@1:59']],
	['on a table that the script creates', 'CREATE TABLE t (a bigint); DO $$ BEGIN ALTER TABLE t ADD b bigint NOT NULL; END $$;', []],
])('a block %s', async (_, text, expected) => {
	expect(await reviewText(text)).toEqual(expected);
});

test('the levels of what the review says by itself can be set too', async () => {
	expect((await reviewSql({text: 'DO LANGUAGE plperl $$ $$;', rules: {'unsafe-execute': 'error'}})).counts.error).toBe(1);
	expect((await reviewSql({text: 'DO LANGUAGE plperl $$ $$;', rules: {'unsafe-execute': 'off'}})).findings).toEqual([]);
});

test('the block ends the transaction that it was: what follows it is outside', async () => {
	expect(await reviewText('DO $$ BEGIN NULL; END $$; CREATE INDEX CONCURRENTLY ix ON t (a);')).toEqual([]);
	expect(await reviewText('BEGIN; DO $$ BEGIN NULL; END $$; CREATE INDEX CONCURRENTLY ix ON t (a); COMMIT;')).toEqual(['ban-concurrent-index-creation-in-transaction@1:34']);
});

test.each([
	['a view of the old table name', 'BEGIN; ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u; COMMIT;', ''],
	['a view of another name', 'BEGIN; ALTER TABLE t RENAME TO u; CREATE VIEW v AS SELECT * FROM u; COMMIT;', 'error'],
	['the view only after the commit', 'BEGIN; ALTER TABLE t RENAME TO u; COMMIT; BEGIN; CREATE VIEW t AS SELECT * FROM u; COMMIT;', 'error'],
	['a materialized view, which nobody can write through', 'BEGIN; ALTER TABLE t RENAME TO u; CREATE MATERIALIZED VIEW t AS SELECT * FROM u; COMMIT;', 'error'],
	['a view that offers the old column', 'BEGIN; ALTER TABLE t RENAME TO tt; ALTER TABLE tt RENAME a TO b; CREATE VIEW t AS SELECT id, b AS a FROM tt; COMMIT;', 'info'],
	['a view without the old column', 'BEGIN; ALTER TABLE t RENAME TO tt; ALTER TABLE tt RENAME a TO b; CREATE VIEW t AS SELECT id, b FROM tt; COMMIT;', 'error'],
])('renaming, and then %s', async (_, text, expected) => {
	const {findings} = await reviewSql({text, enabled: ['renaming-table', 'renaming-column']});
	expect(findings.map(({level}) => level).join()).toBe(expected);
});

test('a level of the configuration holds also for what a later statement settles', async () => {
	const text = 'BEGIN; ALTER TABLE t RENAME a TO b; CREATE VIEW v AS SELECT b AS a FROM t; COMMIT;';
	expect((await reviewSql({text, rules: {'renaming-column': 'warning'}, enabled: ['renaming-column']})).findings[0]?.level).toBe('warning');
});

const rehearsed = (seconds: number, {rewrote = [] as string[], scanned = [] as string[], ...more}: {rewrote?: string[]; scanned?: string[]; estimateSeconds?: number | null; unmeasured?: string} = {}) => ({
	tables: [{schema: 'public', name: 't', rows: 9_000_000, bytes: 1_000_000_000}],
	measured: indexMeasured([{sql: 'ALTER TABLE t\n ALTER a TYPE  bigint', seconds, locks: [{table: 'public.t', mode: 'AccessExclusiveLock'}], rewrote, scanned, ...more}]),
});

test('what the rehearsal measured replaces the estimate, and is marked as measured', async () => {
	const text = 'ALTER TABLE t ALTER a TYPE bigint;';
	const review = async (knowledge: object) => (await reviewSql({text, enabled: ['changing-column-type'], knowledge})).findings.map(({level, message, measured, lock}) => ({level, message, measured, lock}));
	expect(await review(rehearsed(41.3, {rewrote: ['public.t']}))).toEqual([{level: 'error', measured: true, lock: 'ACCESS EXCLUSIVE', message: 'Changing t.a to bigint rewrites the whole table, unless its old type happens to allow it: that type is not known here (measured in the rehearsal: 41 s).'}]);
	expect(await review(rehearsed(0.2, {rewrote: ['t']}))).toMatchObject([{level: 'info', measured: true}]);
	expect(await review(rehearsed(0.2, {scanned: ['public.t']}))).toEqual([]);
	// A copy without production's rows proves what is rewritten, and not how long it takes.
	expect(await review(rehearsed(0.2, {rewrote: ['public.t'], estimateSeconds: null}))).toMatchObject([{level: 'error', measured: true, message: expect.stringContaining('about 9,000,000 rows')}]);
	// One of another size is scaled, and says both.
	expect(await review(rehearsed(0.2, {rewrote: ['public.t'], estimateSeconds: 12}))).toMatchObject([{level: 'error', measured: true, message: expect.stringContaining('(measured in the rehearsal: 200 ms, so 12 s at the size of today)')}]);
	// What could not be measured disproves nothing.
	expect(await review(rehearsed(0.2, {unmeasured: 'locks, rewrites and scans could not be read', estimateSeconds: null}))).toMatchObject([{level: 'error'}]);
});

test('a statement is found again however it was laid out', () => {
	expect(normaliseSql('SELECT  1 -- why\n , \'a  b\' /* c */ ;\n')).toBe('SELECT 1 , \'a  b\'');
	expect(normaliseSql('SELECT \'100%%\'')).toBe('SELECT \'100%\'');
});

test('the speed of this server\'s disk gives an estimate', async () => {
	const knowledge = {tables: [{schema: 'public', name: 't', rows: 2e8, bytes: 4.1e10}], scanBytesPerSecond: 1e9};
	const {findings: [finding]} = await reviewSql({text: 'ALTER TABLE t ALTER a SET NOT NULL;', enabled: ['adding-not-nullable-field'], knowledge});
	expect(finding!.message).toContain('(about 200,000,000 rows, 38.2 GB, estimated scan 41 s at this server\'s measured speed)');
});
