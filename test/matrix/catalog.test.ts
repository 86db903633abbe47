/** The snapshot of the catalogs on each version: one object of each kind is seen with what defines it, a change of it is told, and its way back is no difference. */
import {afterAll, beforeAll, expect, test} from 'vitest';
import {compareCatalogs, queryCatalog} from '../../source/postgres/catalog.ts';
import {queryInvalidIndexes, queryUnvalidatedConstraints} from '../../source/postgres/readback.ts';
import type {Session} from '../../source/postgres/session.ts';
import {openMonitorSession} from '../monitor/sessions.ts';
import {freshDatabase, type FreshDatabase} from '../servers.ts';

let database: FreshDatabase;
let session: Session;
beforeAll(async () => {
	database = await freshDatabase({prefix: 'catalog'});
	session = await openMonitorSession(database.url);
	await session.multi('CREATE TABLE t (id int PRIMARY KEY, a text, n int); CREATE TYPE mood AS ENUM (\'glad\'); CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS \'BEGIN RETURN NEW; END\'; INSERT INTO t VALUES (1, \'x\', 1), (2, \'x\', 1)');
});
afterAll(async () => {
	await session?.close();
	await database?.drop();
});

const changes: [up: string, down: string, object: string][] = [
	['CREATE SCHEMA s', 'DROP SCHEMA s', 'schema s'],
	['ALTER TABLE t ADD g int GENERATED ALWAYS AS (id * 2) STORED', 'ALTER TABLE t DROP g', 'column public.t.g'],
	['ALTER TABLE t ADD i int GENERATED ALWAYS AS IDENTITY', 'ALTER TABLE t DROP i', 'column public.t.i'],
	['ALTER TABLE t ALTER n SET STATISTICS 500', 'ALTER TABLE t ALTER n SET STATISTICS -1', 'column public.t.n'],
	['ALTER TABLE t ADD CONSTRAINT ck CHECK (n > 5) NOT VALID', 'ALTER TABLE t DROP CONSTRAINT ck', 'constraint ck on public.t'],
	['CREATE TABLE parted (k int, v text) PARTITION BY LIST (k); CREATE TABLE part PARTITION OF parted FOR VALUES IN (1)', 'DROP TABLE parted', 'table public.part'],
	['CREATE INDEX ix ON t (a) INCLUDE (n)', 'DROP INDEX ix', 'index public.ix'],
	['CREATE VIEW v AS SELECT id FROM t', 'DROP VIEW v', 'view public.v'],
	['CREATE MATERIALIZED VIEW m AS SELECT 1 AS one', 'DROP MATERIALIZED VIEW m', 'materialised view public.m'],
	['CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()', 'DROP TRIGGER g ON t', 'trigger g on public.t'],
	['CREATE POLICY p ON t USING (n > 0)', 'DROP POLICY p ON t', 'policy p on public.t'],
	['CREATE STATISTICS st ON a, n FROM t', 'DROP STATISTICS st', 'statistics public.st'],
	['CREATE PUBLICATION pub FOR TABLE t', 'DROP PUBLICATION pub', 'publication pub'],
	['CREATE DOMAIN positive AS int CHECK (value > 0)', 'DROP DOMAIN positive', 'domain public.positive'],
	['GRANT SELECT (a) ON t TO pg_monitor', 'REVOKE SELECT (a) ON t FROM pg_monitor', 'privileges of column public.t.a'],
	['COMMENT ON COLUMN t.a IS \'words\'', 'COMMENT ON COLUMN t.a IS NULL', 'comment on table column public.t.a'],
];

test.each(changes)('%s, and back', async (up, down, object) => {
	const before = await queryCatalog(session);
	await session.multi(up);
	const after = await queryCatalog(session);
	expect(compareCatalogs(before, after).map(difference => difference.object)).toContain(object);
	await session.multi(down);
	expect(compareCatalogs(before, await queryCatalog(session))).toEqual([]);
});

test('an index that CONCURRENTLY left invalid, and a constraint that is not validated, are named', async () => {
	await session.query('CREATE UNIQUE INDEX CONCURRENTLY ux ON t (a)').catch(() => {});
	await session.query('ALTER TABLE t ADD CONSTRAINT late CHECK (n > 5) NOT VALID');
	expect(await queryInvalidIndexes(session)).toMatchObject([{name: 'ux', table: 't', building: false}]);
	expect(await queryUnvalidatedConstraints(session)).toMatchObject([{name: 'late', table: 't'}]);
});
