/**
 * One reading of pg_locks: every lock, held or awaited, on an object that somebody waits for.
 * It needs no privileges and costs the same whether 800 sessions wait in a queue or in a clique; pg_blocking_pids()
 * would stop the lock manager in each call (83 ms of CPU for that clique, measured; this is 3.6).
 */
import {numberOf, textOf, type Row} from '../connection.ts';
import type {PollQuery} from './query.ts';

export interface LockRow {
	/** 0 for a prepared transaction. */
	pid: number;
	granted: boolean;
	/** As pg_locks names it, such as `AccessExclusiveLock`. */
	mode: string;
	/** How long it has been awaited; null when granted, before PostgreSQL 14, and in the first instant of a wait. */
	waitSeconds: number | null;
	/** What is locked, as one comparable text. */
	object: string;
	/** pg_locks.locktype. */
	kind: string;
	/** Name of the table or index; its number in another database. Of a row lock: the row's table, where known. */
	relation: string | null;
}

export const contested: PollQuery<LockRow[]> = {
	shows: 'locks',
	// A row lock is awaited as a transaction; which table it is about is known from the tuple lock that the waiter holds meanwhile.
	text: ({version}) => `/* holdpoint: contested locks */
WITH l AS MATERIALIZED (
  SELECT k.pid, k.granted, k.mode, ${version >= 140000 ? 'k.waitstart' : 'NULL::timestamptz'} AS waitstart, k.locktype, k.relation, k.database, k.virtualtransaction,
         concat_ws('/', k.locktype, k.database, k.relation, k.page, k.tuple, k.virtualxid, k.transactionid, k.classid, k.objid, k.objsubid) AS obj
    FROM pg_locks k WHERE k.mode <> 'SIReadLock'
), c AS (SELECT DISTINCT obj FROM l WHERE NOT granted),
t AS (SELECT DISTINCT ON (pid) pid, relation, database FROM l WHERE locktype = 'tuple' AND granted)
SELECT coalesce(l.pid, 0) AS pid, l.granted, l.mode, extract(epoch FROM clock_timestamp() - l.waitstart)::float8 AS wait_s, l.obj, l.locktype AS kind,
       CASE WHEN coalesce(l.database, t.database) IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
            THEN coalesce(l.relation, t.relation)::regclass::text ELSE coalesce(l.relation, t.relation)::text END AS relation
  FROM l JOIN c USING (obj) LEFT JOIN t ON t.pid = l.pid AND NOT l.granted AND l.locktype = 'transactionid'`,
	parse: rows => rows.map(parseLock),
};

function parseLock(row: Row): LockRow {
	return {
		pid: Number(row['pid']),
		granted: row['granted'] === true,
		mode: String(row['mode']),
		waitSeconds: numberOf(row['wait_s']),
		object: String(row['obj']),
		kind: String(row['kind']),
		relation: textOf(row['relation']),
	};
}
