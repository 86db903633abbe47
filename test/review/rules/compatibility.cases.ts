/** Cases of the rules about what the running application calls, and what guards its rows. */
import type {Cases} from './case.ts';

const revision = '-- Running upgrade  -> a\n';

export const compatibilityCases: Cases = {
	'dropping-object': [
		['DROP VIEW v;', '1:1 warning'],
		['DROP FUNCTION f(int);', '1:1 warning'],
		['DROP PROCEDURE s."P"(int);', '1:1 warning'],
		['DROP EXTENSION IF EXISTS hstore;', '1:1 warning'],
		['DROP TYPE mood;', '1:1 info'],
		['DROP SEQUENCE a, b;', '1:1 info, 1:1 info'],
		['BEGIN; DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a; COMMIT;', ''],
		['BEGIN; DROP VIEW v; COMMIT; CREATE VIEW v AS SELECT 1 AS a;', '1:8 warning'],
		['BEGIN; DROP FUNCTION f(int); CREATE FUNCTION public.f(bigint) RETURNS int LANGUAGE sql AS \'SELECT 1\'; COMMIT;', ''],
		['BEGIN; DROP FUNCTION f(int); CREATE FUNCTION g(bigint) RETURNS int LANGUAGE sql AS \'SELECT 1\'; COMMIT;', '1:8 warning'],
		['ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM (\'a\'); DROP TYPE mood_old;', ''],
		['CREATE VIEW v AS SELECT 1 AS a; DROP VIEW v;', ''],
		['CREATE DOMAIN d AS int; DROP DOMAIN d;', ''],
		['DROP VIEW v CASCADE;', ''],
		['DROP TABLE t; DROP INDEX i; DROP TRIGGER g ON t;', ''],
		['-- Running downgrade b -> a\nDROP VIEW v;', ''],
	],
	'renaming-object': [
		['ALTER FUNCTION f(int) RENAME TO g;', '1:1 warning'],
		['ALTER PROCEDURE p() RENAME TO q;', '1:1 warning'],
		['ALTER AGGREGATE a(int) RENAME TO b;', '1:1 warning'],
		['ALTER TYPE s."Mood" RENAME TO feeling;', '1:1 info'],
		['BEGIN; ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM (\'a\'); COMMIT;', ''],
		['BEGIN; ALTER FUNCTION f(int) RENAME TO g; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS \'SELECT g($1)\'; COMMIT;', ''],
		['CREATE TYPE mood AS ENUM (\'a\'); ALTER TYPE mood RENAME TO feeling;', ''],
		['ALTER VIEW v RENAME TO w; ALTER SCHEMA s RENAME TO r; ALTER TABLE t RENAME a TO b;', ''],
		['ALTER ROLE r RENAME TO q;', ''],
	],
	'disabling-protection': [
		['ALTER TABLE t DISABLE TRIGGER g;', '1:13 warning'],
		['ALTER TABLE s."T" DISABLE TRIGGER ALL;', '1:13 warning'],
		['ALTER TABLE t DISABLE ROW LEVEL SECURITY;', '1:13 warning'],
		['ALTER TABLE t NO FORCE ROW LEVEL SECURITY, DISABLE RULE r;', '1:13 warning, 1:13 warning'],
		['DROP POLICY p ON t;', '1:1 warning'],
		['BEGIN; ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET a = 1 WHERE id < 9; ALTER TABLE t ENABLE TRIGGER USER; COMMIT;', '1:20 info'],
		['BEGIN; ALTER TABLE t DISABLE TRIGGER USER; ALTER TABLE u ENABLE TRIGGER USER; COMMIT;', '1:20 warning'],
		['BEGIN; DROP POLICY p ON t; CREATE POLICY p ON t USING (true); COMMIT;', ''],
		['CREATE TABLE t (a int); ALTER TABLE t DISABLE TRIGGER ALL;', ''],
		['ALTER TABLE t ENABLE TRIGGER g; ALTER TABLE t ENABLE ROW LEVEL SECURITY;', ''],
	],
	'revoking-privileges': [
		['REVOKE SELECT ON t FROM app;', '1:1 warning'],
		['REVOKE ALL ON s.t, u FROM app, PUBLIC;', '1:1 warning'],
		['REVOKE USAGE ON SCHEMA s FROM app;', '1:1 warning'],
		['REVOKE CONNECT ON DATABASE d FROM PUBLIC;', '1:1 warning'],
		[`${revision}CREATE TABLE t (a int); REVOKE ALL ON t FROM PUBLIC;`, ''],
		['CREATE SCHEMA s; REVOKE ALL ON SCHEMA s FROM PUBLIC;', ''],
		['GRANT SELECT ON t TO app;', ''],
		['ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM app;', ''],
		['REVOKE ALL ON FUNCTION f(int) FROM PUBLIC;', ''],
	],
};
