/** Transactions that were prepared for a two-phase commit and wait for it: they hold locks without a session. */
import type {Prepared} from '../../journal/shapes/sample.ts';
import {numberOf, type Row} from '../connection.ts';
import type {PollQuery} from './query.ts';

export const prepared: PollQuery<Prepared[]> = {
	shows: 'prepared transactions',
	text: () => `/* holdpoint: prepared transactions */
SELECT gid, owner::text AS owner, database::text AS database, extract(epoch FROM clock_timestamp() - prepared)::float8 AS since_s, age(transaction) AS xid_age
  FROM pg_prepared_xacts ORDER BY prepared LIMIT 20`,
	parse: rows => rows.map(parsePrepared),
};

function parsePrepared(row: Row): Prepared {
	return {gid: String(row['gid']), owner: String(row['owner']), database: String(row['database']), seconds: numberOf(row['since_s']), xidAge: numberOf(row['xid_age'])};
}
