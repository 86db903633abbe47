import {expect, test} from 'vitest';
import {compareWithPromise} from '../../source/rehearsal/promise.ts';

const revision = (sql: string | null, reason: string | null = null) => ({revision: 'b2', action: 'upgrade' as const, from: ['a1'], to: ['b2'], doc: '', file: null, sql, parts: [], stamp: '', reason, line: null});

test.for<[what: string, promised: string | null, ran: string[], said: string[]]>([
	['the same, in another layout', 'CREATE TABLE t (\n    id INTEGER, \n    CHECK (id > 0)\n);\n\nCOMMIT;\n\nBEGIN;', ['\nCREATE TABLE t (\n\tid INTEGER, \n\tCHECK (id > 0)\n)\n\n'], []],
	['values in place of parameters', 'INSERT INTO t (a, b) VALUES (1, \'x\');\n\nINSERT INTO t (a, b) VALUES (2, \'y\');', ['INSERT INTO t (a, b) VALUES (%(a)s::INTEGER, %(b)s::VARCHAR)'], []],
	['as asyncpg gets it', 'UPDATE t SET at = \'2026-01-01\' WHERE a = \'x\';', ['UPDATE t SET at = $1::TIMESTAMP WITHOUT TIME ZONE WHERE a = $2::VARCHAR(20)'], []],
	['a percent sign', 'DELETE FROM t WHERE a LIKE \'x%\';', ['DELETE FROM t WHERE a LIKE \'x%%\''], []],
	['bookkeeping and looks at the catalog', '', ['UPDATE alembic_version SET version_num=\'b2\' WHERE 1=1', 'SELECT pg_catalog.pg_class.relname FROM pg_catalog.pg_class'], []],
	['only ran', 'ALTER TABLE t ADD a int;', ['ALTER TABLE t ADD a int', 'SELECT id FROM t', 'DELETE FROM t WHERE id = 7'], [
		'b2: ran, and --sql does not have it: SELECT id FROM t', 'b2: ran, and --sql does not have it: DELETE FROM t WHERE id = 7',
	]],
	['did not run', 'ALTER TABLE t ADD a int;\nDROP TABLE u;', ['ALTER TABLE t ADD a int'], ['b2: --sql has it, and it did not run: DROP TABLE u']],
	['a clock', 'ALTER TABLE t ADD made date DEFAULT \'2026-01-01\';', ['ALTER TABLE t ADD made date DEFAULT \'2026-01-02\''], ['b2: ran with other values than --sql has: ALTER TABLE t ADD made date DEFAULT \'2026-01-02\'']],
	['no SQL at all', null, ['DELETE FROM t'], ['b2: --sql says nothing of it (AttributeError); it ran 1 statement']],
])('%s', async ([, promised, ran, said]) => {
	const answer = await compareWithPromise({revisions: [revision(promised, promised === null ? 'AttributeError' : null)], ran: ran.map(sql => ({sql, revision: 'b2'})), versionTable: 'alembic_version'});
	expect(answer).toEqual(said);
});
