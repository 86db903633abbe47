import {expect, test} from 'vitest';
import {commitPointsOf} from '../../source/actions/commit-points.ts';
import {describeChange, digestOf} from '../../source/actions/digest.ts';
import {lockTimeoutOf, pauseAfter} from '../../source/actions/ladder.ts';
import {joinSql} from '../../source/actions/plan-sql.ts';
import {touchedTables} from '../../source/actions/touched.ts';

const migration = {lockTimeoutMs: 5000, lockLadderMs: null, lockRetries: 30, statementTimeoutMs: 0, throttle: {lagSeconds: null, lagBytes: null}};

test('the ladder climbs, and each fifth attempt waits long enough to get past an autovacuum', () => {
	expect([1, 2, 3, 4, 5, 6, 9, 10].map(attempt => lockTimeoutOf(attempt, migration))).toEqual([100, 200, 300, 500, 1200, 500, 500, 1200]);
	expect([1, 2, 5].map(attempt => lockTimeoutOf(attempt, {...migration, lockTimeoutMs: 150}))).toEqual([100, 150, 150]);
	expect([1, 2, 3].map(attempt => lockTimeoutOf(attempt, {...migration, lockLadderMs: [50, 70]}))).toEqual([50, 70, 70]);
});

test('pauses grow with jitter up to 30 s', () => {
	expect([pauseAfter(1, 0), pauseAfter(1, 1), pauseAfter(20, 1)]).toEqual([400, 800, 30_000]);
});

test('commit points: one transaction has none, an autocommit block is one, separate transactions are one each', () => {
	const path = [{revision: 'b2', from: ['a1'], autocommit: false, concurrently: false, before: true}, {revision: 'c3', from: ['b2'], autocommit: true, concurrently: true, before: true}, {revision: 'd4', from: ['c3'], autocommit: false, concurrently: false, before: true}];
	expect(commitPointsOf([path[0]!, path[2]!], {transactionPerMigration: false})).toEqual([]);
	expect(commitPointsOf(path, {transactionPerMigration: false})).toEqual([{
		after: 'c3', why: 'its autocommit_block() commits what came before it, and the revisions before it',
		then: 'the version at b2, with the first part of c3 applied, and an invalid index where a CONCURRENTLY failed', inside: true,
	}]);
	expect(commitPointsOf([{...path[1]!, concurrently: false, before: false}], {transactionPerMigration: false})).toMatchObject([{then: 'the version at b2, and what its autocommit_block() had done by then'}]);
	expect(commitPointsOf(path, {transactionPerMigration: true}).map(point => point.after)).toEqual(['b2', 'c3', 'c3']);
});

test('the first line that changed is named', () => {
	const before = ['action\tupgrade', `env.py\t${'a'.repeat(64)}`];
	expect(describeChange(before, before)).toBeNull();
	expect(describeChange(before, ['action\tupgrade', `env.py\t${'b'.repeat(64)}`])).toBe('env.py changed from aaaaaaaaaaaa to bbbbbbbbbbbb');
	expect(describeChange(before, [...before, 'import models.py\tx'])).toBe('import models.py is new');
	expect(digestOf(before)).not.toBe(digestOf([...before].reverse()));
});

test('the SQL of a path shows the transactions that Alembic opens', () => {
	const part = (revision: string, from: string, parts: {sql: string; transaction: boolean}[]) => ({revision, from: [from], to: [revision], doc: '', sql: 'x', parts, stamp: `UPDATE alembic_version SET version_num='${revision}';`, reason: null});
	const text = joinSql({action: 'upgrade', transactionPerMigration: false, parts: [
		part('b2', 'a1', [{sql: 'CREATE TABLE t ();', transaction: true}]),
		part('c3', 'b2', [{sql: 'CREATE INDEX CONCURRENTLY i ON t (a);', transaction: false}]),
	]});
	expect(text.split('\n').filter(Boolean)).toEqual([
		'BEGIN;', '-- Running upgrade a1 -> b2', 'CREATE TABLE t ();', 'UPDATE alembic_version SET version_num=\'b2\';',
		'-- Running upgrade b2 -> c3', 'COMMIT;', 'CREATE INDEX CONCURRENTLY i ON t (a);', 'BEGIN;', 'UPDATE alembic_version SET version_num=\'c3\';', 'COMMIT;',
	]);
});

test('touched tables come from the statements that ran', () => {
	const statements = ['ALTER TABLE ONLY public.orders ADD COLUMN a int', 'CREATE UNIQUE INDEX CONCURRENTLY ix ON "Items" (a)', 'UPDATE customers SET x = 1', 'UPDATE alembic_version SET version_num=\'x\'', 'SELECT 1'];
	const outcome = {action: 'upgrade' as const, statements: statements.map(sql => ({sql, seconds: 0}))};
	expect(touchedTables({actions: [outcome as never]})).toEqual(['public.orders', 'Items', 'customers']);
});
