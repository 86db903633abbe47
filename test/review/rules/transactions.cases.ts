/** Cases of the rules about transactions, timeouts and names. */
import type {Cases} from './case.ts';

const long = 'a'.repeat(64);
const addColumn = 'ALTER TABLE t ADD a int;';

export const transactionCases: Cases = {
	'backfill-in-schema-transaction': [
		[`BEGIN; ${addColumn} UPDATE t SET a = 1 WHERE b; COMMIT;`, '1:40 error'],
		[`BEGIN; ${addColumn} INSERT INTO u SELECT * FROM t; COMMIT;`, '1:45 error'],
		[`BEGIN; ${addColumn} INSERT INTO u VALUES (1); COMMIT;`, ''],
		[`${addColumn} UPDATE t SET a = 1 WHERE b;`, ''],
		[`BEGIN; ${addColumn} COMMIT; BEGIN; UPDATE t SET a = 1 WHERE b; COMMIT;`, ''],
		['BEGIN; CREATE TABLE t (a int); ALTER TABLE t ADD b int; UPDATE t SET a = 1; COMMIT;', ''],
		[`BEGIN; ${addColumn} UPDATE alembic_version SET version_num = 'x'; COMMIT;`, ''],
		['BEGIN; ALTER TABLE t VALIDATE CONSTRAINT c; UPDATE t SET a = 1 WHERE b; COMMIT;', ''],
	],
	'wide-lock-window': [
		['BEGIN; ALTER TABLE t ADD a int; ALTER TABLE u ADD a int; COMMIT;', '1:45 warning'],
		['BEGIN; ALTER TABLE t ADD a int; ALTER TABLE t ADD b int; COMMIT;', ''],
		['BEGIN; ALTER TABLE t ADD a int; COMMIT; BEGIN; ALTER TABLE u ADD a int; COMMIT;', ''],
		['ALTER TABLE t ADD a int; ALTER TABLE u ADD a int;', ''],
		['BEGIN; CREATE TABLE t (b int); ALTER TABLE t ADD a int; ALTER TABLE u ADD a int; COMMIT;', ''],
		['BEGIN; ALTER TABLE t ADD a int; ALTER TABLE u ADD a int; ALTER TABLE v ADD a int; COMMIT;', '1:45 warning'],
		['ALTER TABLE t ADD a int; ALTER TABLE u ADD a int;', '1:38 warning', {transaction: true}],
	],
	'enum-value-in-transaction': [
		['BEGIN; ALTER TYPE m ADD VALUE \'x\'; ALTER TABLE t ALTER a SET DEFAULT \'x\'; COMMIT;', '1:70 error'],
		['BEGIN; ALTER TYPE m ADD VALUE \'x\'; INSERT INTO t VALUES (\'x\'); COMMIT;', '1:58 error'],
		['BEGIN; ALTER TYPE m ADD VALUE \'x\'; COMMIT; INSERT INTO t VALUES (\'x\');', ''],
		['ALTER TYPE m ADD VALUE \'x\'; INSERT INTO t VALUES (\'x\');', ''],
		['BEGIN; ALTER TYPE m RENAME VALUE \'a\' TO \'x\'; INSERT INTO t VALUES (\'x\'); COMMIT;', ''],
		['BEGIN; CREATE TYPE m AS ENUM (\'a\'); ALTER TYPE m ADD VALUE \'x\'; INSERT INTO t VALUES (\'x\'); COMMIT;', '', {pgVersion: 17}],
		['BEGIN; CREATE TYPE m AS ENUM (\'a\'); ALTER TYPE m ADD VALUE \'x\'; INSERT INTO t VALUES (\'x\'); COMMIT;', '1:87 error', {pgVersion: 15}],
	],
	'transaction-nesting': [
		['BEGIN; BEGIN; COMMIT;', '1:8 error'],
		['COMMIT;', '1:1 error'],
		['SELECT 1; COMMIT;', '1:11 error', {transaction: true}],
		['BEGIN; COMMIT; BEGIN; ROLLBACK;', ''],
		['BEGIN; SAVEPOINT s; ROLLBACK TO s; RELEASE s; COMMIT;', ''],
		['BEGIN; SELECT 1; COMMIT;', '', {transaction: true}],
	],
	'ban-uncommitted-transaction': [
		['BEGIN; SELECT 1;', '1:1 error'],
		['BEGIN; COMMIT;\nSTART TRANSACTION;', '2:1 error'],
		['BEGIN; SELECT 1; END;', ''],
		['BEGIN; ROLLBACK;', ''],
		['BEGIN; PREPARE TRANSACTION \'x\';', ''],
		['SELECT 1;', '', {transaction: true}],
	],
	'require-lock-timeout': [
		['ALTER TABLE t ADD a int;', '1:1 warning'],
		['SET lock_timeout = \'5s\'; ALTER TABLE t ADD a int;', ''],
		['SET LOCAL lock_timeout = \'5s\'; ALTER TABLE t ADD a int;', '1:32 warning'],
		['BEGIN; SET LOCAL lock_timeout = \'5s\'; ALTER TABLE t ADD a int; COMMIT;', ''],
		['BEGIN; SET LOCAL lock_timeout = \'5s\'; COMMIT; ALTER TABLE t ADD a int;', '1:47 warning'],
		['SET lock_timeout = 0; ALTER TABLE t ADD a int; ALTER TABLE t ADD b int;', '1:23 warning'],
		['SELECT set_config(\'lock_timeout\', \'5s\', false); ALTER TABLE t ADD a int;', ''],
		['CREATE INDEX CONCURRENTLY ix ON t (a); ALTER TABLE t VALIDATE CONSTRAINT c;', ''],
		['CREATE TABLE t (a int); ALTER TABLE t ADD b int;', ''],
		['ALTER TABLE t ADD a int;', '', {knowledge: {lockTimeoutMs: 5000}}],
	],
	'require-statement-timeout': [
		['ALTER TABLE t ADD a int;', '1:1 info'],
		['SET statement_timeout = \'30min\'; ALTER TABLE t ADD a int;', ''],
		['SET lock_timeout = \'5s\'; ALTER TABLE t ADD a int;', '1:26 info'],
		['SET statement_timeout = \'1min\'; RESET statement_timeout; ALTER TABLE t ADD a int;', '1:58 info'],
		['CREATE TABLE t (a int);', ''],
		['ALTER TABLE t VALIDATE CONSTRAINT c;', ''],
	],
	'identifier-too-long': [
		[`CREATE TABLE ${long} (a int);`, '1:14 warning'],
		[`CREATE TABLE ${long.slice(1)} (a int);`, ''],
		[`CREATE INDEX ${long} ON t (a);`, '1:14 warning'],
		[`ALTER TABLE t ADD COLUMN "${'ü'.repeat(32)}" int;`, '1:27 warning'],
		[`CREATE TABLE t (a text DEFAULT '${long}');`, ''],
		[`SELECT ${long} FROM t;`, ''],
		[`ALTER TABLE t RENAME TO ${long};`, '1:25 warning'],
	],
};
