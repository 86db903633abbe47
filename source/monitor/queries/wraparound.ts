/** The age of the oldest transaction ids on the server: where it reaches its limit, a VACUUM comes that nothing cancels. */
import type {Wraparound} from '../../journal/shapes/sample.ts';
import {numberOf} from '../connection.ts';
import type {PollQuery} from './query.ts';

export const wraparound: PollQuery<Wraparound | null> = {
	shows: 'the age of transaction ids',
	everyPolls: 15,
	text: () => `/* holdpoint: wraparound */
SELECT datname::text AS database, age(datfrozenxid) AS xid_age, mxid_age(datminmxid) AS multixact_age, current_setting('autovacuum_freeze_max_age')::int AS freeze_age
  FROM pg_database ORDER BY age(datfrozenxid) DESC LIMIT 1`,
	parse: ([row]) => row ? {database: String(row['database']), xidAge: Number(row['xid_age']), multixactAge: numberOf(row['multixact_age']), freezeAge: Number(row['freeze_age'])} : null,
};
